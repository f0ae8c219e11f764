//! The tab *Resource Status* (SPEC E3): token Secrets, then the kubeconfig.

use leptos::prelude::*;
use musterbook_core::{
    account::{Account, Rights},
    credential::{Endpoint, TokenSecret},
};

use crate::{
    credentials::{kubeconfig::KubeconfigPanel, secret::SecretPanel},
    lang::use_locale,
    text,
};

/// `token_secrets` is `None` where they may not be read, which the page says: that is not *none*.
#[component]
pub fn ResourceStatus(
    account: Account,
    rights: Rights,
    token_secrets: Option<Vec<TokenSecret>>,
    endpoints: Vec<Endpoint>,
    /// Opens the dialog that issues a kubeconfig.
    issue: String,
) -> impl IntoView {
    let locale = use_locale();
    let (project, name) = (account.project, account.name);
    let may_issue = rights.issue_token != Some(false);
    let none = token_secrets.as_ref().is_some_and(Vec::is_empty).then(|| {
        view! {
            <section class="card panel" aria-labelledby="no-secrets">
                <header>
                    <h2 id="no-secrets">{text!(locale, credentials.secrets)}</h2>
                </header>
                <p>{text!(locale, credentials.no_secrets)}</p>
            </section>
        }
    });
    let panels = token_secrets
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(index, secret)| {
            view! { <SecretPanel index secret project=project.clone() account=name.clone()/> }
        })
        .collect_view();
    view! {
        {panels}
        {none}
        {may_issue.then(|| view! { <KubeconfigPanel endpoints issue/> })}
    }
}
