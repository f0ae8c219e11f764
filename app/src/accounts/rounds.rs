//! Many accounts, some at once, until all are done or somebody says stop. What has begun is brought to its end.

mod shown;

use std::{
    pin::Pin,
    rc::Rc,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use leptos::{prelude::*, task::spawn_local};
use musterbook_core::AppError;

use crate::{
    accounts::dialogs::Place,
    ui::{ask_before_unload, use_modal},
    viewer::SessionEnded,
};

pub use shown::{Ended, Progress, RoundsView, SHOWN, Said, lines};

const AT_ONCE: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nothing has begun.
    Asking,
    Running,
    Stopping,
    Ended,
}

/// How far one account is; `O` is what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State<O> {
    Waiting,
    Begun,
    Done(O),
}

/// One account of a run; `T` is what is sent.
#[derive(Debug)]
pub struct Line<T, O> {
    pub what: T,
    pub state: ArcRwSignal<State<O>>,
}

/// The accounts of a run. Those that are wanted make a round, and there may be another one after it.
#[derive(Debug)]
pub struct Lines<T, O>(Arc<[Line<T, O>]>);

impl<T, O> Clone for Lines<T, O> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T, O> std::ops::Deref for Lines<T, O> {
    type Target = [Line<T, O>];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T, O> Lines<T, O>
where
    T: Send + Sync + 'static,
    O: Send + Sync + 'static,
{
    pub fn new(lines: impl Iterator<Item = (T, State<O>)>) -> Self {
        Self(lines.map(|(what, state)| Line { what, state: ArcRwSignal::new(state) }).collect())
    }

    pub fn count(&self, is: impl Fn(&State<O>) -> bool) -> usize {
        self.iter().filter(|line| line.state.with(&is)).count()
    }

    /// Those whose state is so, as they wait for their round.
    pub fn round(&self, wanted: impl Fn(&State<O>) -> bool) -> Vec<usize> {
        let places: Vec<_> = (0..self.len()).filter(|place| self[*place].state.with_untracked(&wanted)).collect();
        places.iter().for_each(|place| self[*place].state.set(State::Waiting));
        places
    }
}

/// Brings the account in a place to its end.
type Work = Rc<dyn Fn(usize) -> Pin<Box<dyn Future<Output = ()>>>>;
/// Told whether the dialog was left before.
type AtEnd = Box<dyn Fn(bool) + Send + Sync>;

/// How far a run is. Lives as long as its requests, whatever becomes of the dialog.
#[derive(Clone)]
pub struct Rounds {
    phase: ArcRwSignal<Phase>,
    /// Of this round: how many are done, and how many there are.
    done: ArcRwSignal<usize>,
    all: Arc<AtomicUsize>,
    /// The dialog is gone: nothing is begun any more, and nobody looks at the phase.
    left: Arc<AtomicBool>,
    at_end: Arc<OnceLock<AtEnd>>,
    signed_out: Option<SessionEnded>,
}

impl Rounds {
    pub fn new(phase: Phase) -> Self {
        Self {
            phase: ArcRwSignal::new(phase),
            done: ArcRwSignal::new(0),
            all: Arc::default(),
            left: Arc::default(),
            at_end: Arc::default(),
            signed_out: use_context(),
        }
    }

    pub fn phase(&self) -> ArcRwSignal<Phase> {
        self.phase.clone()
    }

    pub fn runs(&self) -> bool {
        matches!(self.phase.get_untracked(), Phase::Running | Phase::Stopping)
    }

    fn goes_on(&self) -> bool {
        !self.left.load(Ordering::Relaxed) && self.phase.get_untracked() == Phase::Running
    }

    pub fn stop(&self) {
        if self.phase.get_untracked() == Phase::Running {
            self.phase.set(Phase::Stopping);
        }
    }

    /// In the browser: one round over `places`.
    pub fn go(&self, places: Vec<usize>, work: impl Fn(usize) -> Pin<Box<dyn Future<Output = ()>>> + 'static) {
        self.begin(places, Rc::new(work));
    }

    fn begin(&self, places: Vec<usize>, work: Work) {
        self.done.set(0);
        self.all.store(places.len(), Ordering::Relaxed);
        self.phase.set(Phase::Running);
        let (places, next) = (Rc::<[usize]>::from(places), Rc::<AtomicUsize>::default());
        let busy = Rc::new(AtomicUsize::new(AT_ONCE));
        for _ in 0..AT_ONCE {
            let (run, work, places) = (self.clone(), Rc::clone(&work), Rc::clone(&places));
            let (next, busy) = (Rc::clone(&next), Rc::clone(&busy));
            spawn_local(async move {
                while run.goes_on()
                    && let Some(place) = places.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    work(*place).await;
                    run.done.update(|done| *done += 1);
                }
                if busy.fetch_sub(1, Ordering::Relaxed) == 1 {
                    run.end();
                }
            });
        }
    }

    fn end(&self) {
        let left = self.left.load(Ordering::Relaxed);
        if !left {
            self.phase.set(Phase::Ended);
        }
        if let Some(at_end) = self.at_end.get() {
            at_end(left);
        }
    }

    /// What an answer makes of its account. Where the session has ended, all others would be refused for the same reason:
    /// after signing in again, it can go on.
    pub fn state_after<O>(&self, answer: Result<O, AppError>, refused: fn(AppError) -> O) -> State<O> {
        match answer {
            Ok(outcome) => State::Done(outcome),
            Err(AppError::SignedOut) => {
                self.stop();
                if let Some(SessionEnded(ended)) = self.signed_out {
                    ended.set(true);
                }
                State::Waiting
            }
            Err(error) => State::Done(refused(error)),
        }
    }

    /// While it runs, who closes the dialog or the page is asked `leave` first. Who has left all the same stops it. What the
    /// dialog stands on is read anew at the end. Call it in the dialog.
    pub fn watch_over(&self, place: Place, leave: String, at_end: impl Fn(bool) + Send + Sync + 'static) {
        let changes = place.changes;
        let at_end: AtEnd = Box::new(move |left| {
            at_end(left);
            // The page may be gone, too.
            _ = changes.try_update(|changes| *changes += 1);
        });
        if self.at_end.set(at_end).is_err() {
            return;
        }
        if let Some(modal) = use_modal() {
            let run = self.clone();
            modal.ask_first(Callback::new(move |()| {
                run.runs().then(|| window().confirm_with_message(&leave).unwrap_or(true))
            }));
        }
        let run = self.clone();
        // A page that is left hears of the calls that break off, and would begin the next ones. Who stays can go on.
        ask_before_unload(move || {
            let runs = run.runs();
            run.stop();
            runs
        });
        let left = Arc::clone(&self.left);
        on_cleanup(move || left.store(true, Ordering::Relaxed));
    }

    /// What had the focus goes when it begins, and when it ends. Call it in the dialog.
    pub fn keep_focus(&self) {
        let (phase, modal) = (self.phase.clone(), use_modal());
        Effect::new(move |before: Option<Phase>| {
            let now = phase.get();
            if let Some(modal) = modal.filter(|_| before.is_some_and(|before| before != now)) {
                modal.focus_content();
            }
            now
        });
    }
}
