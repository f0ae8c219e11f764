//! How many streams there may be, and the end of all of them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

/// More tabs than anybody looks at at once: what opens more is no person.
const OF_A_SESSION: usize = 128;
const IN_ALL: usize = 4096;

/// The places for streams; clones share them.
#[derive(Clone)]
pub struct Places(Arc<Shared>);

struct Shared {
    taken: Mutex<Taken>,
    closed: watch::Sender<bool>,
}

#[derive(Default)]
struct Taken {
    in_all: usize,
    of: HashMap<String, usize>,
}

/// A stream's place, free again when it is dropped.
pub struct Place {
    shared: Arc<Shared>,
    session: String,
    closed: watch::Receiver<bool>,
}

impl Default for Places {
    fn default() -> Self {
        Self(Arc::new(Shared { taken: Mutex::default(), closed: watch::Sender::new(false) }))
    }
}

impl Places {
    /// A place for a stream of `session`, where there is one left.
    pub(super) fn take(&self, session: &str) -> Option<Place> {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_session = taken.of.get(session).copied().unwrap_or_default();
        if taken.in_all >= IN_ALL || of_session >= OF_A_SESSION {
            return None;
        }
        taken.in_all += 1;
        taken.of.insert(session.to_owned(), of_session + 1);
        Some(Place { shared: Arc::clone(&self.0), session: session.to_owned(), closed: self.0.closed.subscribe() })
    }

    /// Ends all streams, those to come included: the server stops, and would wait for them.
    pub fn close(&self) {
        self.0.closed.send_replace(true);
    }
}

impl Place {
    /// Returns when the server stops.
    pub async fn closed(&mut self) {
        // The sender lives as long as `shared`.
        _ = self.closed.wait_for(|closed| *closed).await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.in_all = taken.in_all.saturating_sub(1);
        if let Some(of_session) = taken.of.get_mut(&self.session) {
            *of_session = of_session.saturating_sub(1);
            if *of_session == 0 {
                taken.of.remove(&self.session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l4_a_session_has_so_many_streams_and_a_closed_tab_frees_its_place() {
        let places = Places::default();
        let mut held: Vec<_> = (0..OF_A_SESSION).map(|_| places.take("ann").unwrap()).collect();
        assert!(places.take("ann").is_none());
        assert!(places.take("bob").is_some(), "others aren't in the way");
        held.pop();
        assert!(places.take("ann").is_some());
    }

    #[test]
    fn l4_the_server_has_so_many_streams() {
        let places = Places::default();
        let held: Vec<_> = (0..IN_ALL).map(|n| places.take(&n.to_string()).unwrap()).collect();
        assert!(places.take("one more").is_none());
        drop(held);
        assert!(places.take("one more").is_some());
        assert_eq!(places.0.taken.lock().unwrap().of.len(), 0, "nothing is kept of those that went");
    }
}
