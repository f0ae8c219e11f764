//! What is wrong with a whole form, above its buttons. What is wrong with one field stands at the field.

use leptos::prelude::*;
use musterbook_core::AppError;

use crate::{explain::error_text, lang::use_locale, layout::DenialHelp, ui::focus_first, viewer::watch_session};

/// A session that ended opens the sign-in in place: the form below stays as it is (SPEC S1).
#[component]
pub fn FormAlert(
    error: Signal<Option<AppError>>,
    /// The form's id: after a refusal the focus goes to the first field that is wrong.
    form: &'static str,
) -> impl IntoView {
    let locale = use_locale();
    watch_session(error);
    Effect::new(move |_| {
        if matches!(error.get(), Some(AppError::Invalid(_))) {
            focus_first(form, "[aria-invalid=true]");
        }
    });
    view! {
        <div class="alert" role="alert">
            {move || {
                error
                    .get()
                    .map(|error| {
                        let denial = match &error {
                            AppError::Denied(denial) => Some(denial.clone()),
                            _ => None,
                        };
                        view! {
                            <p>{error_text(locale, &error)}</p>
                            {denial.map(|denial| view! { <DenialHelp denial/> })}
                        }
                    })
            }}
        </div>
    }
}
