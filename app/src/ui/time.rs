//! A point in time: exact for the server and without scripts, then relative and local in the browser.

use leptos::prelude::*;

use leptos_i18n::Locale as _;
use musterbook_core::Timestamp;

use crate::lang::use_locale;

/// `3 days ago`, exact on hover. Both sides first render the exact time in UTC, so that hydration finds what it expects.
#[component]
pub fn Ago(at: Timestamp) -> impl IntoView {
    let shown = RwSignal::new(at.utc_text());
    let title = RwSignal::new(at.rfc3339());
    let locale = use_locale();
    Effect::new(move |_| {
        let (relative, local) = in_browser(at, locale.as_str());
        shown.set(relative);
        title.set(local);
    });
    view! {
        <time datetime=at.rfc3339() title=move || title.get()>
            {move || shown.get()}
        </time>
    }
}

/// The browser knows the language's words for time (Intl) and the visitor's time zone.
fn in_browser(at: Timestamp, locale: &str) -> (String, String) {
    use js_sys::{Array, Date, Intl, Object};
    const UNITS: [(&str, f64); 5] =
        [("day", 86_400.0), ("hour", 3_600.0), ("minute", 60.0), ("second", 1.0), ("second", 0.0)];
    let locales = Array::of1(&locale.into());
    let seconds = (at.as_millisecond() as f64 - Date::now()) / 1_000.0;
    let (unit, length) = UNITS.into_iter().find(|(_, length)| seconds.abs() >= *length).unwrap_or(("second", 1.0));
    let value = (seconds / length.max(1.0)).trunc();
    let relative = Intl::RelativeTimeFormat::new(&locales, &Object::new()).format(value, unit);
    let date = Date::new(&(at.as_millisecond() as f64).into());
    let local = date.to_locale_string(locale, &Object::new());
    (relative.into(), local.into())
}
