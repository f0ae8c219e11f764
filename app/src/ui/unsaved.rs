//! What was typed is not lost by accident: who leaves it is asked (SPEC U3). The page itself says what was typed, since each
//! control knows what it was shown with.

use js_sys::Reflect;
use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

/// Whether a form in the element with `id` holds something else than it was shown with, or anything there says that it would
/// be lost (`data-changed`).
pub fn is_changed(id: &str) -> bool {
    // What is of no form is sent nowhere: the editor's search.
    let selector = format!("#{id} form[method=post] :is(input:not([form='']), select, textarea), #{id} [data-changed]");
    let Ok(found) = document().query_selector_all(&selector) else { return false };
    (0..found.length()).filter_map(|index| found.get(index)).any(|control| differs(&control))
}

/// By what every control has, so that the browser's glue needs nothing of each kind.
fn differs(control: &JsValue) -> bool {
    let get = |name: &str| Reflect::get(control, &name.into()).unwrap_or_default();
    let kind = get("type").as_string().unwrap_or_default();
    match kind.as_str() {
        "radio" | "checkbox" => get("checked") != get("defaultChecked"),
        "search" => false,
        "select-one" => {
            let chosen = ["option[selected]", "option"].iter().find_map(|option| {
                let select = control.dyn_ref::<web_sys::Element>()?;
                select.query_selector(option).ok().flatten()
            });
            chosen.is_some_and(|option| option.get_attribute("value") != get("value").as_string())
        }
        // It says so itself.
        "" => true,
        _ => get("value") != get("defaultValue"),
    }
}

/// In the browser: the person is asked. In their language, and by the browser: it is above everything.
pub fn may_discard(id: &str, question: &str) -> bool {
    !is_changed(id) || window().confirm_with_message(question).unwrap_or(true)
}

/// In an effect: while its owner lives, the browser asks before the page is left or loaded anew where `changed` says so.
pub fn ask_before_unload(changed: impl Fn() -> bool + 'static) {
    let listener = window_event_listener(ev::beforeunload, move |event| {
        if changed() {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

/// In the browser: from now on `may_go` is asked before the back button leads away. Where it says no, the page stays at
/// `here`. It is asked until somebody else asks for the same, so it has to know when it is no longer concerned.
pub fn ask_before_back(may_go: impl Fn() -> bool + 'static, here: impl Fn() -> String + 'static) {
    let listener = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        if !may_go() {
            // The browser's address is the one before already. The router doesn't hear of it.
            event.stop_immediate_propagation();
            let again =
                window().history().and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&here())));
            if let Err(error) = again {
                leptos::logging::error!("{error:?}");
            }
        }
    });
    // A window calls its listeners in the order in which they came, and the router's was there before any dialog: so the
    // page's own script has made a place before it (`crate::app::shell`).
    window().set_onpopstate(Some(listener.into_js_value().unchecked_ref()));
}
