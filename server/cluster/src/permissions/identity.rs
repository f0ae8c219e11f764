//! Musterbook's own identity as YAML (SPEC A8): what it may impersonate, confined to the table's rows, and the little
//! that it does as itself. Needs Kubernetes 1.36 or later (constrained impersonation).

use super::{CALLS, Call, Scope};

/// The service account that Musterbook runs as.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    pub namespace: &'a str,
    pub name: &'a str,
}

/// ClusterRoles `musterbook-people`, `musterbook-in-project` and `musterbook-watch` with their bindings, for these
/// `people` and `groups`; `musterbook-in-project` is bound in each of `projects` and nowhere else.
pub fn identity_yaml(people: &[String], groups: &[String], projects: &[String], account: Account<'_>) -> String {
    let mut documents = vec![
        cluster_role("musterbook-people", &[persons(people, groups), impersonated(Scope::Cluster)].concat()),
        cluster_binding("musterbook-people", account),
        cluster_role("musterbook-in-project", &impersonated(Scope::Project)),
    ];
    documents.extend(projects.iter().map(|project| project_binding(project, account)));
    documents.push(cluster_role("musterbook-watch", &as_itself()));
    documents.push(cluster_binding("musterbook-watch", account));
    documents.join("---\n")
}

/// Whom. A rule without `resourceNames` would be about everybody, so without people there is no rule.
fn persons(people: &[String], groups: &[String]) -> Vec<String> {
    let rule = |resource: &str, names: &[String]| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        (!names.is_empty()).then(|| {
            format!(
                "- {{apiGroups: [authentication.k8s.io], resources: [{resource}], resourceNames: {}, verbs: [\"impersonate:user-info\"]}}\n",
                list(&names)
            )
        })
    };
    [rule("users", people), rule("groups", groups)].into_iter().flatten().collect()
}

/// What may be done as them: one rule for each resource, with the table's verbs.
fn impersonated(scope: Scope) -> Vec<String> {
    rules(scope, |verb| format!("impersonate-on:user-info:{verb}"))
}

fn as_itself() -> Vec<String> {
    rules(Scope::Own, str::to_owned)
}

fn rules(scope: Scope, verb: impl Fn(&str) -> String) -> Vec<String> {
    let mut resources: Vec<(Call, Vec<String>)> = Vec::new();
    for call in CALLS.into_iter().filter(|call| call.scope == scope) {
        let same = |(other, _): &&mut (Call, Vec<String>)| {
            (other.group, other.resource, other.name) == (call.group, call.resource, call.name)
        };
        match resources.iter_mut().find(same) {
            Some((_, verbs)) => verbs.push(verb(call.verb)),
            None => resources.push((call, vec![verb(call.verb)])),
        }
    }
    resources
        .into_iter()
        .map(|(call, verbs)| {
            let verbs: Vec<&str> = verbs.iter().map(String::as_str).collect();
            if call.resource.starts_with('/') {
                return format!("- {{nonResourceURLs: {}, verbs: {}}}\n", list(&[call.resource]), list(&verbs));
            }
            let names = call.name.map(|name| format!(", resourceNames: {}", list(&[name]))).unwrap_or_default();
            format!(
                "- {{apiGroups: {}, resources: {}{names}, verbs: {}}}\n",
                list(&[call.group]),
                list(&[call.resource]),
                list(&verbs)
            )
        })
        .collect()
}

fn cluster_role(name: &str, rules: &[String]) -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: {name}}}\nrules:\n{}",
        rules.concat()
    )
}

fn cluster_binding(name: &str, account: Account<'_>) -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {{name: {name}}}\n{}",
        bound(name, account)
    )
}

fn project_binding(project: &str, account: Account<'_>) -> String {
    let name = "musterbook-in-project";
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: {name}, namespace: {}}}\n{}",
        quoted(project),
        bound(name, account)
    )
}

fn bound(role: &str, account: Account<'_>) -> String {
    format!(
        "roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {role}}}\nsubjects:\n- {{kind: ServiceAccount, name: {}, namespace: {}}}\n",
        quoted(account.name),
        quoted(account.namespace)
    )
}

fn list(values: &[&str]) -> String {
    serde_json::Value::from(values).to_string()
}

/// JSON strings are YAML strings (YAML 1.2, section 1.3).
fn quoted(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: Account<'static> = Account { namespace: "musterbook", name: "musterbook" };

    #[test]
    fn a8_the_identity_names_people_verbs_and_projects() {
        let yaml = identity_yaml(&["jane".into()], &["team".into()], &["demo".into()], ACCOUNT);
        insta::assert_snapshot!(yaml);
    }

    #[test]
    fn a8_without_people_nobody_may_be_impersonated() {
        let yaml = identity_yaml(&[], &[], &[], ACCOUNT);
        assert!(!yaml.contains("\"impersonate:user-info\""), "{yaml}");
        assert!(!yaml.contains("kind: RoleBinding"), "{yaml}");
    }

    #[test]
    fn a_strange_name_stays_one_string() {
        let yaml = identity_yaml(&["a\"]}\n- {x".into()], &[], &[], ACCOUNT);
        assert!(yaml.contains(r#"resourceNames: ["a\"]}\n- {x"]"#), "{yaml}");
    }
}
