//! A dialog about one account, which it loads first. Used where the dialog shows what it is about to change.

use leptos::prelude::*;
use musterbook_core::{Answer, AppError, account::Account};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    accounts::dialogs::Place,
    lang::use_locale,
    layout::FormAlert,
    post::refusal,
    text,
    ui::{CancelLink, Modal, use_modal},
    undo::TakeBack,
};

/// `load` gets workspace, project and name. A federated account has no actions (SPEC E4): that is said in place of `body`.
#[component]
pub fn AccountDialog<T, F>(
    id: &'static str,
    title: String,
    name: String,
    place: Place,
    #[prop(optional)] width: &'static str,
    load: fn(String, String, String) -> F,
    account: fn(&T) -> &Account,
    body: fn(Answer<T>, Place) -> AnyView,
) -> impl IntoView
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Answer<T>, AppError>> + Send + 'static,
{
    let locale = use_locale();
    // Read once: the form on top of it keeps what is typed, whatever changes elsewhere.
    let (workspace, project) = (place.workspace.get_untracked(), place.project.get_untracked());
    let loaded = Resource::new(|| (), move |()| load(workspace.clone(), project.clone(), name.clone()));
    view! {
        <Modal id title close=place.back.get_untracked() width>
            <Suspense fallback=move || view! { <p class="content">{text!(locale, loading)}</p> }>
                <div>
                    {move || Suspend::new(async move {
                        match loaded.await {
                            Ok(answer) if account(&answer.value).federated => {
                                view! { <Instead text=text!(locale, dialog.federated) place/> }.into_any()
                            }
                            Ok(answer) => view! { <FocusContent/> {body(answer, place)} }.into_any(),
                            Err(error) => view! { <Failed error=refusal().unwrap_or(error) place/> }.into_any(),
                        }
                    })}
                </div>
            </Suspense>
        </Modal>
    }
}

/// The dialog opened before its content was there.
#[component]
pub fn FocusContent() -> impl IntoView {
    let modal = use_modal();
    Effect::new(move |_| {
        if let Some(modal) = modal {
            modal.focus_content();
        }
    });
}

#[component]
pub fn Instead(text: String, place: Place) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="content">
            <p>{text}</p>
            <footer>
                <CancelLink href=place.back.get_untracked() label=text!(locale, close)/>
            </footer>
        </div>
    }
}

#[component]
pub fn Failed(error: AppError, place: Place) -> impl IntoView {
    let locale = use_locale();
    let half_done = error.clone();
    let error = Signal::derive(move || Some(error.clone()));
    view! {
        <div class="content" id="account-failed">
            <FormAlert error form="account-failed"/>
            <TakeBack error=half_done place/>
            <footer>
                <CancelLink href=place.back.get_untracked() label=text!(locale, close)/>
            </footer>
        </div>
    }
}
