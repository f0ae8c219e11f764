//! Deleting in the browser: some at once, until all are done or somebody says stop. What has begun is brought to its end.

use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use leptos::{prelude::*, task::spawn_local};
use musterbook_core::{
    AppError,
    bulk::{Outcome, Report, Target},
    undo::MOST,
};

use crate::{
    accounts::list::selection::Selection,
    accounts::{bulk::api::delete_one, dialogs::Place},
    lang::use_locale,
    layout::use_toasts,
    text,
    ui::{ask_before_unload, use_modal},
    undo::{Done, keep},
    viewer::{SessionEnded, use_viewer},
};

const AT_ONCE: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nothing has begun.
    Asking,
    Running,
    Stopping,
    Ended,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Waiting,
    Deleting,
    Done(Outcome),
}

/// One account of the run. Its target is what is sent.
#[derive(Debug)]
pub struct Line {
    pub target: Target,
    pub state: ArcRwSignal<State>,
}

/// Lives as long as its requests, whatever becomes of the dialog.
#[derive(Clone)]
pub struct Run {
    lines: Arc<[Line]>,
    phase: ArcRwSignal<Phase>,
    /// Of this round: how many are done, and how many there are.
    done: ArcRwSignal<usize>,
    round: Arc<AtomicUsize>,
    bindings: Arc<AtomicBool>,
    /// The dialog is gone: nothing is begun any more, and nobody looks at the phase.
    left: Arc<AtomicBool>,
    /// Told when a round has ended.
    at_end: Arc<OnceLock<AtEnd>>,
    /// Deleted ones, each with what brings it back, sealed; until the browser keeps it.
    undo: Arc<Mutex<Vec<(String, String)>>>,
    /// How many it keeps.
    kept: Arc<AtomicUsize>,
    signed_out: Option<SessionEnded>,
}

type AtEnd = Box<dyn Fn(&Run) + Send + Sync>;

impl Run {
    pub fn new(targets: Vec<Target>) -> Self {
        Self::with(targets.into_iter().map(|target| (target, State::Waiting)), Phase::Asking)
    }

    /// What the server has done of it. The bindings that are still named are to be deleted.
    pub fn ended(report: Report) -> Self {
        let done = report.done.into_iter().map(|(target, outcome)| (target, State::Done(outcome)));
        let run = Self::with(done.chain(report.rest.into_iter().map(|target| (target, State::Waiting))), Phase::Ended);
        run.bindings.store(true, Ordering::Relaxed);
        run.undo().extend(report.undo.into_iter().map(|record| (String::new(), record)));
        run
    }

    fn with(lines: impl Iterator<Item = (Target, State)>, phase: Phase) -> Self {
        Self {
            lines: lines.map(|(target, state)| Line { target, state: ArcRwSignal::new(state) }).collect(),
            phase: ArcRwSignal::new(phase),
            done: ArcRwSignal::new(0),
            round: Arc::default(),
            bindings: Arc::default(),
            left: Arc::default(),
            at_end: Arc::default(),
            undo: Arc::default(),
            kept: Arc::default(),
            signed_out: use_context(),
        }
    }

    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    pub fn phase(&self) -> ArcRwSignal<Phase> {
        self.phase.clone()
    }

    pub fn done(&self) -> ArcRwSignal<usize> {
        self.done.clone()
    }

    /// How many accounts this round is about.
    pub fn round(&self) -> usize {
        self.round.load(Ordering::Relaxed)
    }

    /// Whether the targets' bindings go, too.
    pub fn bindings(&self) -> bool {
        self.bindings.load(Ordering::Relaxed)
    }

    pub fn count(&self, is: impl Fn(&State) -> bool) -> usize {
        self.lines.iter().filter(|line| line.state.with(&is)).count()
    }

    /// All of them; with their bindings, or without.
    pub fn begin(&self, bindings: bool) {
        self.bindings.store(bindings, Ordering::Relaxed);
        self.go(|_| true);
    }

    /// Those whose state is so, one round more.
    pub fn go(&self, wanted: impl Fn(&State) -> bool) {
        if matches!(self.phase.get_untracked(), Phase::Running | Phase::Stopping) {
            return;
        }
        let round: Vec<_> =
            (0..self.lines.len()).filter(|place| self.lines[*place].state.with_untracked(&wanted)).collect();
        round.iter().for_each(|place| self.lines[*place].state.set(State::Waiting));
        self.done.set(0);
        self.round.store(round.len(), Ordering::Relaxed);
        self.phase.set(Phase::Running);
        let (round, next) = (Arc::<[usize]>::from(round), Arc::<AtomicUsize>::default());
        let busy = Arc::new(AtomicUsize::new(AT_ONCE));
        for _ in 0..AT_ONCE {
            let (run, round, next, busy) = (self.clone(), Arc::clone(&round), Arc::clone(&next), Arc::clone(&busy));
            spawn_local(async move {
                while run.goes_on()
                    && let Some(place) = round.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    run.delete(&run.lines[*place]).await;
                }
                if busy.fetch_sub(1, Ordering::Relaxed) == 1 {
                    run.end();
                }
            });
        }
    }

    fn goes_on(&self) -> bool {
        !self.left.load(Ordering::Relaxed) && self.phase.get_untracked() == Phase::Running
    }

    pub fn stop(&self) {
        if self.phase.get_untracked() == Phase::Running {
            self.phase.set(Phase::Stopping);
        }
    }

    async fn delete(&self, line: &Line) {
        line.state.set(State::Deleting);
        let mut target = line.target.clone();
        if !self.bindings() {
            target.bindings.clear();
        }
        let state = match delete_one(target.to_string()).await {
            Ok((outcome, record)) => {
                self.undo().extend(record.map(|record| (line.target.name.clone(), record)));
                State::Done(outcome)
            }
            // All others would be refused for the same reason. After signing in again, it can go on.
            Err(AppError::SignedOut) => {
                self.stop();
                if let Some(SessionEnded(ended)) = self.signed_out {
                    ended.set(true);
                }
                State::Waiting
            }
            Err(error) => State::Done(Outcome::Refused(error)),
        };
        line.state.set(state);
        self.done.update(|done| *done += 1);
    }

    fn undo(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        self.undo.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What brings the deleted ones back, as far as the browser doesn't keep it yet.
    pub fn records(&self) -> Vec<String> {
        self.undo().iter().map(|(_, record)| record.clone()).collect()
    }

    /// How many can be brought back.
    pub fn undoable(&self) -> usize {
        self.undo().len() + self.kept.load(Ordering::Relaxed)
    }

    /// Has the browser keep it for `user`.
    pub fn keep(&self, user: &str) {
        let mut records = std::mem::take(&mut *self.undo());
        records.truncate(MOST);
        let (count, name) = (records.len(), records.first().map(|(name, _)| name.clone()).unwrap_or_default());
        let sealed = records.into_iter().map(|(_, sealed)| sealed).collect();
        if count > 0 && keep(user.to_owned(), Done::Deleted, name, sealed) {
            self.kept.fetch_add(count, Ordering::Relaxed);
        }
    }

    fn end(&self) {
        if !self.left.load(Ordering::Relaxed) {
            self.phase.set(Phase::Ended);
        }
        if let Some(at_end) = self.at_end.get() {
            at_end(self);
        }
    }

    /// While it runs, who closes the dialog or the page is asked first. Who has left all the same stops it, and is told
    /// how far it came. What the dialog stands on is read anew at the end. Call it in the dialog.
    pub fn watch_over(&self, place: Place) {
        let (locale, toasts, changes) = (use_locale(), use_toasts(), place.changes);
        let selection = use_context::<Selection>();
        let user = use_viewer().user.unwrap_or_default();
        let at_end: AtEnd = Box::new(move |run| {
            run.keep(&user);
            // The page may be gone, too.
            _ = changes.try_update(|changes| *changes += 1);
            // What is left is in the dialog.
            if let Some(selection) = selection {
                selection.clear();
            }
            if run.left.load(Ordering::Relaxed) {
                let done = run.count(|state| matches!(state, State::Done(outcome) if outcome.is_done()));
                toasts.success(text!(locale, bulk.stopped, done = done, all = run.lines.len()));
            }
        });
        if self.at_end.set(at_end).is_err() {
            return;
        }
        let runs = {
            let phase = self.phase.clone();
            move || matches!(phase.get_untracked(), Phase::Running | Phase::Stopping)
        };
        if let Some(modal) = use_modal() {
            let runs = runs.clone();
            modal.ask_first(Callback::new(move |()| {
                !runs() || window().confirm_with_message(&text!(locale, bulk.leave)).unwrap_or(true)
            }));
        }
        ask_before_unload(runs);
        let left = Arc::clone(&self.left);
        on_cleanup(move || left.store(true, Ordering::Relaxed));
    }
}
