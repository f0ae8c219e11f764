//! A native dialog that no address names: it is of the moment.

use leptos::{html, prelude::*};

use crate::{lang::use_locale, text};

/// Open from the start. Esc and the button close it, and `close` is told after that; the focus returns.
#[component]
pub(super) fn Sheet(
    #[prop(into)] title: String,
    class: &'static str,
    node: NodeRef<html::Dialog>,
    close: Callback<()>,
    children: Children,
) -> impl IntoView {
    let locale = use_locale();
    Effect::new(move |_| {
        if let Some(dialog) = node.get().filter(|dialog| !dialog.open()) {
            _ = dialog.show_modal();
        }
    });
    let shut = move |_| {
        if let Some(dialog) = node.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog node_ref=node class=format!("dialog {class}") aria-labelledby="sheet-title" on:close=move |_| close.run(())>
            <header>
                <h2 id="sheet-title">{title}</h2>
                <button type="button" class="button quiet end" aria-label=text!(locale, close) on:click=shut>
                    "×"
                </button>
            </header>
            {children()}
        </dialog>
    }
}
