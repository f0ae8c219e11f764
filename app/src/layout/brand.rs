use leptos::prelude::*;

use crate::{lang::use_locale, text};

/// The project's mark and name.
#[component]
pub fn Brand() -> impl IntoView {
    let locale = use_locale();
    view! {
        <span class="brand">
            <svg class="mark" viewBox="0 0 22 22" aria-hidden="true" focusable="false">
                <rect width="22" height="22" rx="6"></rect>
                <path d="M5.5 16V6.2l5.5 6 5.5-6V16"></path>
            </svg>
            {text!(locale, brand)}
        </span>
    }
}
