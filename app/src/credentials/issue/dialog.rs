//! The dialog `?issue`: the form, then what was issued, once.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use musterbook_core::{Answer, AppError};

use crate::{
    accounts::{Place, details::api::Details, on_left},
    credentials::{
        api::{IssueKubeconfig, Issued},
        issue::{form::IssueForm, issued::IssuedView},
    },
    explain::error_text,
    lang::use_locale,
    layout::use_toasts,
    text,
    ui::Modal,
};

/// Stands beside what the page loads: a page that is read anew must not take away what is shown once.
#[component]
pub fn IssueDialog(
    place: Place,
    account: Signal<String>,
    data: Resource<Result<Answer<Details>, AppError>>,
) -> impl IntoView {
    let locale = use_locale();
    let query = use_query_map();
    let open = Memo::new(move |_| query.read().get("issue").is_some());
    move || {
        open.get().then(|| {
            let name = account.get_untracked();
            view! {
                <Modal
                    id="issue"
                    title=text!(locale, issue.title, name = &name)
                    close=place.back.get_untracked()
                    width="broad"
                >
                    <Issue place account=name data/>
                </Modal>
            }
        })
    }
}

#[component]
fn Issue(place: Place, account: String, data: Resource<Result<Answer<Details>, AppError>>) -> impl IntoView {
    let action = ServerAction::<IssueKubeconfig>::new();
    let value = action.value();
    let done = Memo::new(move |_| value.with(|value| matches!(value, Some(Ok(_)))));
    // The token is in the action's value only, and that ends with the dialog (SPEC K3). Nobody is told: what showed it
    // goes at the same time.
    on_cleanup(move || _ = value.try_update_untracked(|value| *value = None));
    let (locale, toasts, changes, name) = (use_locale(), use_toasts(), place.changes, account.clone());
    let tell = Arc::new(move |answer: Result<Issued, AppError>| {
        toasts.error(match answer {
            Ok(issued) => text!(locale, issue.unseen, name = &name, until = issued.expires.utc_text()),
            Err(error) => format!("{} {}", text!(locale, issue.title, name = &name), error_text(locale, &error)),
        });
        // The page may be gone, too.
        _ = changes.try_update(|changes| *changes += 1);
    });
    on_left(action, tell);
    move || {
        if done.get() {
            view! { <IssuedView action place/> }.into_any()
        } else {
            view! { <IssueForm action place account=account.clone() data/> }.into_any()
        }
    }
}
