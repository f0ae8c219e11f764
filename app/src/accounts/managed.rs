//! Who manages an account, and what that means for what is changed here (SPEC E4).

use leptos::prelude::*;
use musterbook_core::{
    account::Account,
    managed::{ARGO_CD, FLUX, HELM, Manager, OLM},
};

use crate::{
    lang::use_locale,
    text,
    ui::{Icon, IconName},
};

#[component]
pub fn ManagedNote(account: Account) -> impl IntoView {
    view! { <ManagedBy manager=account.managed_by/> }
}

/// `manager` as [`Manager`] is written.
#[component]
pub fn ManagedBy(manager: Option<String>) -> impl IntoView {
    let locale = use_locale();
    manager.map(|manager| {
        let Manager { name, source } = Manager::from(manager.as_str());
        let means = match name.as_str() {
            HELM => text!(locale, managed.helm),
            ARGO_CD => text!(locale, managed.argo_cd),
            FLUX => text!(locale, managed.flux),
            OLM => text!(locale, managed.olm),
            _ => text!(locale, managed.other, manager = &name),
        };
        let source = source.map(|source| text!(locale, managed.source, source = &source));
        view! {
            <p class="warning">
                <Icon name=IconName::Warning/>
                <span>{means} " " {source}</span>
            </p>
        }
    })
}
