//! What is said about a copy.

use leptos::prelude::*;

use crate::{lang::use_locale, text};

/// `not_copied` is what the account has and its copy hasn't; its credentials are never copied.
#[component]
pub fn CopiedNote(from: String, not_copied: Vec<String>) -> impl IntoView {
    let locale = use_locale();
    let fields = not_copied.join(", ");
    view! {
        <div class="content" id="copied">
            <p class="note">
                {text!(locale, create.copy_of, name = &from)}
                {(!fields.is_empty()).then(|| format!(" {}", text!(locale, create.not_copied, fields = &fields)))}
            </p>
        </div>
    }
}
