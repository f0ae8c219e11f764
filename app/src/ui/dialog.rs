//! A native `<dialog>` that lives in the URL: a link opens it, closing it goes to another address.

use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{lang::use_locale, text};

/// Without WebAssembly it is an open `<dialog>` with links; after hydration it is modal: the focus stays inside,
/// Esc closes it, and the focus returns to what opened it.
#[component]
pub fn Modal(
    id: &'static str,
    #[prop(into)] title: String,
    /// Where closing leads.
    #[prop(into)]
    close: String,
    /// Set to close it from inside.
    #[prop(optional)]
    closing: Option<RwSignal<bool>>,
    children: Children,
) -> impl IntoView {
    let locale = use_locale();
    let node = NodeRef::<html::Dialog>::new();
    let title_id = format!("{id}-title");
    let heading_id = title_id.clone();
    let navigate = use_navigate();
    let target = close.clone();
    Effect::new(move |_| {
        if let Some(dialog) = node.get() {
            // An open dialog that the server rendered isn't modal: it is opened again as one.
            dialog.close();
            _ = dialog.show_modal();
        }
    });
    if let Some(closing) = closing {
        Effect::new(move |_| {
            if closing.get()
                && let Some(dialog) = node.get_untracked()
            {
                dialog.close();
            }
        });
    }
    // Fires after Esc and after `close()`, not for the `close()` before it became modal: that event comes later, when it is open again.
    let on_close = move |_| {
        if node.get_untracked().is_some_and(|dialog| !dialog.open()) {
            navigate(&target, NavigateOptions { scroll: false, ..Default::default() });
        }
    };
    let on_cancel = move |event: leptos::ev::MouseEvent| {
        if let Some(dialog) = node.get_untracked() {
            event.prevent_default();
            dialog.close();
        }
    };
    view! {
        <dialog id=id open node_ref=node class="dialog" aria-labelledby=title_id on:close=on_close>
            <header>
                <h2 id=heading_id>{title}</h2>
                <a href=close class="button quiet end" aria-label=text!(locale, close) on:click=on_cancel>
                    "×"
                </a>
            </header>
            {children()}
        </dialog>
    }
}
