//! An error in a page's place, and notes on what a page lacks (SPEC A6).

use leptos::prelude::*;
use musterbook_core::{AppError, Missing, answer::Why, error::Denial};

use crate::{
    explain::{error_text, error_title, missing_text},
    lang::use_locale,
    routes, text,
    ui::{CopyButton, Icon, IconName},
    viewer::{use_viewer, watch_session},
};

/// `retry` is shown as a button where trying again can help.
#[component]
pub fn ErrorPanel(error: AppError, #[prop(optional)] retry: Option<Callback<()>>) -> impl IntoView {
    let locale = use_locale();
    let shown = error.clone();
    watch_session(Signal::derive(move || Some(shown.clone())));
    let denial = match &error {
        AppError::Denied(denial) => Some(denial.clone()),
        _ => None,
    };
    let may_help = matches!(
        error,
        AppError::Unavailable
            | AppError::Busy { .. }
            | AppError::Offline
            | AppError::Internal { .. }
            | AppError::SignedOut
    );
    view! {
        <section class="state" role="alert">
            <Icon name=IconName::Warning/>
            <h2>{error_title(locale, &error)}</h2>
            <p>{error_text(locale, &error)}</p>
            {denial.map(|denial| view! { <DenialHelp denial/> })}
            <p class="actions">
                {retry
                    .filter(|_| may_help)
                    .map(|retry| {
                        view! {
                            <button type="button" class="button primary" on:click=move |_| retry.run(())>
                                {text!(locale, try_again)}
                            </button>
                        }
                    })}
                <a class="button" href=routes::PROJECTS rel="external">
                    {text!(locale, error.back_to_projects)}
                </a>
            </p>
        </section>
    }
}

/// The Role to ask for, with its binding.
#[component]
pub fn DenialHelp(denial: Denial) -> impl IntoView {
    view! { <AskFor yaml=denial.role_to_ask_for(&use_viewer().user.unwrap_or_default())/> }
}

/// What an administrator is asked for, to be copied.
#[component]
pub fn AskFor(yaml: String) -> impl IntoView {
    let locale = use_locale();
    let copied = yaml.clone();
    view! {
        <div class="ask">
            <p>{text!(locale, error.denied_ask)}</p>
            <pre class="code" tabindex="0">{yaml}</pre>
            <CopyButton text=Callback::new(move |()| copied.clone())/>
        </div>
    }
}

/// One line for each part that a page lacks. Nothing when nothing is missing.
#[component]
pub fn MissingNotes(missing: Vec<Missing>) -> impl IntoView {
    let locale = use_locale();
    (!missing.is_empty()).then(|| {
        let notes = missing.into_iter().map(|missing| {
            let denial = match &missing.why {
                Why::Denied(denial) => Some(denial.clone()),
                _ => None,
            };
            view! {
                <li>
                    {missing_text(locale, &missing)}
                    {denial
                        .map(|denial| {
                            view! {
                                <details>
                                    <summary>{text!(locale, error.denied_ask)}</summary>
                                    <DenialHelp denial/>
                                </details>
                            }
                        })}
                </li>
            }
        });
        view! {
            <aside class="missing" aria-label=text!(locale, missing.title)>
                <Icon name=IconName::Warning/>
                <ul>{notes.collect_view()}</ul>
            </aside>
        }
    })
}
