//! What can be taken back, beside the page, as long as it can be.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::set_interval_with_handle, prelude::*};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;

use crate::{
    accounts::Place,
    lang::use_locale,
    layout::use_toasts,
    plural, text,
    undo::{
        finish::address,
        kept::{self, Kept},
        words,
    },
    viewer::use_viewer,
};

const LOOK_EVERY: Duration = Duration::from_secs(10);

/// The newest, how many others there are, and the way to them; `Ctrl Z` as well.
#[component]
pub fn Strip(place: Place) -> impl IntoView {
    let locale = use_locale();
    let user = use_viewer().user.unwrap_or_default();
    let held = RwSignal::new(kept::of(&user));
    if let Ok(timer) = set_interval_with_handle(
        move || {
            _ = held.try_set(kept::of(&user));
        },
        LOOK_EVERY,
    ) {
        on_cleanup(move || timer.clear());
    }
    let (navigate, toasts) = (use_navigate(), use_toasts());
    let key = window_event_listener(ev::keydown, move |event| {
        let undo = (event.ctrl_key() || event.meta_key()) && !event.shift_key() && !event.alt_key();
        if undo && event.key() == "z" && !is_elsewhere(&event) && held.with_untracked(|held| !held.is_empty()) {
            event.prevent_default();
            navigate(&address(&place.back.get_untracked(), String::new()), Default::default());
        }
    });
    on_cleanup(move || key.remove());
    let forget = move |_| {
        held.with_untracked(|held| {
            for kept in held {
                kept::leave(kept.until, Vec::new());
                toasts.withdraw(kept.until);
            }
        });
        held.set(Vec::new());
    };
    move || {
        let held = held.get();
        let newest = held.last()?;
        let others = held.len() - 1;
        Some(view! {
            <aside class="undo" aria-label=text!(locale, undo.title)>
                <p>
                    {words::kept(locale, newest)}
                    {(others > 0).then(|| view! { " " {plural!(locale, undo.more, others)} })}
                </p>
                <button type="button" class="button quiet end" aria-label=text!(locale, undo.forget) on:click=forget>
                    "×"
                </button>
                <a class="button" href=address(&place.back.get(), String::new()) aria-keyshortcuts="Control+Z">
                    {text!(locale, undo.submit)}
                </a>
                <small>{left(locale, newest)}</small>
            </aside>
        })
    }
}

fn left(locale: crate::lang::Locale, kept: &Kept) -> String {
    words::left(locale, kept.seconds_left(kept::now()))
}

/// Where the keys mean something else: in a field, where what was typed is taken back, and in a dialog.
fn is_elsewhere(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let field = "input, textarea, select, [contenteditable]";
    target.is_some_and(|element| element.closest(field).is_ok_and(|found| found.is_some()))
        || document().query_selector("dialog[open]").is_ok_and(|found| found.is_some())
}
