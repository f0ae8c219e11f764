//! A native `<dialog>` that lives in the URL: a link opens it, closing it goes to another address.

use leptos::{html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
    location::Location,
};
use wasm_bindgen::JsCast;

use crate::{
    lang::use_locale,
    text,
    ui::{
        focus::{focus, focus_first, is_lost_with, way_back},
        unsaved::{ask_before_back, ask_before_unload, is_changed, may_discard},
    },
};

/// Closes the dialog that it is used in.
#[derive(Debug, Clone, Copy)]
pub struct ModalHandle {
    id: &'static str,
    node: NodeRef<html::Dialog>,
    target: StoredValue<String>,
    title: StoredValue<String>,
    /// Whether it may be closed by the person.
    may_close: StoredValue<Option<Callback<(), Option<bool>>>>,
}

impl ModalHandle {
    /// In the browser: the focus returns, then the page goes to where closing leads.
    pub fn close(self) {
        if let Some(dialog) = self.node.get_untracked() {
            dialog.close();
        }
    }

    pub fn close_to(self, path: String) {
        self.target.set_value(path);
        self.close();
    }

    pub fn title(self) -> String {
        self.title.get_value()
    }

    /// As long as its caller is shown, `may_close` is asked before the person closes it: it asks them, or says `None`. Then they
    /// are asked where they typed something.
    pub fn ask_first(self, may_close: Callback<(), Option<bool>>) {
        self.may_close.set_value(Some(may_close));
        on_cleanup(move || _ = self.may_close.try_set_value(None));
    }

    fn may_close(self) -> bool {
        let asked = self.may_close.get_value().and_then(|may_close| may_close.run(()));
        asked.unwrap_or_else(|| may_discard(self.id, &text!(crate::lang::detect(), discard)))
    }

    /// For content that came after the dialog had opened: the focus goes to its field with `autofocus`.
    pub fn focus_content(self) {
        focus_first(self.id, "[autofocus]");
    }
}

/// The dialog around the component that asks.
pub fn use_modal() -> Option<ModalHandle> {
    use_context()
}

/// Without WebAssembly it is an open `<dialog>` with links; after hydration it is modal: the focus stays inside,
/// Esc closes it, and the focus returns to what opened it. Who would lose what they typed is asked first.
#[component]
pub fn Modal(
    id: &'static str,
    #[prop(into)] title: String,
    /// Where closing leads.
    #[prop(into)]
    close: String,
    /// `narrow` or `broad`.
    #[prop(optional)]
    width: &'static str,
    /// Stands beside the title.
    #[prop(optional, into)]
    aside: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let locale = use_locale();
    let node = NodeRef::<html::Dialog>::new();
    let title_id = format!("{id}-title");
    let heading_id = title_id.clone();
    let navigate = use_navigate();
    let location = use_location();
    let handle = ModalHandle {
        id,
        node,
        target: StoredValue::new(close.clone()),
        title: StoredValue::new(title.clone()),
        may_close: StoredValue::new(None),
    };
    provide_context(handle);
    Effect::new(move |_| {
        if let Some(dialog) = node.get() {
            let back = way_back();
            // An open dialog that the server rendered isn't modal: it is opened again as one.
            dialog.close();
            _ = dialog.show_modal();
            ask_before_unload(move || is_changed(id));
            let location = location.clone();
            ask_before_back(
                move || document().get_element_by_id(id).is_none() || handle.may_close(),
                move || here(&location),
            );
            // The back button takes the dialog away without closing it: then, too, the focus returns.
            on_cleanup(move || {
                let dialog = document().get_element_by_id(id);
                if let Some(dialog) = dialog.and_then(|dialog| dialog.dyn_into::<web_sys::HtmlDialogElement>().ok()) {
                    dialog.close();
                }
                if let Some(back) = back.filter(|_| is_lost_with(id)) {
                    focus(&back);
                }
            });
        }
    });
    // Fires after Esc and after `close()`, not for the `close()` before it became modal: that event comes later, when it is open again.
    let on_close = move |_| {
        if node.try_get_untracked().flatten().is_some_and(|dialog| !dialog.open()) {
            navigate(&handle.target.get_value(), NavigateOptions { scroll: false, ..Default::default() });
        }
    };
    let on_cancel = move |event: leptos::ev::Event| {
        if !handle.may_close() {
            event.prevent_default();
        }
    };
    // Browsers close a dialog at a second Esc whatever was said to the first one; an Esc of an input method is none, nor is
    // one that something in the dialog took for itself.
    let on_keydown = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() && !event.default_prevented() && is_changed(id) {
            event.prevent_default();
            if handle.may_close() {
                handle.close();
            }
        }
    };
    view! {
        <dialog
            id=id
            open
            node_ref=node
            class=format!("dialog {width}")
            aria-labelledby=title_id
            on:close=on_close
            on:cancel=on_cancel
            on:keydown=on_keydown
        >
            <header>
                <h2 id=heading_id>{title}</h2>
                <span class="end">{aside.map(|aside| aside.run())}</span>
                <a href=close class="button quiet" aria-label=text!(locale, close) on:click=closes(handle)>
                    "×"
                </a>
            </header>
            {children()}
        </dialog>
    }
}

fn here(location: &Location) -> String {
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    match search.trim_start_matches('?') {
        "" => path,
        search => format!("{path}?{search}"),
    }
}

/// The button that closes the dialog and does nothing else. Without WebAssembly, it is a link.
#[component]
pub fn CancelLink(
    #[prop(into)] href: String,
    /// The first to have the focus: in a dialog that does harm.
    #[prop(optional)]
    autofocus: bool,
    #[prop(optional, into)] label: Option<String>,
) -> impl IntoView {
    let locale = use_locale();
    let label = label.unwrap_or_else(|| text!(locale, cancel));
    let modal = use_modal();
    let on_click = move |event: leptos::ev::MouseEvent| {
        if let Some(modal) = modal {
            closes(modal)(event);
        }
    };
    view! {
        <a class="button" href=href autofocus=autofocus on:click=on_click>
            {label}
        </a>
    }
}

/// In another dialog's place: who would lose what they typed in this one is asked first.
#[component]
pub fn OtherDialogLink(href: Signal<String>, label: String) -> impl IntoView {
    let modal = use_modal();
    let on_click = move |event: leptos::ev::MouseEvent| {
        let elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key();
        if modal.is_some_and(|modal| !elsewhere && !modal.may_close()) {
            event.prevent_default();
        }
    };
    view! {
        <a class="start" href=href on:click=on_click>
            {label}
        </a>
    }
}

fn closes(modal: ModalHandle) -> impl Fn(leptos::ev::MouseEvent) {
    move |event| {
        event.prevent_default();
        if modal.may_close() {
            modal.close();
        }
    }
}
