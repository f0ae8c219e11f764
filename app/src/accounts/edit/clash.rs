//! Two people changed the same: both versions, at the field, and which of them is to stay (SPEC X1).

use leptos::prelude::*;

use crate::{lang::use_locale, text};

/// A choice that is posted as `name`: `true` keeps `theirs`. One's own stands in the field above.
#[component]
pub fn Clash(
    #[prop(into)] name: String,
    /// Nothing: they took it away.
    theirs: String,
) -> impl IntoView {
    let locale = use_locale();
    let theirs = if theirs.is_empty() {
        text!(locale, edit.keep_nothing)
    } else {
        text!(locale, edit.keep_theirs, theirs = &theirs)
    };
    view! {
        <fieldset class="field clash">
            <legend>{text!(locale, edit.clash)}</legend>
            <label class="choice">
                <input type="radio" name=name.clone() value="false" checked/>
                {text!(locale, edit.keep_mine)}
            </label>
            <label class="choice">
                <input type="radio" name=name value="true"/>
                <span>{theirs}</span>
            </label>
        </fieldset>
    }
}
