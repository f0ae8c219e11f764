//! The panel *kubeconfig*: which addresses one can be issued for, and the way to do it.

use leptos::prelude::*;
use musterbook_core::credential::Endpoint;

use crate::{
    lang::use_locale,
    text,
    ui::{Icon, IconName},
};

/// There is no kubeconfig to show before one is issued: the token in it is shown once (SPEC K3).
#[component]
pub fn KubeconfigPanel(endpoints: Vec<Endpoint>, issue: String) -> impl IntoView {
    let locale = use_locale();
    let addresses = endpoints
        .into_iter()
        .map(|endpoint| {
            view! {
                <li>
                    <b>{endpoint.name}</b>
                    " "
                    <code>{endpoint.server}</code>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card panel" aria-labelledby="kubeconfig">
            <header>
                <h2 id="kubeconfig">{text!(locale, credentials.kubeconfig)}</h2>
                <span class="muted">{text!(locale, credentials.kubeconfig_for)}</span>
                <span class="end">
                    <a class="button primary" href=issue>
                        <Icon name=IconName::Plus/>
                        {text!(locale, credentials.issue)}
                    </a>
                </span>
            </header>
            <div class="content">
                <p>{text!(locale, credentials.kubeconfig_note)}</p>
                <ul class="plain">{addresses}</ul>
            </div>
        </section>
    }
}
