//! Identities at cloud providers that an account stands for: annotations that the providers read (SPEC E5).
//!
//! A row of a list carries them as text, a line for each (`AWS arn:aws:iam::…`); what they say is read where it is shown.

use std::collections::BTreeMap;

const AWS: &str = "eks.amazonaws.com/role-arn";
const GOOGLE: &str = "iam.gke.io/gcp-service-account";
const AZURE: &str = "azure.workload.identity/client-id";
const AZURE_TENANT: &str = "azure.workload.identity/tenant-id";

/// One identity, as far as its annotation is of the form that its provider wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudIdentity {
    /// `AWS`, `Google` or `Azure`.
    pub provider: String,
    /// As the annotation has it.
    pub id: String,
    /// `None`: it is not of the provider's form.
    pub is: Option<Identity>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A role of an AWS account. Paths are part of the role's name.
    Aws {
        account: String,
        role: String,
    },
    Google {
        name: String,
        project: String,
    },
    /// `tenant` is the provider's default where none is named.
    Azure {
        client: String,
        tenant: Option<String>,
    },
}

/// The annotations' identities as a row carries them; `None` without any.
pub fn lines(annotations: &BTreeMap<String, String>) -> Option<String> {
    let filled = |key| annotations.get(key).map(|value| one_line(value)).filter(|value| !value.is_empty());
    let azure = filled(AZURE).map(|client| match filled(AZURE_TENANT) {
        Some(tenant) => format!("{client} {tenant}"),
        None => client,
    });
    let found = [("AWS", filled(AWS)), ("Google", filled(GOOGLE)), ("Azure", azure)];
    let lines: Vec<_> =
        found.into_iter().filter_map(|(provider, id)| id.map(|id| format!("{provider} {id}"))).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Who is named in what [`lines`] made, for a word in a row.
pub fn providers(lines: &str) -> impl Iterator<Item = &str> {
    lines.lines().filter_map(|line| line.split(' ').next())
}

/// What [`lines`] made.
pub fn identities(lines: &str) -> Vec<CloudIdentity> {
    let identity = |line: &str| {
        let (provider, id) = line.split_once(' ')?;
        let is = match provider {
            "AWS" => aws(id),
            "Google" => google(id),
            _ => azure(id),
        };
        Some(CloudIdentity { provider: provider.into(), id: id.into(), is })
    };
    lines.lines().filter_map(identity).collect()
}

/// `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME` (AWS, IAM identifiers).
fn aws(arn: &str) -> Option<Identity> {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, role] = parts[..] else { return None };
    let role = role.strip_prefix("role/")?;
    let name = role.rsplit('/').next().unwrap_or_default();
    let fine = (partition == "aws" || partition.starts_with("aws-"))
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && (1..=64).contains(&name.len())
        && role.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+=,.@-".contains(&byte));
    fine.then(|| Identity::Aws { account: account.into(), role: role.into() })
}

/// `NAME@PROJECT.iam.gserviceaccount.com`; a project of an organisation has that one's domain in its name.
fn google(email: &str) -> Option<Identity> {
    let (name, domain) = email.split_once('@')?;
    // Those that Google makes by itself, for virtual machines and for App Engine.
    if matches!(domain, "developer.gserviceaccount.com" | "appspot.gserviceaccount.com") && !name.is_empty() {
        return Some(Identity::Google { name: name.into(), project: domain.into() });
    }
    let project = domain.strip_suffix(".iam.gserviceaccount.com")?;
    let label = |text: &str| {
        let bytes = text.as_bytes();
        bytes.first().is_some_and(u8::is_ascii_lowercase)
            && bytes.last() != Some(&b'-')
            && bytes.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
    };
    let fine = (6..=30).contains(&name.len()) && label(name) && project.split('.').all(label);
    fine.then(|| Identity::Google { name: name.into(), project: project.into() })
}

/// The ids of an application and of a tenant, each a GUID.
fn azure(ids: &str) -> Option<Identity> {
    let mut ids = ids.split(' ');
    let (client, tenant) = (ids.next()?, ids.next());
    let guid = |id: &str| {
        let parts: Vec<_> = id.split('-').collect();
        parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
            && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let fine = guid(client) && tenant.is_none_or(guid) && ids.next().is_none();
    fine.then(|| Identity::Azure { client: client.into(), tenant: tenant.map(Into::into) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "12345678-90ab-cdef-1234-567890abcdef";

    fn of(pairs: &[(&str, &str)]) -> Vec<CloudIdentity> {
        let annotations = pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        lines(&annotations).as_deref().map(identities).unwrap_or_default()
    }

    fn one(key: &str, value: &str) -> Option<Identity> {
        let found = of(&[(key, value)]);
        assert_eq!((found.len(), found[0].id.as_str()), (1, one_line(value).as_str()));
        found[0].is.clone()
    }

    #[test]
    fn e5_identities_of_the_three_clouds_are_decoded() {
        let aws = one(AWS, "arn:aws-cn:iam::123456789012:role/ci/deployer");
        assert_eq!(aws, Some(Identity::Aws { account: "123456789012".into(), role: "ci/deployer".into() }));
        let google = one(GOOGLE, "deployer@shop-prod.iam.gserviceaccount.com");
        assert_eq!(google, Some(Identity::Google { name: "deployer".into(), project: "shop-prod".into() }));
        let made = one(GOOGLE, "123-compute@developer.gserviceaccount.com");
        assert!(matches!(made, Some(Identity::Google { name, .. }) if name == "123-compute"));
        assert_eq!(one(AZURE, GUID), Some(Identity::Azure { client: GUID.into(), tenant: None }));
        let both = of(&[(AZURE, GUID), (AZURE_TENANT, GUID), (AWS, "x")]);
        let providers: Vec<_> = both.iter().map(|identity| identity.provider.as_str()).collect();
        assert_eq!(providers, ["AWS", "Azure"]);
        assert_eq!(both[1].is, Some(Identity::Azure { client: GUID.into(), tenant: Some(GUID.into()) }));
    }

    #[test]
    fn e5_what_is_not_of_the_providers_form_is_said_to_be_not() {
        for arn in [
            "deployer",
            "arn:aws:iam::1234:role/x",
            "arn:aws:iam::123456789012:user/x",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role/a b",
            "arn:gcp:iam::123456789012:role/x",
            "arn:aws:iam:eu:123456789012:role/x",
        ] {
            assert_eq!(one(AWS, arn), None, "{arn}");
        }
        for email in
            ["deployer", "ci@p.iam.gserviceaccount.com", "deployer@example.com", "Deployer@p.iam.gserviceaccount.com"]
        {
            assert_eq!(one(GOOGLE, email), None, "{email}");
        }
        for id in ["deployer", "12345678-90ab-cdef-1234-567890abcdeg", "1234567890abcdef1234567890abcdef"] {
            assert_eq!(one(AZURE, id), None, "{id}");
        }
        assert_eq!(of(&[(AZURE, GUID), (AZURE_TENANT, "contoso")])[0].is, None);
    }

    #[test]
    fn e5_empty_and_broken_values_make_no_line_of_their_own() {
        assert_eq!(lines(&[(AWS.to_owned(), " ".to_owned()), (AZURE_TENANT.to_owned(), GUID.to_owned())].into()), None);
        assert_eq!(one(AWS, "a\nGoogle b"), None);
    }
}
