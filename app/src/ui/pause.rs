//! Waits until nothing has been typed for a moment.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

const PAUSE: Duration = Duration::from_millis(200);

/// Runs `act` with the last text of those that come in quick succession.
pub fn after_a_pause(act: impl Fn(String) + Copy + 'static) -> impl Fn(String) + Copy {
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    move |text| {
        if let Some(earlier) = waiting.get_value() {
            earlier.clear();
        }
        waiting.set_value(set_timeout_with_handle(move || act(text), PAUSE).ok());
    }
}
