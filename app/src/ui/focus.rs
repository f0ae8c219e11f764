//! Moving the focus: only in the browser, and only after something the person did.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Focuses the first element in the one with `id` that `selector` finds, once the page shows what was just changed.
pub fn focus_first(id: &str, selector: &str) {
    let selector = format!("#{id} {selector}");
    request_animation_frame(move || focus(&selector));
}

/// Focuses what `selector` finds; a `<details>` that it is folded away in is opened.
pub fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(details) = found.as_ref().and_then(|element| element.closest("details").ok().flatten()) {
        _ = details.set_attribute("open", "");
    }
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        _ = element.focus();
    }
}

/// What leads back to the element that has the focus: in a menu, the button that opened it. The menu closes when a
/// dialog opens, and what is in it can't be focused then.
pub fn way_back() -> Option<String> {
    let menu = document().active_element()?.closest("[popover]").ok()??;
    Some(format!("[popovertarget='{}']", menu.id()))
}

/// Focuses the page where what has the focus, or had it, goes with the element with `id`, or with what opened it.
pub fn focus_page_without(id: &'static str) {
    request_animation_frame(move || {
        if is_lost_with(id) {
            focus("#content");
        }
    });
}

/// Whether nothing has the focus, or something in the element with `id`, which is about to go: browsers find out later.
pub fn is_lost_with(id: &str) -> bool {
    document().active_element().is_none_or(|element| {
        element.tag_name() == "BODY" || element.closest(&format!("#{id}")).is_ok_and(|found| found.is_some())
    })
}
