//! What goes with an account, in words (SPEC X4).

use leptos::prelude::*;
use musterbook_core::{
    Missing,
    account::{Account, DEFAULT, Impact},
    standing::Extent,
};

use crate::{accounts::CloudIdentities, lang::use_locale, layout::MissingNotes, plural, text};

/// Names of one kind that are written out; there can be thousands of pods.
const SHOWN: usize = 10;

#[component]
pub fn ImpactView(account: Account, impact: Impact, missing: Vec<Missing>) -> impl IntoView {
    let locale = use_locale();
    let nothing = impact.is_empty() && missing.is_empty() && impact.cluster != Extent::Part;
    let managed = account.managed_by.as_ref().map(|manager| text!(locale, delete.managed, manager = manager));
    let Impact { bindings, cluster_bindings: everywhere, cluster, token_secrets, issued, pods, workloads, cloud } =
        impact;
    let cloud = cloud.map(|lines| {
        view! {
            <section>
                <h3>{text!(locale, delete.cloud)}</h3>
                <CloudIdentities lines/>
            </section>
        }
    });
    let bindings: Vec<_> = bindings.into_iter().map(|binding| format!("{} → {}", binding.name, binding.role)).collect();
    let unseen = match cluster {
        Extent::All => None,
        Extent::Part => Some(text!(locale, held.cluster_part)),
        Extent::Unseen(_) => Some(text!(locale, delete.everywhere_unseen)),
    };
    view! {
        {(account.name == DEFAULT).then(|| view! { <p class="warning">{text!(locale, delete.default_note)}</p> })}
        {managed.map(|managed| view! { <p class="warning">{managed}</p> })}
        {nothing.then(|| view! { <p>{text!(locale, delete.nothing)}</p> })}
        <Part title=plural!(locale, delete.pods, pods.len()) names=pods/>
        <Part title=plural!(locale, delete.workloads, workloads.len()) names=workloads/>
        <Part title=plural!(locale, delete.secrets, token_secrets.len()) names=token_secrets/>
        <Part title=plural!(locale, delete.issued, issued.len()) names=issued/>
        <Part title=plural!(locale, delete.bindings, bindings.len()) names=bindings/>
        <Part title=plural!(locale, delete.everywhere, everywhere.len()) names=everywhere/>
        {cloud}
        <MissingNotes missing/>
        <p class="note">
            {text!(locale, delete.tokens_note)} {unseen.map(|unseen| view! { " " {unseen} })}
        </p>
    }
}

#[component]
fn Part(title: String, names: Vec<String>) -> impl IntoView {
    let locale = use_locale();
    (!names.is_empty()).then(|| {
        let more = names.len().saturating_sub(SHOWN);
        let lines = names.into_iter().take(SHOWN).map(|name| {
            view! {
                <li>
                    <code>{name}</code>
                </li>
            }
        });
        view! {
            <section>
                <h3>{title}</h3>
                <ul class="plain">
                    {lines.collect_view()} {(more > 0).then(|| view! { <li>{text!(locale, delete.more, count = more)}</li> })}
                </ul>
            </section>
        }
    })
}
