//! How a watch is doing: whether it has listed, whether it still hears from the API server, how far it has come.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// Bookmarks come about once a minute, and a watch is begun anew as often (`WATCH_SECONDS` in `own.rs`): a watch that was
/// silent for longer hangs.
const SILENT: Duration = Duration::from_secs(90);

pub(crate) struct Pulse {
    began: Instant,
    /// Milliseconds after `began` at which the API server last sent anything; 0: never.
    heard: AtomicU64,
    /// The highest resourceVersion seen. They can be compared since Kubernetes 1.35 (KEP-5504); before that they come
    /// from etcd's one counter.
    seen: AtomicU64,
    listed: AtomicBool,
    denied: AtomicBool,
    failing: AtomicBool,
}

impl Pulse {
    pub fn new() -> Self {
        Self {
            began: Instant::now(),
            heard: AtomicU64::new(0),
            seen: AtomicU64::new(0),
            listed: AtomicBool::new(false),
            denied: AtomicBool::new(false),
            failing: AtomicBool::new(false),
        }
    }

    /// The API server sent something.
    pub fn beat(&self) {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        self.heard.store(now, Relaxed);
        self.failing.store(false, Relaxed);
    }

    pub fn failed(&self, denied: bool) {
        self.failing.store(true, Relaxed);
        self.denied.store(denied, Relaxed);
    }

    pub fn listed(&self) {
        self.denied.store(false, Relaxed);
        self.listed.store(true, Relaxed);
    }

    pub fn saw(&self, version: u64) {
        self.seen.fetch_max(version, Relaxed);
    }

    pub fn has_seen(&self, version: u64) -> bool {
        self.seen.load(Relaxed) >= version
    }

    /// Listed at least once.
    pub fn is_listed(&self) -> bool {
        self.listed.load(Relaxed)
    }

    /// Listed, or never to be: Musterbook's identity may not.
    pub fn is_settled(&self) -> bool {
        self.is_listed() || self.denied.load(Relaxed)
    }

    /// Whether what it brought is what the cluster has, give or take the time of a message.
    pub fn is_current(&self) -> bool {
        self.is_listed() && !self.failing.load(Relaxed) && self.age().is_some_and(|age| age < SILENT)
    }

    /// How long ago the API server last sent anything; `None`: never.
    pub fn age(&self) -> Option<Duration> {
        let heard = Some(self.heard.load(Relaxed)).filter(|heard| *heard > 0)?;
        Some(self.began.elapsed().saturating_sub(Duration::from_millis(heard)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p2_a_watch_that_fails_is_not_current_until_it_is_heard_again() {
        let pulse = Pulse::new();
        assert!(!pulse.is_current() && !pulse.is_settled() && pulse.age().is_none());
        pulse.beat();
        pulse.listed();
        assert!(pulse.is_current() && pulse.age().is_some());
        pulse.failed(false);
        assert!(!pulse.is_current() && pulse.is_settled());
        pulse.beat();
        assert!(pulse.is_current());
    }

    #[test]
    fn p2_a_watch_that_is_denied_is_settled_and_never_current() {
        let pulse = Pulse::new();
        pulse.beat();
        pulse.failed(true);
        assert!(pulse.is_settled() && !pulse.is_current());
    }
}
