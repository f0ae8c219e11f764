//! Short messages about what was done: success goes by itself, an error stays until it is closed (SPEC U5).

use std::{sync::Arc, time::Duration};

use leptos::prelude::*;

use crate::{
    lang::use_locale,
    text,
    ui::{CopyButton, Draw, Icon, IconName, effect, parts, tab},
};

const SUCCESS_FOR: Duration = Duration::from_secs(5);
/// The window's event after which the page may change.
pub const LIVE: &str = "live";
/// What is told on the next page.
const NEXT: &str = "musterbook-next";

/// What can be done about a message, and the number by which it is taken off again.
pub type Offer = (i64, Draw);

#[derive(Clone)]
struct Toast {
    id: u32,
    failed: bool,
    text: String,
    offer: Option<Offer>,
}

/// The page's toasts. Raised in the browser only: a page from the server says what happened itself.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    last: StoredValue<u32>,
}

impl Toasts {
    fn new() -> Self {
        Self { shown: RwSignal::new(Vec::new()), last: StoredValue::new(0) }
    }

    pub fn success(self, text: String) {
        self.offer(text, None);
    }

    /// A success that is told on the page which is loaded next.
    pub fn success_on_next_page(self, text: &str) {
        tab::keep(NEXT, text);
    }

    /// A success, and what can be done about it.
    pub fn offer(self, text: String, offer: Option<Offer>) {
        self.close_later(self.push(false, text, offer));
    }

    /// What was offered under this number was done.
    pub fn withdraw(self, number: i64) {
        self.shown.update(|shown| {
            shown.retain(|toast| toast.offer.as_ref().is_none_or(|(offered, _)| *offered != number));
        });
    }

    pub fn error(self, text: String) {
        self.push(true, text, None);
    }

    /// Not while somebody points at it or has the focus in it.
    fn close_later(self, id: u32) {
        let in_use =
            || document().query_selector(".toast:is(:hover, :focus-within)").is_ok_and(|found| found.is_some());
        set_timeout(move || if in_use() { self.close_later(id) } else { self.close(id) }, SUCCESS_FOR);
    }

    fn push(self, failed: bool, text: String, offer: Option<Offer>) -> u32 {
        let id = self.last.get_value().wrapping_add(1);
        self.last.set_value(id);
        self.shown.update(|shown| shown.push(Toast { id, failed, text, offer }));
        id
    }

    fn close(self, id: u32) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }
}

pub fn provide_toasts() {
    provide_context(Toasts::new());
}

pub fn use_toasts() -> Toasts {
    use_context().unwrap_or_else(Toasts::new)
}

/// Two live regions, which are there from the start so that what comes into them is read out.
#[component]
pub fn ToastList() -> impl IntoView {
    let toasts = use_toasts();
    effect(move || {
        let listener = window_event_listener_untyped(LIVE, move |_| {
            if let Some(text) = tab::kept(NEXT).filter(|text| !text.is_empty()) {
                tab::keep(NEXT, "");
                toasts.success(text);
            }
        });
        on_cleanup(move || listener.remove());
    });
    let of = move |failed: bool| {
        parts(move || {
            let shown = toasts.shown.get().into_iter().filter(|toast| toast.failed == failed);
            let view = |toast: Toast| {
                let draw: Draw = Arc::new(move || view! { <ToastView toast=toast.clone() toasts/> }.into_any());
                draw
            };
            shown.map(|toast| (toast.id, view(toast))).collect()
        })
    };
    view! {
        <div class="toasts">
            <div role="status" aria-live="polite">
                {of(false)}
            </div>
            <div role="alert">{of(true)}</div>
        </div>
    }
}

#[component]
fn ToastView(toast: Toast, toasts: Toasts) -> impl IntoView {
    let locale = use_locale();
    let Toast { id, failed, text, offer } = toast;
    let copied = text.clone();
    view! {
        <div class=if failed { "toast bad" } else { "toast" }>
            {failed.then(|| view! { <Icon name=IconName::Warning/> })}
            <p>{text}</p>
            {offer.map(|(_, offer)| offer())}
            {failed.then(|| view! { <CopyButton text=Callback::new(move |()| copied.clone())/> })}
            <button
                type="button"
                class="button quiet end"
                aria-label=text!(locale, close)
                on:click=move |_| toasts.close(id)
            >
                "×"
            </button>
        </div>
    }
}
