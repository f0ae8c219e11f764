//! Waits until nothing has been typed for a moment.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

const PAUSE: Duration = Duration::from_millis(200);

/// Runs `act` with the last text of those that come in quick succession, unless what it is used in is gone by then.
pub fn after_a_pause(act: impl Fn(String) + Copy + 'static) -> impl Fn(String) + Copy {
    after_a_pause_of(PAUSE, act)
}

/// As [`after_a_pause`], for what costs more than a search.
pub fn after_a_pause_of<T: 'static>(pause: Duration, act: impl Fn(T) + Copy + 'static) -> impl Fn(T) + Copy {
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let forget = move || {
        if let Some(earlier) = waiting.try_get_value().flatten() {
            earlier.clear();
        }
    };
    on_cleanup(forget);
    move |last| {
        forget();
        waiting.set_value(set_timeout_with_handle(move || act(last), pause).ok());
    }
}
