//! The Secrets that images are pulled with: chosen from those of the project, or typed where they can't be seen.

use leptos::{html, prelude::*};
use musterbook_core::{
    answer::Why,
    settings::{is_object_name, typed_names},
};

use crate::{accounts::settings::met::Shown, lang::use_locale, text, ui::described_by};

const MORE: &str = "more-pull-secrets";

/// `offered` are the project's, or why they can't be seen; `told`: everything that is wrong is said.
#[component]
pub fn PullSecrets(offered: Result<Vec<String>, Why>, shown: Shown, told: Signal<bool>) -> impl IntoView {
    let locale = use_locale();
    let Shown { pull_secrets: chosen, more_pull_secrets: more, seen, .. } = shown;
    let unseen = offered.as_ref().err().map(|why| match why {
        Why::Denied(denial) => text!(locale, settings.secrets_denied, verb = &denial.verb, resource = &denial.resource),
        _ => text!(locale, settings.secrets_unavailable),
    });
    let known = offered.ok();
    // Those that the account names come first, in the order in which they are tried.
    let mut names: Vec<_> = seen.image_pull_secrets.iter().map(|secret| secret.name.clone()).collect();
    for name in chosen.iter().chain(known.iter().flatten()) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let none = names.is_empty() && unseen.is_none();
    let is_missing = {
        let known = known.clone();
        move |name: &str| known.as_ref().is_some_and(|known| !known.iter().any(|other| other == name))
    };
    let boxes = names.into_iter().enumerate().map(|(place, name)| {
        let missing =
            is_missing(&name).then(|| view! { <span class="badge bad">{text!(locale, settings.missing)}</span> });
        view! {
            <li>
                <label class="choice">
                    <input
                        type="checkbox"
                        name=format!("input[pull_secrets][{place}]")
                        value=name.clone()
                        checked=chosen.contains(&name)
                    />
                    <code>{name}</code>
                </label>
                {missing}
            </li>
        }
    });
    let boxes = boxes.collect_view();
    let typed = RwSignal::new(more.clone());
    let left = RwSignal::new(false);
    let node = NodeRef::<html::Input>::new();
    // Typed before WebAssembly came.
    Effect::new(move |_| {
        if let Some(input) = node.get() {
            typed.set(input.value());
        }
    });
    let wrong = Memo::new(move |_| {
        let tells = told.get() || left.get();
        tells && typed.with(|typed| typed_names(typed).any(|name| !is_object_name(name)))
    });
    // Told while one types: what appears when the field is left would move the button that is just being clicked.
    let unknown = move || {
        let names = typed.with(|typed| {
            typed_names(typed).filter(|name| is_missing(name)).map(ToOwned::to_owned).collect::<Vec<_>>()
        });
        (!names.is_empty()).then(|| text!(locale, settings.not_there, names = &names.join(", ")))
    };
    view! {
        <fieldset class="field">
            <legend>{text!(locale, settings.pull_secrets)}</legend>
            {unseen.map(|unseen| view! { <p class="note">{unseen}</p> })}
            {none.then(|| view! { <p class="note">{text!(locale, settings.no_pull_secrets)}</p> })}
            {(!none).then(|| view! { <ul class="plain">{boxes}</ul> })}
            <label for=MORE>{text!(locale, settings.more_pull_secrets)}</label>
            <input
                id=MORE
                name="input[more_pull_secrets]"
                value=more
                node_ref=node
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=described_by(MORE)
                aria-invalid=move || wrong.get().to_string()
                on:input:target=move |event| typed.set(event.target().value())
                on:blur=move |_| _ = left.try_set(true)
            />
            <small id=format!("{MORE}-hint") role="status">{unknown}</small>
            <p class="problem" id=format!("{MORE}-problem") role="alert">
                {move || wrong.get().then(|| text!(locale, settings.bad_secret))}
            </p>
        </fieldset>
    }
}
