//! One stream, opened again whenever it breaks or doesn't fit what the page shows.

use std::{pin::Pin, time::Duration};

use futures::{StreamExt, channel::oneshot, stream};
use gloo_net::eventsource::futures::EventSource;
use leptos::{
    prelude::*,
    reactive::spawn_local_scoped_with_cancellation,
    wasm_split::{SplitLoaderError, wasm_split},
};
use musterbook_core::live::{End, Message, Version};
use wasm_bindgen::JsError;

use super::visible::use_visible;
use crate::{ui::effect, viewer::SessionEnded};

/// What is said about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveState {
    /// Nothing yet.
    Silent,
    Live,
    Reconnecting,
    /// The tab can't be seen.
    Hidden,
    /// The server watches nothing.
    NotWatched,
    TooMany,
}

/// A page, for the stream that follows it. Both questions are followed.
#[derive(Clone, Copy)]
pub struct Followed {
    /// The stream's address; `None`: there is nothing to follow.
    pub address: Callback<(), Option<String>>,
    /// What the page shows.
    pub version: Callback<(), Version>,
    /// Takes a message in. `false`: it doesn't fit what the page shows.
    pub told: Callback<(Message,), bool>,
    /// The server refuses the stream: reading the page anew tells why.
    pub refused: Callback<()>,
}

/// In the browser, follows the page while it is seen.
pub fn follow(page: Followed) -> ReadSignal<LiveState> {
    let state = RwSignal::new(LiveState::Silent);
    let visible = use_visible();
    let ended = use_context::<SessionEnded>();
    // What the stream told last: where the page shows something else, as after an act of its own, it is opened anew.
    let told = StoredValue::new(0);
    let turns = RwSignal::new(0_u32);
    // Most messages change the page, and leave the address as it is.
    let address = Memo::new(move |_| page.address.run(()));
    effect(move || {
        turns.track();
        let Some(address) = address.get() else { return state.set(LiveState::Silent) };
        if ended.is_some_and(|SessionEnded(ended)| ended.get()) {
            return state.set(LiveState::Reconnecting);
        }
        if !visible.get() {
            return state.set(LiveState::Hidden);
        }
        told.set_value(shown(page));
        spawn_local_scoped_with_cancellation(async move {
            match attend(page, address, told, state).await {
                Ok(attending) => attending.await,
                Err(NoChunk) => {
                    state.set(LiveState::Reconnecting);
                    set_timeout(move || _ = turns.try_update(|turns| *turns += 1), LOOK_AGAIN);
                }
            }
        });
    });
    effect(move || {
        if page.version.run(()) != told.get_value() {
            turns.update(|turns| *turns += 1);
        }
    });
    state.read_only()
}

/// What it shows now.
fn shown(page: Followed) -> Version {
    untrack(|| page.version.run(()))
}

/// When to ask for the chunk again.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

struct NoChunk;

impl From<SplitLoaderError> for NoChunk {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

type Attending = Pin<Box<dyn Future<Output = ()>>>;

/// A chunk of its own: no first view waits for it.
#[wasm_split(live, wasm_split_path = leptos::wasm_split, fallible)]
fn attend(
    page: Followed,
    address: String,
    told: StoredValue<Version>,
    state: RwSignal<LiveState>,
) -> Result<Attending, NoChunk> {
    Ok(Box::pin(forever(page, address, told, state)))
}

/// Why a stream is over.
enum Over {
    /// A message didn't fit what the page shows.
    Misfit,
    /// An HTTP error, or something that is no stream of ours.
    Refused,
    Ended(End),
}

async fn forever(page: Followed, address: String, told: StoredValue<Version>, state: RwSignal<LiveState>) {
    let mut failures = 0;
    loop {
        let over = listen(page, &address, told, state, &mut failures).await.unwrap_or(Over::Refused);
        let seconds = match over {
            Over::Misfit => 0.2,
            Over::Ended(End::NotWatched) => 60.0,
            Over::Ended(End::TooMany) => 30.0,
            // A newer cookie may be there: another tab prolongs the session, a stream doesn't.
            Over::Ended(End::SignedOut) => 0.5,
            Over::Ended(End::Denied) | Over::Refused => f64::from(1 << failures.min(5)).min(30.0),
        };
        state.set(match over {
            Over::Ended(End::NotWatched) => LiveState::NotWatched,
            Over::Ended(End::TooMany) => LiveState::TooMany,
            Over::Misfit => state.get_untracked(),
            _ => LiveState::Reconnecting,
        });
        if matches!(over, Over::Ended(End::Denied) | Over::Refused) {
            if failures == 0 {
                page.refused.run(());
            }
            failures += 1;
        }
        // Thousands of tabs shouldn't come back at once.
        sleep(seconds * (0.5 + js_sys::Math::random())).await;
    }
}

async fn listen(
    page: Followed,
    address: &str,
    told: StoredValue<Version>,
    state: RwSignal<LiveState>,
    failures: &mut u32,
) -> Result<Over, JsError> {
    let seen = shown(page);
    told.set_value(seen);
    let mark = if address.contains('?') { '&' } else { '?' };
    let mut source = EventSource::new(&format!("{address}{mark}seen={seen}"))?;
    // As an event, an error is told while the browser connects anew by itself, too.
    let mut events = stream::select(source.subscribe("message")?, source.subscribe("error")?);
    while let Some(Ok((kind, event))) = events.next().await {
        if kind == "error" {
            state.set(LiveState::Reconnecting);
            continue;
        }
        let text = event.data().as_string().unwrap_or_default();
        match serde_json::from_str(&text) {
            Ok(Message::End(why)) => return Ok(Over::Ended(why)),
            Ok(Message::Stale) => state.set(LiveState::Reconnecting),
            Ok(message) => {
                match &message {
                    Message::List(delta) => told.set_value(delta.page.version),
                    Message::Account(version) => told.set_value(*version),
                    _ => {}
                }
                if !page.told.run((message,)) {
                    return Ok(Over::Misfit);
                }
                *failures = 0;
                state.set(LiveState::Live);
            }
            Err(_) => return Ok(Over::Refused),
        }
    }
    Ok(Over::Refused)
}

async fn sleep(seconds: f64) {
    let (wake, woken) = oneshot::channel();
    set_timeout(move || _ = wake.send(()), Duration::from_secs_f64(seconds));
    _ = woken.await;
}
