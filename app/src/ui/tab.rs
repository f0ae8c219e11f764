//! The browser tab's own storage: it outlives a reload, and goes with the tab.

use js_sys::Reflect;
use leptos::prelude::window;
use wasm_bindgen::JsValue;

/// What [`keep`] kept under `key`.
pub fn kept(key: &str) -> Option<String> {
    Reflect::get(&storage()?, &key.into()).ok()?.as_string()
}

/// `false` where the browser keeps nothing, or not so much.
pub fn keep(key: &str, text: &str) -> bool {
    storage().is_some_and(|storage| Reflect::set(&storage, &key.into(), &text.into()).unwrap_or(false))
}

/// Browsers that keep nothing throw.
fn storage() -> Option<JsValue> {
    Reflect::get(&window(), &"sessionStorage".into()).ok().filter(JsValue::is_object)
}
