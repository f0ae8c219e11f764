//! Somebody was faster: their version beside what was typed (SPEC X1).

use leptos::prelude::*;
use musterbook_core::account::Account;

use crate::{
    lang::use_locale,
    text,
    ui::{Icon, IconName},
};

/// `typed` gives alias and description as they are in the form.
#[component]
pub fn ConflictNotes(current: Account, typed: Signal<(String, String)>) -> impl IntoView {
    let locale = use_locale();
    let version = |title: String, alias: Signal<String>, description: Signal<String>| {
        view! {
            <section class="card about">
                <h3>{title}</h3>
                <dl>
                    <div>
                        <dt>{text!(locale, create.alias)}</dt>
                        <dd>{move || or_dash(alias.get())}</dd>
                    </div>
                    <div>
                        <dt>{text!(locale, create.description)}</dt>
                        <dd>{move || or_dash(description.get())}</dd>
                    </div>
                </dl>
            </section>
        }
    };
    let (alias, description) = (current.alias.unwrap_or_default(), current.description.unwrap_or_default());
    let theirs = version(text!(locale, edit.theirs), Signal::stored(alias), Signal::stored(description));
    let yours = version(
        text!(locale, edit.yours),
        Signal::derive(move || typed.get().0),
        Signal::derive(move || typed.get().1),
    );
    view! {
        <div role="status">
            <p class="warning">
                <Icon name=IconName::Warning/>
                <span>{text!(locale, edit.conflict)}</span>
            </p>
            <div class="versions">{theirs} {yours}</div>
        </div>
    }
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".into() } else { text }
}
