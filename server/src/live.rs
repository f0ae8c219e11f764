//! `GET /api/live`: tells a page that is open what changes, as server-sent events (SPEC L4).
//!
//! A stream belongs to a session and an actor, as a request does: it ends when the session ends or the right is gone. It
//! doesn't prolong the session. Who has no session, or may not see the page, gets a status, after which browsers don't
//! come back by themselves; every other end is a message that says why.

mod follow;
mod places;
mod watched;

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{RawQuery, State},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{MethodRouter, get},
};
use futures::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderValue, header};
use musterbook_cluster::{Cluster, Reads};
use musterbook_core::{
    AppError,
    list::{ListQuery, Scope},
    live::{End, Message, UNKNOWN, Version},
};

pub use self::places::Places;
use self::{
    follow::{Following, Told},
    watched::{OfAccount, OfList, Watched},
};
use crate::{
    layers::Asker,
    session::{Session, Sessions},
};

pub const PATH: &str = musterbook_app::routes::LIVE;

/// Through proxies that cut idle connections.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// When a browser comes back after its connection broke.
const COME_BACK: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub struct Live {
    pub cluster: Arc<Cluster>,
    pub sessions: Sessions,
    pub places: Places,
}

pub fn route<S: Clone + Send + Sync + 'static>(live: Live) -> MethodRouter<S> {
    get(open).with_state(live)
}

async fn open(
    State(live): State<Live>,
    session: Option<Extension<Session>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some(Extension(session)) = session else { return Asker::Program.refuse(&AppError::SignedOut) };
    let asked = Asked::new(&query.unwrap_or_default(), &headers);
    let reads = live.cluster.reads(&session.actor);
    // Before anything is read: what changes from here on is told.
    let Some(changes) = reads.changes(&asked.scope) else { return ended(End::NotWatched) };
    let standing = live.sessions.standing(&session);
    let Some(place) = live.places.take(&standing.session) else { return ended(End::TooMany) };
    let sessions = live.sessions;
    let goes_on = move || sessions.goes_on(&standing);
    match Following::open(asked.watched(reads), changes, goes_on, place).await {
        Ok(following) => events(following.told()),
        Err(error) => Asker::Program.refuse(&error),
    }
}

/// What a stream is asked for, in its address.
struct Asked {
    scope: Scope,
    /// The account of a details page.
    account: Option<String>,
    query: ListQuery,
    /// What the page shows already: as it was rendered, or as this stream's predecessor left it.
    has: Option<Version>,
}

impl Asked {
    fn new(query: &str, headers: &HeaderMap) -> Self {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let value = |key: &str| pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
        let scope = match (value("workspace"), value("project")) {
            (Some(workspace), Some(project)) => Scope::Project { workspace, project },
            (Some(workspace), None) => Scope::Workspace { workspace },
            (None, _) => Scope::Cluster,
        };
        let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
        Self {
            scope,
            account: value("name"),
            query: ListQuery::from_pairs(pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()))),
            has: last.or_else(|| value("seen")?.parse().ok()).filter(|version| *version != UNKNOWN),
        }
    }

    fn watched(self, reads: Arc<dyn Reads>) -> Box<dyn Watched> {
        let Self { scope, account, query, has } = self;
        match (account, &scope) {
            (Some(account), Scope::Project { .. }) => Box::new(OfAccount::new(reads, scope, account, has)),
            _ => Box::new(OfList::new(reads, scope, query, has)),
        }
    }
}

fn ended(why: End) -> Response {
    events(stream::iter([Told { message: Message::End(why), version: None }]))
}

fn events(told: impl Stream<Item = Told> + Send + 'static) -> Response {
    let events = told.map(|Told { message, version }| {
        let event = Event::default().retry(COME_BACK);
        let event = match version {
            Some(version) => event.id(version.to_string()),
            None => event,
        };
        event.json_data(message)
    });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    // Proxies that gather an answer before they pass it on would hold back the changes.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l4_an_address_says_what_is_watched() {
        let asked = |query: &str| Asked::new(query, &HeaderMap::new());
        let list = asked("workspace=w&project=p&q=ci%20x&sort=name&seen=18446744073709551615");
        assert_eq!(list.scope, Scope::Project { workspace: "w".into(), project: "p".into() });
        assert_eq!((list.query.search.as_str(), list.has, list.account), ("ci x", Some(u64::MAX), None));
        assert_eq!(asked("workspace=w").scope, Scope::Workspace { workspace: "w".into() });
        assert_eq!(asked("seen=x").scope, Scope::Cluster);
        assert_eq!((asked("seen=x").has, asked("seen=0").has), (None, None));
        assert_eq!(asked("workspace=w&project=p&name=a").account.as_deref(), Some("a"));
    }

    #[test]
    fn l4_a_browser_that_comes_back_says_what_came_last() {
        let headers = HeaderMap::from_iter([("last-event-id".parse().unwrap(), "7".parse().unwrap())]);
        assert_eq!(Asked::new("seen=5", &headers).has, Some(7));
    }
}
