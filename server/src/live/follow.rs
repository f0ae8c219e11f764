//! Follows what changes: looks when told of a change, and tells what can be seen of it, at most once a second.
//!
//! A stream that waits has no task of its own and one timer: it is polled by its connection, and thousands of them cost
//! little.

use std::time::Duration;

use futures::{Stream, stream};
use musterbook_cluster::Changes;
use musterbook_core::{
    AppError,
    live::{End, Message, Version},
};
use tokio::time::{Instant, sleep_until};

use super::{places::Place, watched::Watched};

/// From one look to the next: a browser repaints no more often.
const PACE: Duration = Duration::from_secs(1);
/// How often session and right are asked for. Neither answer is older than some seconds (SPEC A2, S1).
const ASK_EVERY: Duration = Duration::from_secs(3);
const MOST_PATIENCE: Duration = Duration::from_secs(10);
/// A watch that begins anew is heard of again within this time, or there is none any longer.
const DEAF_FOR: Duration = Duration::from_secs(60);

/// A message, and what the page shows when it has it.
pub struct Told {
    pub message: Message,
    pub version: Option<Version>,
}

impl From<Message> for Told {
    fn from(message: Message) -> Self {
        Self { message, version: None }
    }
}

pub struct Following<S> {
    watched: Box<dyn Watched>,
    changes: Changes,
    /// Whether the session goes on.
    session: S,
    place: Place,
    /// When to look; `None`: when something changes.
    look_at: Option<Instant>,
    /// Not sooner than this.
    rested: Instant,
    ask_at: Instant,
    /// Looks that failed one after the other.
    failures: u32,
    /// Since when nothing is heard of changes.
    deaf_since: Option<Instant>,
    /// Told already, as the stream was opened.
    first: Option<Told>,
}

impl<S: FnMut() -> bool + Send> Following<S> {
    /// Looks for the first time. An error is the answer to who may not see it.
    pub async fn open(watched: Box<dyn Watched>, changes: Changes, session: S, place: Place) -> Result<Self, AppError> {
        let now = Instant::now();
        let mut following = Self {
            watched,
            changes,
            session,
            place,
            look_at: None,
            rested: now,
            ask_at: now + ASK_EVERY,
            failures: 0,
            deaf_since: None,
            first: None,
        };
        let looked = following.look().await;
        following.first = match looked {
            Err(error) if is_refusal(&error) => return Err(error),
            looked => following.seen(looked).or(Some(Message::Current.into())),
        };
        Ok(following)
    }

    pub fn told(self) -> impl Stream<Item = Told> {
        stream::unfold(Some(self), async |following| {
            let mut following = following?;
            let told = following.next().await?;
            let ends = matches!(told.message, Message::End(_));
            Some((told, (!ends).then_some(following)))
        })
    }

    /// `None`: the server stops.
    async fn next(&mut self) -> Option<Told> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            let told = tokio::select! {
                biased;
                () = self.place.closed() => return None,
                () = sleep_until(self.ask_at) => self.ask().await,
                changed = self.changes.changed(), if self.look_at.is_none() => match changed {
                    Ok(()) => self.look_soon(),
                    Err(_) => Some(Message::End(End::NotWatched).into()),
                },
                () = until(self.look_at) => {
                    let looked = self.look().await;
                    self.seen(looked)
                }
            };
            if told.is_some() {
                return told;
            }
        }
    }

    async fn ask(&mut self) -> Option<Told> {
        self.ask_at = Instant::now() + ASK_EVERY;
        if !(self.session)() {
            return Some(Message::End(End::SignedOut).into());
        }
        if !self.watched.is_heard() {
            return self.deaf();
        }
        let heard_again = self.deaf_since.take().is_some();
        match self.watched.may_see().await {
            Ok(false) if heard_again => self.look_soon(),
            Ok(false) => None,
            Err(error) if is_refusal(&error) => Some(Message::End(End::Denied).into()),
            // Whether it may be seen isn't known: a look tells.
            Ok(true) => self.look_soon(),
            // Nor is it, when the API server doesn't say: until it does, nothing is called live.
            Err(_) => {
                self.look_soon();
                self.stale()
            }
        }
    }

    /// Nothing that is shown may be called live.
    fn deaf(&mut self) -> Option<Told> {
        let now = Instant::now();
        let since = *self.deaf_since.get_or_insert(now);
        if now.duration_since(since) >= DEAF_FOR {
            return Some(Message::End(End::NotWatched).into());
        }
        self.stale()
    }

    /// Told once, until a look succeeds.
    fn stale(&mut self) -> Option<Told> {
        self.failures = self.failures.saturating_add(1);
        (self.failures == 1).then(|| Message::Stale.into())
    }

    fn look_soon(&mut self) -> Option<Told> {
        self.look_at.get_or_insert(self.rested.max(Instant::now()));
        None
    }

    async fn look(&mut self) -> Result<Option<Told>, AppError> {
        self.look_at = None;
        // What changes while it looks is looked at again.
        self.changes.mark_unchanged();
        self.watched.look().await
    }

    fn seen(&mut self, looked: Result<Option<Told>, AppError>) -> Option<Told> {
        let now = Instant::now();
        self.rested = now + PACE;
        match looked {
            Ok(told) => {
                let was_stale = std::mem::take(&mut self.failures) > 0;
                told.or_else(|| was_stale.then(|| Message::Current.into()))
            }
            Err(error) if is_refusal(&error) => Some(Message::End(End::Denied).into()),
            Err(_) => {
                self.look_at = Some(now + PACE.saturating_mul(1 << self.failures.min(5)).min(MOST_PATIENCE));
                self.stale()
            }
        }
    }
}

/// The answers after which there is nothing to wait for.
fn is_refusal(error: &AppError) -> bool {
    matches!(error, AppError::SignedOut | AppError::Denied(_) | AppError::NotFound)
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
