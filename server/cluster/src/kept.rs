//! Answers that are kept for a while and shared by all who ask meanwhile: one question is one call (SPEC A2, A3).

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::OnceCell;

/// How long the answer of a review or a dry run holds (SPEC A2, A3, A7).
pub(crate) const KEPT: Duration = Duration::from_secs(30);

/// Above this many entries, old ones are cleared out when a new one comes.
const CLEAR_ABOVE: usize = 256;

pub(crate) struct Kept<K, V> {
    entries: Mutex<HashMap<K, Entry<V>>>,
    hold: Duration,
}

struct Entry<V> {
    asked: Instant,
    answer: Arc<OnceCell<V>>,
}

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    pub fn new(hold: Duration) -> Self {
        Self { entries: Mutex::new(HashMap::new()), hold }
    }

    /// The kept answer, or that of `ask`. Who asks while another asks waits for the same answer. Errors aren't kept.
    pub async fn get<E>(&self, key: K, ask: impl Future<Output = Result<V, E>>) -> Result<V, E> {
        let cell = self.cell(key);
        cell.get_or_try_init(|| ask).await.cloned()
    }

    /// The answer, if it is there already.
    pub fn peek(&self, key: &K) -> Option<V> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(key).filter(|entry| entry.asked.elapsed() < self.hold)?.answer.get().cloned()
    }

    fn cell(&self, key: K) -> Arc<OnceCell<V>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() > CLEAR_ABOVE {
            entries.retain(|_, entry| entry.asked.elapsed() < self.hold);
        }
        let fresh = || Entry { asked: Instant::now(), answer: Arc::new(OnceCell::new()) };
        let entry = entries.entry(key).or_insert_with(fresh);
        if entry.asked.elapsed() >= self.hold {
            *entry = fresh();
        }
        Arc::clone(&entry.answer)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a2_one_question_is_one_call_until_it_is_old() {
        let kept = Kept::new(Duration::from_millis(40));
        let calls = AtomicUsize::new(0);
        let ask = async || {
            calls.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok::<_, ()>(7)
        };
        let (a, b) = tokio::join!(kept.get("q", ask()), kept.get("q", ask()));
        assert_eq!((a, b, calls.load(Ordering::SeqCst)), (Ok(7), Ok(7), 1));
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(kept.peek(&"q"), None);
        kept.get("q", ask()).await.unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn an_error_is_not_kept() {
        let kept = Kept::<_, u8>::new(KEPT);
        assert_eq!(kept.get("q", async { Err("no") }).await, Err("no"));
        assert_eq!(kept.get("q", async { Ok::<_, &str>(1) }).await, Ok(1));
    }
}
