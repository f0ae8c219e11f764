//! What the browser keeps: in the tab's own storage, so that it outlives a reload and goes with the tab. Nothing in it can
//! be read but who did what to which name.

use js_sys::Date;
use musterbook_core::undo::LIFETIME_SECONDS;
use serde::{Deserialize, Serialize};

use crate::ui::tab;

const KEY: &str = "musterbook-undo";

/// Acts that can be taken back together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Milliseconds since 1970, by this browser's clock; no two are the same. The server's clock decides.
    pub until: i64,
    /// Others who sign in here don't see it; the server would refuse them.
    user: String,
    pub done: Done,
    /// Of one account, if it was one.
    pub name: String,
    pub sealed: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Done {
    Deleted,
    /// Said, and never kept: a finalizer holds it, so that it can't come back.
    Held,
    /// Said, and never kept: somebody else has deleted it, or it was done and kept before.
    Gone,
    RoleChanged,
}

impl Kept {
    pub fn seconds_left(&self, now: i64) -> i64 {
        (self.until - now) / 1000
    }
}

/// Whether there may be something: for pages that need no more.
pub fn any() -> bool {
    tab::kept(KEY).is_some_and(|text| !text.is_empty())
}

/// The number under which it is kept; `None`: the browser has no room for it.
pub fn keep(user: String, done: Done, name: String, sealed: Vec<String>) -> Option<i64> {
    let mut all = all();
    let until = now() + LIFETIME_SECONDS * 1000;
    let until = all.iter().map(|kept| kept.until + 1).fold(until, i64::max);
    all.push(Kept { until, user, done, name, sealed });
    write(&all).then_some(until)
}

/// Those of `user` that aren't too old, the newest last.
pub fn of(user: &str) -> Vec<Kept> {
    let mut all = all();
    all.retain(|kept| kept.user == user);
    all
}

/// What is left of one of them.
pub fn leave(until: i64, sealed: Vec<String>) {
    let mut all = all();
    all.iter_mut().filter(|kept| kept.until == until).for_each(|kept| kept.sealed.clone_from(&sealed));
    all.retain(|kept| !kept.sealed.is_empty());
    write(&all);
}

pub fn now() -> i64 {
    Date::now() as i64
}

fn all() -> Vec<Kept> {
    let mut all: Vec<Kept> = tab::kept(KEY).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let now = now();
    all.retain(|kept| kept.until > now);
    all
}

fn write(all: &[Kept]) -> bool {
    let text = if all.is_empty() { String::new() } else { serde_json::to_string(all).unwrap_or_default() };
    tab::keep(KEY, &text)
}
