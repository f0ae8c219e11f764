//! Who looks at the page, as far as the page shows it.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::preferences::Theme;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// `None`: nobody is signed in.
    pub user: Option<String>,
    pub theme: Theme,
    /// Keys that are single characters do nothing (WCAG 2.1.4).
    pub keys_off: bool,
    /// The project that was open last: path of its list.
    pub last_project: Option<String>,
}

/// Provides [`Viewer`] and the signal that asks to sign in again.
pub fn provide_viewer() {
    provide_context(SharedValue::new(detect).into_inner());
    provide_context(SessionEnded(RwSignal::new(false)));
}

pub fn use_viewer() -> Viewer {
    use_context().unwrap_or_default()
}

/// Set when a call says that the session has ended: the page then asks to sign in, in place (SPEC S1).
#[derive(Debug, Clone, Copy)]
pub struct SessionEnded(pub RwSignal<bool>);

/// Call it in the page's body with every error that a call gave.
pub fn watch_session(error: Signal<Option<musterbook_core::AppError>>) {
    let ended = use_context::<SessionEnded>();
    Effect::new(move |_| {
        if let (Some(SessionEnded(ended)), Some(musterbook_core::AppError::SignedOut)) = (ended, error.get()) {
            ended.set(true);
        }
    });
}

#[cfg(feature = "ssr")]
fn detect() -> Viewer {
    let parts = use_context::<http::request::Parts>();
    let actor = parts.as_ref().and_then(|parts| parts.extensions.get::<musterbook_cluster::Actor>());
    Viewer {
        user: actor.map(|actor| actor.user.clone()),
        theme: crate::preferences::theme(),
        keys_off: crate::preferences::keys_are_off(),
        last_project: parts.as_ref().and_then(crate::preferences::last_project),
    }
}

#[cfg(not(feature = "ssr"))]
fn detect() -> Viewer {
    Viewer::default()
}
