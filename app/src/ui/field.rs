//! A form field: label, control, hint, and the problem where it is.

use leptos::prelude::*;
use musterbook_core::form::Problem;

use crate::{explain::problem_text, lang::use_locale};

/// Ids for `aria-describedby` of the control with `id`.
pub fn described_by(id: &str) -> String {
    format!("{id}-hint {id}-problem")
}

/// The control itself is the child: give it `id`, `aria-describedby=described_by(id)` and `aria-invalid`.
#[component]
pub fn FieldView(
    id: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<Signal<String>>,
    #[prop(optional)] required: bool,
    #[prop(into)] problem: Signal<Option<Problem>>,
    children: Children,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="field">
            <label for=id>{label} {required.then(|| view! { <i aria-hidden="true">" *"</i> })}</label>
            {children()}
            <small id=format!("{id}-hint")>{move || hint.map(|hint| hint.get())}</small>
            <p class="problem" id=format!("{id}-problem") role="alert">
                {move || problem.get().map(|problem| problem_text(locale, &problem))}
            </p>
        </div>
    }
}
