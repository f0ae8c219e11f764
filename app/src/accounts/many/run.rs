//! Creating in the browser: some at once, until all are done or somebody says stop. What has begun is brought to its end.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use leptos::{prelude::*, task::spawn_local};
use musterbook_core::{
    AppError,
    many::{Outcome, Report, Row},
};

use crate::{
    accounts::{dialogs::Place, many::api::create_row},
    lang::use_locale,
    layout::use_toasts,
    text,
    ui::{ask_before_unload, use_modal},
    viewer::SessionEnded,
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
    Begun,
    Done(Outcome),
}

/// One account of the run.
#[derive(Debug)]
pub struct Line {
    pub row: Row,
    pub state: ArcRwSignal<State>,
}

/// Lives as long as its requests, whatever becomes of the dialog.
#[derive(Clone)]
pub struct Run {
    project: Arc<str>,
    lines: Arc<[Line]>,
    phase: ArcRwSignal<Phase>,
    /// Of this round: how many are done, and how many there are.
    done: ArcRwSignal<usize>,
    round: Arc<AtomicUsize>,
    /// The dialog is gone: nothing is begun any more, and nobody looks at the phase.
    left: Arc<AtomicBool>,
    /// Told when a round has ended.
    at_end: Arc<OnceLock<AtEnd>>,
    signed_out: Option<SessionEnded>,
}

type AtEnd = Box<dyn Fn(&Run) + Send + Sync>;

impl Run {
    pub fn new(project: &str, rows: Vec<Row>) -> Self {
        Self::with(project, rows.into_iter().map(|row| (row, State::Waiting)), Phase::Asking)
    }

    /// What the server has done of it.
    pub fn ended(project: &str, report: Report) -> Self {
        let done = report.done.into_iter().map(|(row, outcome)| (row, State::Done(outcome)));
        Self::with(project, done.chain(report.rest.into_iter().map(|row| (row, State::Waiting))), Phase::Ended)
    }

    fn with(project: &str, lines: impl Iterator<Item = (Row, State)>, phase: Phase) -> Self {
        Self {
            project: project.into(),
            lines: lines.map(|(row, state)| Line { row, state: ArcRwSignal::new(state) }).collect(),
            phase: ArcRwSignal::new(phase),
            done: ArcRwSignal::new(0),
            round: Arc::default(),
            left: Arc::default(),
            at_end: Arc::default(),
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

    pub fn count(&self, is: impl Fn(&State) -> bool) -> usize {
        self.lines.iter().filter(|line| line.state.with(&is)).count()
    }

    /// Those whose state is so, one round more.
    pub fn go(&self, wanted: impl Fn(&State) -> bool) {
        if self.runs() {
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
                    run.create(&run.lines[*place]).await;
                }
                if busy.fetch_sub(1, Ordering::Relaxed) == 1 {
                    run.end();
                }
            });
        }
    }

    fn runs(&self) -> bool {
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

    async fn create(&self, line: &Line) {
        line.state.set(State::Begun);
        let state = match create_row(self.project.to_string(), line.row.clone()).await {
            Ok(outcome) => State::Done(outcome),
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
        let at_end: AtEnd = Box::new(move |run| {
            // The page may be gone, too.
            _ = changes.try_update(|changes| *changes += 1);
            if run.left.load(Ordering::Relaxed) {
                let done = run.count(|state| matches!(state, State::Done(outcome) if outcome.is_done()));
                toasts.success(text!(locale, many.stopped, done = done, all = run.lines.len()));
            }
        });
        if self.at_end.set(at_end).is_err() {
            return;
        }
        if let Some(modal) = use_modal() {
            let run = self.clone();
            modal.ask_first(Callback::new(move |()| {
                !run.runs() || window().confirm_with_message(&text!(locale, many.leave)).unwrap_or(true)
            }));
        }
        let run = self.clone();
        ask_before_unload(move || run.runs());
        let left = Arc::clone(&self.left);
        on_cleanup(move || left.store(true, Ordering::Relaxed));
    }
}
