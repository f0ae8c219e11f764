//! Without WebAssembly, the page is the answer to the form: to the act, with what takes it back, or to taking it back.

use leptos::prelude::*;
use musterbook_core::undo::Way;

use crate::{
    accounts::delete::api::DeleteAccount,
    post::{FormState, answered},
    roles::api::ChangeRole,
    undo::api::UndoActs,
};

pub enum Posted {
    /// It was done, and these take it back, one in a line.
    Done(String),
    /// It was taken back.
    Undone(Vec<Way>),
}

/// Whether the dialog of the page is about that.
pub fn is_posted() -> bool {
    posted().is_some()
}

pub fn posted() -> Option<Posted> {
    if left() {
        return None;
    }
    if let Some(ways) = answered::<UndoActs>() {
        return Some(Posted::Undone(ways));
    }
    let refused = || Some(FormState::of(ServerAction::<UndoActs>::new()).initial("sealed", ""));
    let deleted = answered::<DeleteAccount>().map(|(_, sealed)| sealed);
    let sealed = deleted.or_else(answered::<ChangeRole>).flatten().or_else(refused);
    sealed.filter(|sealed| !sealed.is_empty()).map(Posted::Done)
}

/// Once its dialog was closed, the page shows others.
#[cfg(not(feature = "ssr"))]
mod once {
    use std::sync::atomic::{AtomicBool, Ordering};

    static LEFT: AtomicBool = AtomicBool::new(false);

    pub fn left() -> bool {
        LEFT.load(Ordering::Relaxed)
    }

    pub fn leave() {
        LEFT.store(true, Ordering::Relaxed);
    }
}

/// A page that the server renders is left by nobody.
#[cfg(feature = "ssr")]
mod once {
    pub fn left() -> bool {
        false
    }

    pub fn leave() {}
}

pub use once::leave;
use once::left;
