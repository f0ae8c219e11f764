//! Sessions: everything about one is in its encrypted cookie, so that any replica with the key can serve it (SPEC Z1, O3).
//! What the cookie can't say, that it was ended early, is in the shared state.

use cookie::{Cookie, CookieJar, Key, SameSite};
use http::{HeaderMap, HeaderValue};
use musterbook_cluster::Actor;
use musterbook_core::AppError;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    clock::{Clock, Seconds},
    cookies::cookie_values,
    public_url::PublicUrl,
    session_key::SessionKeys,
    shared_state::SharedState,
    users::{SignedIn, Users},
};

const IDLE: Seconds = 2 * 60 * 60;
const IN_ALL: Seconds = 12 * 60 * 60;
const REFRESH_AFTER: Seconds = 60;
/// Two replicas' clocks may differ by this much.
const SKEW: Seconds = 60;
/// What browsers keep of a cookie, name and attributes included.
const COOKIE_MAX: usize = 4096;

#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    id: String,
    pub actor: Actor,
    /// How the user was listed when they signed in.
    proof: String,
    issued: Seconds,
    last_seen: Seconds,
}

#[derive(Clone)]
pub struct Sessions {
    pub keys: SessionKeys,
    pub state: SharedState,
    pub users: Users,
    pub clock: Clock,
    pub public_url: PublicUrl,
}

/// What tells whether a session goes on, for what outlives the request that it came with.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Hash of its id.
    pub session: String,
    user: String,
    proof: String,
    until: Seconds,
}

/// What a request's cookies say.
pub enum Found {
    Nothing,
    /// Forged, expired, ended, of another key, or of a user who is not listed any more: to be cleared.
    Invalid,
    Valid(Session),
}

impl Sessions {
    pub fn find(&self, headers: &HeaderMap) -> Found {
        let mut found = Found::Nothing;
        for value in cookie_values(headers, self.public_url.session_cookie()) {
            match self.open(value) {
                Some(session) => return Found::Valid(session),
                None => found = Found::Invalid,
            }
        }
        found
    }

    /// A new session with a new id.
    pub fn begin(&self, signed_in: SignedIn) -> Result<HeaderValue, AppError> {
        let mut id = [0; 16];
        rand::rng().fill_bytes(&mut id);
        let now = self.clock.now();
        let SignedIn { actor, proof } = signed_in;
        self.seal(&Session { id: hex(&id), actor, proof, issued: now, last_seen: now })
    }

    /// Ends it for every replica. If that can't be written, it has not ended, and nobody is told so.
    pub async fn end(&self, session: &Session) -> Result<(), AppError> {
        let (hash, until, now) = (hash(&session.id), session.issued + IN_ALL, self.clock.now());
        let ended = self.state.change(move |shared| {
            shared.signed_out.retain(|_, &mut until| until + SKEW > now);
            shared.signed_out.insert(hash, until);
        });
        ended.await.map_err(|error| crate::failure("the end of a session can't be written", &error))
    }

    /// A newer cookie for the same session, at most once a minute.
    pub fn refresh(&self, session: &Session) -> Option<HeaderValue> {
        let now = self.clock.now();
        if now - session.last_seen < REFRESH_AFTER {
            return None;
        }
        self.seal(&Session { last_seen: now, ..session.clone() }).ok()
    }

    pub fn standing(&self, session: &Session) -> Standing {
        Standing {
            session: hash(&session.id),
            user: session.actor.user.clone(),
            proof: session.proof.clone(),
            until: (session.last_seen + IDLE).min(session.issued + IN_ALL),
        }
    }

    /// Neither expired nor ended, and its user is still listed: as of a second ago at most.
    pub fn goes_on(&self, standing: &Standing) -> bool {
        self.clock.now() < standing.until
            && !self.state.current().signed_out.contains_key(&standing.session)
            && self.users.still_listed(&standing.user, &standing.proof)
    }

    pub fn clearing_cookie(&self) -> HeaderValue {
        let mut cookie = self.cookie(String::new());
        cookie.set_max_age(cookie::time::Duration::ZERO);
        // Made of our own constants only.
        HeaderValue::from_str(&cookie.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    fn seal(&self, session: &Session) -> Result<HeaderValue, AppError> {
        let text =
            serde_json::to_string(session).map_err(|error| crate::failure("a session can't be written", &error))?;
        let mut jar = CookieJar::new();
        jar.private_mut(&self.keys.current).add(self.cookie(text));
        let name = self.public_url.session_cookie();
        let sealed = jar.get(name).map(Cookie::to_string).unwrap_or_default();
        if sealed.len() > COOKIE_MAX {
            return Err(crate::failure("a user has more groups than a cookie can hold", &session.actor.user));
        }
        let mut value =
            HeaderValue::from_str(&sealed).map_err(|error| crate::failure("a session can't be written", &error))?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn open(&self, value: &str) -> Option<Session> {
        let name = self.public_url.session_cookie();
        let unseal = |key: &Key| CookieJar::new().private(key).decrypt(Cookie::new(name, value.to_owned()));
        let text = self.keys.all().find_map(unseal)?;
        let session: Session = serde_json::from_str(text.value()).ok()?;
        let alive = session.last_seen <= self.clock.now() + SKEW && self.goes_on(&self.standing(&session));
        alive.then_some(session)
    }

    /// Without an age of its own: it goes with the browser at the latest.
    fn cookie(&self, value: String) -> Cookie<'static> {
        Cookie::build((self.public_url.session_cookie(), value))
            .path("/")
            .http_only(true)
            .secure(self.public_url.is_https())
            .same_site(SameSite::Strict)
            .build()
    }
}

fn hash(id: &str) -> String {
    hex(&Sha256::digest(id.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
