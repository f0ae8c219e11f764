//! A stream from its opening to its end, in paused time.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use futures::StreamExt;
use musterbook_core::error::Denial;
use tokio::sync::watch;

use super::*;
use crate::live::Places;

/// What is watched: its version, and the answers of looks and questions that go wrong.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    version: Version,
    shown: Version,
    looks: usize,
    failing: VecDeque<AppError>,
    denied: bool,
    /// Reviews get no answer.
    mute: bool,
    deaf: bool,
}

#[async_trait]
impl Watched for Page {
    async fn look(&mut self) -> Result<Option<Told>, AppError> {
        let mut state = self.0.lock().unwrap();
        state.looks += 1;
        if let Some(error) = state.failing.pop_front() {
            return Err(error);
        }
        let (version, differs) = (state.version, state.version != state.shown);
        state.shown = version;
        Ok(differs.then_some(Told { message: Message::Account(version), version: Some(version) }))
    }

    async fn may_see(&mut self) -> Result<bool, AppError> {
        let state = self.0.lock().unwrap();
        match (state.denied, state.mute) {
            (true, _) => Err(denied()),
            (_, true) => Err(AppError::Unavailable),
            _ => Ok(false),
        }
    }

    fn is_heard(&self) -> bool {
        !self.0.lock().unwrap().deaf
    }
}

fn denied() -> AppError {
    AppError::Denied(Denial::new("list", "", "serviceaccounts", Some("p")))
}

struct Test {
    page: Page,
    changes: watch::Sender<u64>,
    session: Arc<AtomicBool>,
    places: Places,
    begun: Instant,
}

impl Test {
    fn new() -> Self {
        let (page, changes, session) = (Page::default(), watch::Sender::new(0), Arc::new(AtomicBool::new(true)));
        Self { page, changes, session, places: Places::default(), begun: Instant::now() }
    }

    async fn open(&self) -> Result<impl Stream<Item = Told> + Unpin + use<>, AppError> {
        let session = Arc::clone(&self.session);
        let (page, changes) = (Box::new(self.page.clone()), self.changes.subscribe());
        let place = self.places.take("ann").unwrap();
        let following = Following::open(page, changes, move || session.load(Ordering::SeqCst), place).await?;
        Ok(Box::pin(following.told()))
    }

    fn change(&self) {
        self.page.0.lock().unwrap().version += 1;
        self.changes.send_modify(|changes| *changes += 1);
    }

    /// What comes next, and after how many milliseconds since the start.
    async fn next(&self, told: &mut (impl Stream<Item = Told> + Unpin)) -> (Option<(Message, Option<u64>)>, u128) {
        let told = told.next().await.map(|told| (told.message, told.version));
        (told, self.begun.elapsed().as_millis())
    }
}

fn end(why: End) -> Option<(Message, Option<u64>)> {
    Some((Message::End(why), None))
}

fn account(version: u64) -> Option<(Message, Option<u64>)> {
    Some((Message::Account(version), Some(version)))
}

const CURRENT: Option<(Message, Option<u64>)> = Some((Message::Current, None));

#[tokio::test(start_paused = true)]
async fn l4_the_first_change_is_told_at_once_and_the_rest_once_a_second() {
    let test = Test::new();
    let mut told = test.open().await.unwrap();
    assert_eq!(test.next(&mut told).await, (CURRENT, 0));
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let mut times = Vec::new();
    // 200 changes a second.
    for _ in 0..600 {
        test.change();
        if let Ok(told) = tokio::time::timeout(Duration::from_millis(5), told.next()).await {
            times.push((told.unwrap().version.unwrap(), test.begun.elapsed().as_millis()));
        }
    }
    assert_eq!(times, [(1, 1_500), (201, 2_500), (401, 3_500)]);
    assert_eq!(test.next(&mut told).await, (account(600), 4_500), "the last one isn't lost");
}

#[tokio::test(start_paused = true)]
async fn l4_a_change_between_rendering_and_opening_is_told_at_once() {
    let test = Test::new();
    test.change();
    let mut told = test.open().await.unwrap();
    assert_eq!(test.next(&mut told).await, (account(1), 0));
}

#[tokio::test(start_paused = true)]
async fn l4_what_can_not_be_seen_is_not_told_and_not_looked_for_more_than_once_a_second() {
    let test = Test::new();
    let mut told = test.open().await.unwrap();
    told.next().await.unwrap();
    for _ in 0..500 {
        test.changes.send_modify(|changes| *changes += 1);
        assert!(tokio::time::timeout(Duration::from_millis(10), told.next()).await.is_err(), "nothing to tell");
    }
    let looks = test.page.0.lock().unwrap().looks;
    assert!((5..=7).contains(&looks), "{looks} looks in 5 s");
}

#[tokio::test(start_paused = true)]
async fn a2_a_stream_ends_when_the_right_is_gone() {
    let test = Test::new();
    let mut told = test.open().await.unwrap();
    told.next().await.unwrap();
    test.page.0.lock().unwrap().denied = true;
    assert_eq!(test.next(&mut told).await, (end(End::Denied), 3_000));
    assert!(told.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a2_a_look_that_is_refused_ends_it_too() {
    let test = Test::new();
    let mut told = test.open().await.unwrap();
    told.next().await.unwrap();
    test.page.0.lock().unwrap().failing.push_back(AppError::NotFound);
    test.change();
    assert_eq!(test.next(&mut told).await.0, end(End::Denied));
}

#[tokio::test(start_paused = true)]
async fn s1_a_stream_ends_within_5_seconds_of_signing_out() {
    let test = Test::new();
    let mut told = test.open().await.unwrap();
    told.next().await.unwrap();
    tokio::time::sleep(Duration::from_secs(100)).await;
    test.session.store(false, Ordering::SeqCst);
    let (what, when) = test.next(&mut told).await;
    assert_eq!(what, end(End::SignedOut));
    assert!(when < 105_000, "{when}");
}

#[tokio::test(start_paused = true)]
async fn l4_who_may_not_see_it_gets_no_stream() {
    let test = Test::new();
    test.page.0.lock().unwrap().failing.push_back(denied());
    assert_eq!(test.open().await.err(), Some(denied()));
    assert!(test.places.take("ann").is_some());
}

#[tokio::test(start_paused = true)]
async fn z5_a_cluster_that_does_not_answer_is_told_once_and_tried_less_and_less_often() {
    let test = Test::new();
    let mut told = test.open().await.unwrap();
    told.next().await.unwrap();
    test.page.0.lock().unwrap().failing = vec![AppError::Unavailable; 8].into();
    test.changes.send_modify(|changes| *changes += 1);
    let (what, _) = test.next(&mut told).await;
    assert_eq!(what, Some((Message::Stale, None)));
    // 1 + 2 + 4 + 8 + 10 + 10 + 10 + 10 s.
    let (what, when) = test.next(&mut told).await;
    assert_eq!(what, CURRENT);
    assert!((56_000..57_000).contains(&when), "{when}");
    assert_eq!(test.page.0.lock().unwrap().looks, 10);
}

#[tokio::test(start_paused = true)]
async fn z5_a_stream_opens_though_the_cluster_does_not_answer() {
    let test = Test::new();
    test.page.0.lock().unwrap().failing.push_back(AppError::Unavailable);
    let mut told = test.open().await.unwrap();
    assert_eq!(test.next(&mut told).await, (Some((Message::Stale, None)), 0));
    assert_eq!(test.next(&mut told).await, (CURRENT, 1_000));
}

#[tokio::test(start_paused = true)]
async fn z5_a_watch_that_broke_is_told_and_what_was_missed_is_looked_for() {
    let test = Test::new();
    let mut told = test.open().await.unwrap();
    told.next().await.unwrap();
    test.page.0.lock().unwrap().deaf = true;
    assert_eq!(test.next(&mut told).await, (Some((Message::Stale, None)), 3_000));
    assert!(tokio::time::timeout(Duration::from_secs(20), told.next()).await.is_err(), "told once");
    {
        let mut state = test.page.0.lock().unwrap();
        (state.deaf, state.version) = (false, 7);
    }
    assert_eq!(test.next(&mut told).await, (account(7), 24_000));
}

#[tokio::test(start_paused = true)]
async fn z5_a_right_that_can_not_be_asked_for_is_told_at_once() {
    let test = Test::new();
    let mut told = test.open().await.unwrap();
    told.next().await.unwrap();
    test.page.0.lock().unwrap().mute = true;
    assert_eq!(test.next(&mut told).await, (Some((Message::Stale, None)), 3_000));
}

#[tokio::test(start_paused = true)]
async fn z5_a_watch_that_stays_away_ends_it() {
    let test = Test::new();
    let mut told = test.open().await.unwrap();
    told.next().await.unwrap();
    test.page.0.lock().unwrap().deaf = true;
    told.next().await.unwrap();
    assert_eq!(test.next(&mut told).await, (end(End::NotWatched), 63_000));
}

#[tokio::test(start_paused = true)]
async fn o3_all_streams_end_at_once_when_the_server_stops() {
    let test = Test::new();
    let mut told = test.open().await.unwrap();
    told.next().await.unwrap();
    test.places.close();
    assert_eq!(test.next(&mut told).await, (None, 0));
    let mut late = test.open().await.unwrap();
    assert_eq!(test.next(&mut late).await.0, CURRENT);
    assert_eq!(test.next(&mut late).await, (None, 0));
}

#[tokio::test(start_paused = true)]
async fn l4_a_cache_that_went_away_ends_it() {
    let mut test = Test::new();
    let mut told = test.open().await.unwrap();
    told.next().await.unwrap();
    test.changes = watch::Sender::new(0);
    assert_eq!(test.next(&mut told).await.0, end(End::NotWatched));
}
