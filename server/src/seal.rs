//! What takes an act back, sealed for its actor (SPEC X5): any replica with the key can open it, after a restart as well,
//! and nobody has to keep it but the browser.

use cookie::{Cookie, CookieJar, Key};
use musterbook_app::server::Seals;
use musterbook_cluster::{Actor, Record};
use musterbook_core::undo::{LIFETIME_SECONDS, MOST_SEALED, Stop};
use serde::{Deserialize, Serialize};

use crate::{
    clock::{Clock, Seconds},
    session_key::SessionKeys,
};

/// Sealed with it: what was sealed for something else, a session for example, is no record.
const PURPOSE: &str = "musterbook-undo";

/// Sealing as sessions are: AES-256-GCM with a random nonce, by the cookie jar.
pub struct RecordSeals {
    pub keys: SessionKeys,
    pub clock: Clock,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    actor: Actor,
    until: Seconds,
    record: Record,
}

impl Seals for RecordSeals {
    fn seal(&self, actor: &Actor, record: Record) -> Option<String> {
        let until = self.clock.now() + LIFETIME_SECONDS;
        let text = serde_json::to_string(&Sealed { actor: actor.clone(), until, record }).ok()?;
        let mut jar = CookieJar::new();
        jar.private_mut(&self.keys.current).add(Cookie::new(PURPOSE, text));
        let sealed = jar.get(PURPOSE)?.value().to_owned();
        (sealed.len() <= MOST_SEALED).then_some(sealed)
    }

    /// Only who did it is told that it is too late: to all others, it is nothing.
    fn open(&self, actor: &Actor, sealed: &str) -> Result<Record, Stop> {
        let unseal = |key: &Key| CookieJar::new().private(key).decrypt(Cookie::new(PURPOSE, sealed.to_owned()));
        let text = self.keys.all().find_map(unseal).ok_or(Stop::Foreign)?;
        let opened: Sealed = serde_json::from_str(text.value()).map_err(|_| Stop::Foreign)?;
        if opened.actor != *actor {
            return Err(Stop::Foreign);
        }
        if self.clock.now() >= opened.until {
            return Err(Stop::Expired);
        }
        Ok(opened.record)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    };

    use base64::{Engine, engine::general_purpose::STANDARD};
    use serde_json::json;

    use super::*;

    fn ann() -> Actor {
        Actor { user: "ann".into(), groups: vec!["team".into()], uid: None, extra: Default::default() }
    }

    fn record(note: &str) -> Record {
        let account =
            json!({ "kind": "ServiceAccount", "metadata": { "name": "ci", "annotations": { "note": note } } });
        let act = json!({ "Deleted": { "account": account, "bindings": [], "unseen": false } });
        serde_json::from_value(json!({ "project": "demo", "name": "ci", "act": act })).unwrap()
    }

    fn keys(lines: &[u8]) -> SessionKeys {
        let lines: Vec<_> = lines.iter().map(|byte| STANDARD.encode([*byte; 64])).collect();
        SessionKeys::parse(&lines.join("\n")).unwrap()
    }

    fn seals(lines: &[u8]) -> (RecordSeals, Arc<AtomicI64>) {
        let now = Arc::new(AtomicI64::new(1_800_000_000));
        let clock = now.clone();
        (RecordSeals { keys: keys(lines), clock: Clock::from(move || clock.load(Ordering::SeqCst)) }, now)
    }

    #[test]
    fn x5_a_record_is_opened_by_its_actor_on_any_replica_and_by_nobody_else() {
        let sealed = seals(&[1]).0.seal(&ann(), record("x")).unwrap();
        assert!(!sealed.contains("ann") && !STANDARD.decode(&sealed).unwrap().windows(3).any(|part| part == b"ann"));
        let (other_replica, _) = seals(&[1]);
        assert_eq!(other_replica.open(&ann(), &sealed), Ok(record("x")));
        let bob = Actor { user: "bob".into(), ..ann() };
        let more = Actor { groups: vec!["team".into(), "admins".into()], ..ann() };
        let another = Actor { uid: Some("2".into()), ..ann() };
        for actor in [bob, more, another] {
            assert_eq!(other_replica.open(&actor, &sealed), Err(Stop::Foreign), "{actor:?}");
        }
    }

    #[test]
    fn x5_what_is_forged_or_sealed_for_something_else_is_no_record() {
        let (seals, _) = seals(&[1]);
        let sealed = seals.seal(&ann(), record("x")).unwrap();
        let mut bytes = STANDARD.decode(&sealed).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let mut jar = CookieJar::new();
        let text = serde_json::to_string(&Sealed { actor: ann(), until: i64::MAX, record: record("x") }).unwrap();
        jar.private_mut(&seals.keys.current).add(Cookie::new("__Host-musterbook", text.clone()));
        let of_a_session = jar.get("__Host-musterbook").unwrap().value().to_owned();
        for forged in [STANDARD.encode(bytes), sealed[4..].to_owned(), String::new(), "x".into(), text, of_a_session] {
            assert_eq!(seals.open(&ann(), &forged), Err(Stop::Foreign), "{forged}");
        }
    }

    #[test]
    fn x5_after_ten_minutes_its_actor_is_told_so_and_others_are_not() {
        let (seals, now) = seals(&[1]);
        let sealed = seals.seal(&ann(), record("x")).unwrap();
        now.fetch_add(LIFETIME_SECONDS - 1, Ordering::SeqCst);
        assert!(seals.open(&ann(), &sealed).is_ok());
        now.fetch_add(1, Ordering::SeqCst);
        assert_eq!(seals.open(&ann(), &sealed), Err(Stop::Expired));
        assert_eq!(seals.open(&Actor { user: "bob".into(), ..ann() }, &sealed), Err(Stop::Foreign));
    }

    #[test]
    fn x5_two_keys_hold_during_a_rotation() {
        let sealed = seals(&[1]).0.seal(&ann(), record("x")).unwrap();
        assert!(seals(&[2, 1]).0.open(&ann(), &sealed).is_ok());
        let newer = seals(&[2, 1]).0.seal(&ann(), record("x")).unwrap();
        let (done, _) = seals(&[2]);
        assert!(done.open(&ann(), &newer).is_ok());
        assert_eq!(done.open(&ann(), &sealed), Err(Stop::Foreign));
    }

    #[test]
    fn x5_what_is_too_large_is_not_sealed_and_no_two_seals_are_the_same() {
        let (seals, _) = seals(&[1]);
        assert_eq!(seals.seal(&ann(), record(&"x".repeat(MOST_SEALED))), None);
        assert!(seals.seal(&ann(), record(&"x".repeat(MOST_SEALED / 2))).is_some());
        assert_ne!(seals.seal(&ann(), record("x")), seals.seal(&ann(), record("x")));
    }
}
