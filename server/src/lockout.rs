//! Slows down guessing: five failures per account and source in half an hour lock that source out of that account
//! for half an hour (SPEC S1). Other sources, and other accounts from the same source, are not touched.

use std::net::IpAddr;

use musterbook_core::AppError;
use sha2::{Digest, Sha256};

use crate::{
    clock::{Clock, Seconds},
    shared_state::{Failures, Shared, SharedState},
};

const FAILURES: usize = 5;
const WINDOW: Seconds = 30 * 60;
const LOCKED: Seconds = 30 * 60;
/// Oldest out: a flood of made-up names must not fill the memory.
const ENTRIES: usize = 10_000;

#[derive(Clone)]
pub struct Lockout {
    state: SharedState,
    clock: Clock,
}

impl Lockout {
    pub fn new(state: SharedState, clock: Clock) -> Self {
        Self { state, clock }
    }

    /// Counts the attempt as a failure *before* the password is looked at, so that a thousand attempts sent at once
    /// are five, too. [`Self::succeeded`] takes it back.
    pub async fn attempt(&self, account: &str, source: IpAddr) -> Result<(), AppError> {
        let (key, now) = (key(account, source), self.clock.now());
        match self.state.change(move |shared| attempt(shared, key, now)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(left)) => Err(AppError::Locked { minutes: minutes(left) }),
            Err(error) => Err(crate::failure("lock-outs can't be written", &error)),
        }
    }

    pub async fn succeeded(&self, account: &str, source: IpAddr) {
        let key = key(account, source);
        if let Err(error) = self.state.change(move |shared| shared.failures.remove(&key)).await {
            tracing::error!(%error, "lock-outs can't be written");
        }
    }
}

fn attempt(shared: &mut Shared, key: String, now: Seconds) -> Result<(), Seconds> {
    shared.failures.retain(|_, failures| alive(failures, now));
    if let Some(failures) = shared.failures.get(&key)
        && failures.locked_until > now
    {
        return Err(failures.locked_until - now);
    }
    while shared.failures.len() >= ENTRIES && !shared.failures.contains_key(&key) {
        let oldest = shared.failures.iter().min_by_key(|(_, failures)| failures.at.last().copied());
        let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
        shared.failures.remove(&oldest);
    }
    let failures = shared.failures.entry(key).or_default();
    failures.at.retain(|&at| at > now - WINDOW);
    failures.at.push(now);
    if failures.at.len() >= FAILURES {
        failures.locked_until = now + LOCKED;
    }
    Ok(())
}

fn alive(failures: &Failures, now: Seconds) -> bool {
    failures.locked_until > now || failures.at.last().is_some_and(|&at| at > now - WINDOW)
}

fn minutes(seconds: Seconds) -> u64 {
    u64::try_from(seconds).unwrap_or_default().div_ceil(60)
}

fn key(account: &str, source: IpAddr) -> String {
    let mut hash = Sha256::new();
    hash.update(network(source).as_slice());
    hash.update([0]);
    hash.update(account.as_bytes());
    hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whoever has one IPv6 address has the /64 it is in.
fn network(source: IpAddr) -> Vec<u8> {
    match source.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets()[..8].to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    };

    use super::*;

    struct Bench {
        lockout: Lockout,
        now: Arc<AtomicI64>,
        _folder: tempfile::TempDir,
    }

    fn bench() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let now = Arc::new(AtomicI64::new(1_000_000));
        let clock = Clock::from({
            let now = now.clone();
            move || now.load(Ordering::SeqCst)
        });
        let state = SharedState::open(&folder.path().join("state.json")).unwrap();
        Bench { lockout: Lockout::new(state, clock), now, _folder: folder }
    }

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    impl Bench {
        async fn fail(&self, times: usize) {
            for _ in 0..times {
                self.lockout.attempt("ann", HERE).await.unwrap();
            }
        }
        fn pass(&self, minutes: i64) {
            self.now.fetch_add(minutes * 60, Ordering::SeqCst);
        }
        async fn locked(&self, account: &str, source: IpAddr) -> bool {
            matches!(self.lockout.attempt(account, source).await, Err(AppError::Locked { .. }))
        }
    }

    #[tokio::test]
    async fn s1_the_sixth_attempt_is_locked_for_that_account_and_source_only() {
        let bench = bench();
        bench.fail(5).await;
        assert_eq!(bench.lockout.attempt("ann", HERE).await, Err(AppError::Locked { minutes: 30 }));
        assert!(!bench.locked("ann", THERE).await);
        assert!(!bench.locked("bob", HERE).await);
    }

    #[tokio::test]
    async fn s1_a_lock_ends_after_30_minutes() {
        let bench = bench();
        bench.fail(5).await;
        bench.pass(29);
        assert!(bench.locked("ann", HERE).await);
        bench.pass(1);
        assert!(!bench.locked("ann", HERE).await);
    }

    #[tokio::test]
    async fn s1_failures_older_than_30_minutes_do_not_count() {
        let bench = bench();
        bench.fail(4).await;
        bench.pass(31);
        bench.fail(4).await;
        assert!(!bench.locked("ann", HERE).await);
    }

    #[tokio::test]
    async fn s1_a_success_forgets_the_failures() {
        let bench = bench();
        bench.fail(4).await;
        bench.lockout.succeeded("ann", HERE).await;
        bench.fail(5).await;
        assert!(bench.locked("ann", HERE).await);
    }

    #[tokio::test]
    async fn s1_attempts_at_once_are_counted_before_they_are_answered() {
        let bench = bench();
        let all = futures::future::join_all((0..20).map(|_| bench.lockout.attempt("ann", HERE))).await;
        assert_eq!(all.iter().filter(|result| result.is_ok()).count(), 5);
    }

    #[test]
    fn made_up_names_push_out_the_oldest_only() {
        let mut shared = Shared::default();
        for n in 0..=ENTRIES {
            attempt(&mut shared, n.to_string(), n as i64 / 100).unwrap();
        }
        assert_eq!(shared.failures.len(), ENTRIES);
        assert!(shared.failures.contains_key(&ENTRIES.to_string()));
    }

    #[test]
    fn an_ipv6_network_is_one_source() {
        let key_of = |text: &str| key("ann", text.parse().unwrap());
        assert_eq!(key_of("2001:db8::1"), key_of("2001:db8::ffff:2"));
        assert_ne!(key_of("2001:db8::1"), key_of("2001:db8:0:1::1"));
        assert_eq!(key_of("::ffff:192.0.2.1"), key_of("192.0.2.1"));
    }
}
