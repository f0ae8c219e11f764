//! One token Secret: its keys, with their values masked (SPEC E3).

use leptos::prelude::*;
use musterbook_core::credential::TokenSecret;

use crate::{credentials::value::SecretValue, lang::use_locale, text, ui::Ago};

#[component]
pub fn SecretPanel(index: usize, secret: TokenSecret, project: String, account: String) -> impl IntoView {
    let locale = use_locale();
    let id = format!("secret-{index}");
    let last_used = secret.last_used.as_ref().map(|date| text!(locale, credentials.last_used, date = date));
    let invalid = secret.invalid_since.as_ref().map(|date| text!(locale, credentials.invalid_since, date = date));
    let empty = secret.keys.is_empty().then(|| view! { <p>{text!(locale, credentials.no_keys)}</p> });
    let (name, heading) = (secret.name.clone(), id.clone());
    let rows = secret
        .keys
        .into_iter()
        .map(|key| {
            view! {
                <SecretValue key project=project.clone() account=account.clone() secret=secret.name.clone()/>
            }
        })
        .collect_view();
    view! {
        <section class="card panel" aria-labelledby=id>
            <header>
                <h2 id=heading>{text!(locale, credentials.secret, name = &name)}</h2>
                <span class="badges">
                    <span class="badge bad">{text!(locale, credentials.never_expires)}</span>
                    {last_used.map(|text| view! { <span class="badge">{text}</span> })}
                    {invalid.map(|text| view! { <span class="badge warn">{text}</span> })}
                </span>
                <span class="muted end">
                    <Ago at=secret.created/>
                </span>
            </header>
            {empty}
            <div class="kv">{rows}</div>
        </section>
    }
}
