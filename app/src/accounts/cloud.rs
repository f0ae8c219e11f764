//! What an account is at cloud providers (SPEC E5).

use leptos::prelude::*;
use musterbook_core::cloud::{CloudIdentity, Identity, identities};

use crate::{lang::use_locale, text};

/// `lines` are the account's, as [`musterbook_core::cloud::lines`] made them.
#[component]
pub fn CloudIdentities(lines: String) -> impl IntoView {
    identities(&lines).into_iter().map(|identity| view! { <One identity/> }).collect_view()
}

#[component]
fn One(identity: CloudIdentity) -> impl IntoView {
    let locale = use_locale();
    let CloudIdentity { provider, id, is } = identity;
    let (said, form) = match is {
        Some(Identity::Aws { account, role }) => (text!(locale, cloud.aws, role = &role, account = &account), None),
        Some(Identity::Google { name, project }) => {
            (text!(locale, cloud.google, name = &name, project = &project), None)
        }
        Some(Identity::Azure { tenant: None, .. }) => (text!(locale, cloud.azure), None),
        Some(Identity::Azure { tenant: Some(tenant), .. }) => (text!(locale, cloud.azure_in, tenant = &tenant), None),
        None => {
            let form = match provider.as_str() {
                "AWS" => "arn:aws:iam::123456789012:role/NAME",
                "Google" => "NAME@PROJECT.iam.gserviceaccount.com",
                _ => "00000000-0000-0000-0000-000000000000",
            };
            (text!(locale, cloud.malformed), Some(form))
        }
    };
    view! {
        <p>
            <b>{provider}</b>
            ": "
            <span class:problem=form.is_some()>{said} " " {form.map(|form| view! { <code>{form}</code> })}</span>
            <br/>
            <code>{id}</code>
        </p>
    }
}
