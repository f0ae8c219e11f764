//! The keyboard (SPEC U4): `/`, `j k`, `e`, `y`, `c`, `?`, and Ctrl K. What the keys do is a chunk of its own, asked for with
//! the first of them.

use js_sys::Reflect;
use leptos::{
    prelude::*,
    reactive::owner::Owner,
    task::spawn_local,
    wasm_split::{SplitLoaderError, wasm_split},
};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};

use crate::ui::effect;

mod act;
mod help;
mod palette;
mod sheet;

/// The palette, among the keys: Ctrl K, or a click on its button.
const PALETTE: u8 = b'K';
/// What a click on is the palette's key.
const BUTTON: &str = ".go";

/// Where letters are for something else: what is typed in, what is open over the page, and all of the page for whoever
/// turned them off (WCAG 2.1.4).
const ELSEWHERE: &str = "input:not([type=checkbox]),textarea,select,[contenteditable],dialog,:root[data-keys=off] *";

/// In the browser, follows the keys for as long as the page.
#[component]
pub fn Keys() -> impl IntoView {
    let Some(page) = Owner::current() else { return };
    effect(move || {
        for kind in ["keydown", "click"] {
            let page = page.clone();
            window_event_listener_untyped(kind, move |event| heard(&page, &event));
        }
    });
}

fn heard(page: &Owner, event: &Event) {
    // A click has none.
    let key = Reflect::get(event, &"key".into()).ok().and_then(|key| key.as_string());
    let with: &KeyboardEvent = event.unchecked_ref();
    let control = with.ctrl_key() || with.meta_key();
    let key = match key.as_deref().map(str::as_bytes) {
        Some(b"k") if control => PALETTE,
        Some(&[key @ (b'/' | b'j' | b'k' | b'e' | b'y' | b'c' | b'?')])
            if !control && !with.alt_key() && !is_in(event, ELSEWHERE) =>
        {
            key
        }
        None if is_in(event, BUTTON) => PALETTE,
        _ => return,
    };
    event.prevent_default();
    let page = page.clone();
    spawn_local(async move {
        // As with dialogs: a newer version was deployed, or the browser says what is wrong.
        if act(page, key).await.is_err() {
            _ = window().location().reload();
        }
    });
}

fn is_in(event: &Event, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest(selector).is_ok_and(|found| found.is_some()))
}

struct NoChunk;

impl From<SplitLoaderError> for NoChunk {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

#[wasm_split(keys, wasm_split_path = leptos::wasm_split, fallible)]
fn act(page: Owner, key: u8) -> Result<(), NoChunk> {
    page.with(|| act::act(key));
    Ok(())
}
