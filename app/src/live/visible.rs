//! Whether somebody looks. Browsers open six connections to a server and no more: tabs in the background would take them
//! from the one that is seen.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

use crate::ui::effect;

/// A glance at another tab costs nothing.
const UNSEEN_FOR: Duration = Duration::from_secs(30);

/// `false` when the tab has been in the background for a while.
pub fn use_visible() -> Signal<bool> {
    let visible = RwSignal::new(true);
    let leaving = StoredValue::new(None::<TimeoutHandle>);
    let look = move || {
        if let Some(timer) = leaving.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        if document().hidden() {
            leaving.set_value(set_timeout_with_handle(move || _ = visible.try_set(false), UNSEEN_FOR).ok());
        } else {
            visible.set(true);
        }
    };
    effect(move || {
        look();
        let listener = window_event_listener_untyped("visibilitychange", move |_| look());
        on_cleanup(move || listener.remove());
    });
    visible.into()
}
