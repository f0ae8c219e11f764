//! A menu of links in a native popover: opens, closes on Esc and on a click elsewhere, without any script.

use leptos::prelude::*;

/// `trigger` is the button's content, `label` its accessible name where the content has no text.
#[component]
pub fn Menu(
    /// Unique in the page.
    #[prop(into)]
    id: String,
    #[prop(optional, into)] label: Option<String>,
    #[prop(optional, into)] class: Option<String>,
    trigger: ViewFn,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=format!("button {}", class.unwrap_or_default())
            popovertarget=id.clone()
            aria-label=label
        >
            {trigger.run()}
        </button>
        <div id=id popover="auto" class="menu">
            {children()}
        </div>
    }
}
