//! Deleting in the browser.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use leptos::prelude::*;
use musterbook_core::{
    bulk::{Outcome, Report, Target},
    undo::MOST,
};

use crate::{
    accounts::{
        bulk::api::delete_one,
        dialogs::Place,
        list::selection::Selection,
        rounds::{self, Lines, Phase, Rounds},
    },
    lang::use_locale,
    layout::use_toasts,
    text,
    undo::{Done, keep},
    viewer::use_viewer,
};

pub type State = rounds::State<Outcome>;
pub type Line = rounds::Line<Target, Outcome>;

/// Lives as long as its requests, whatever becomes of the dialog.
#[derive(Clone)]
pub struct Run {
    pub lines: Lines<Target, Outcome>,
    pub rounds: Rounds,
    pub undo: Records,
    bindings: Arc<AtomicBool>,
}

impl Run {
    pub fn new(targets: Vec<Target>) -> Self {
        Self::with(targets.into_iter().map(|target| (target, State::Waiting)), Phase::Asking)
    }

    /// What the server has done of it. The bindings that are still named are to be deleted.
    pub fn ended(report: Report) -> Self {
        let done = report.done.into_iter().map(|(target, outcome)| (target, State::Done(outcome)));
        let run = Self::with(done.chain(report.rest.into_iter().map(|target| (target, State::Waiting))), Phase::Ended);
        run.bindings.store(true, Ordering::Relaxed);
        run.undo.all().extend(report.undo.into_iter().map(|record| (String::new(), record)));
        run
    }

    fn with(lines: impl Iterator<Item = (Target, State)>, phase: Phase) -> Self {
        Self {
            lines: Lines::new(lines),
            rounds: Rounds::new(phase),
            undo: Records::default(),
            bindings: Arc::default(),
        }
    }

    /// Whether the targets' bindings go, too.
    pub fn bindings(&self) -> bool {
        self.bindings.load(Ordering::Relaxed)
    }

    /// All of them; with their bindings, or without.
    pub fn begin(&self, bindings: bool) {
        self.bindings.store(bindings, Ordering::Relaxed);
        self.go(|_| true);
    }

    /// Those whose state is so, one round more.
    pub fn go(&self, wanted: impl Fn(&State) -> bool) {
        if self.rounds.runs() {
            return;
        }
        let run = self.clone();
        self.rounds.go(self.lines.round(wanted), move |place| {
            let run = run.clone();
            Box::pin(async move { run.delete(&run.lines[place]).await })
        });
    }

    async fn delete(&self, line: &Line) {
        line.state.set(State::Begun);
        let mut target = line.what.clone();
        if !self.bindings() {
            target.bindings.clear();
        }
        let answer = delete_one(target.to_string()).await.map(|(outcome, record)| {
            self.undo.all().extend(record.map(|record| (line.what.name.clone(), record)));
            outcome
        });
        line.state.set(self.rounds.state_after(answer, Outcome::Refused));
    }

    /// Who has left is told how far it came. Call it in the dialog.
    pub fn watch_over(&self, place: Place) {
        let (locale, toasts) = (use_locale(), use_toasts());
        let selection = use_context::<Selection>();
        let user = use_viewer().user.unwrap_or_default();
        let (lines, undo) = (self.lines.clone(), self.undo.clone());
        self.rounds.watch_over(place, text!(locale, bulk.leave), move |left| {
            undo.keep(&user);
            // What is left is in the dialog.
            if let Some(selection) = selection {
                selection.clear();
            }
            if left {
                let done = lines.count(|state| matches!(state, State::Done(outcome) if outcome.is_done()));
                toasts.success(text!(locale, bulk.stopped, done = done, all = lines.len()));
            }
        });
        self.rounds.keep_focus();
    }
}

/// What brings the deleted ones back.
#[derive(Clone, Default)]
pub struct Records {
    /// Those that the browser doesn't keep yet, by name.
    records: Arc<Mutex<Vec<(String, String)>>>,
    kept: Arc<AtomicUsize>,
}

impl Records {
    fn all(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As far as the browser doesn't keep them yet.
    pub fn sealed(&self) -> Vec<String> {
        self.all().iter().map(|(_, record)| record.clone()).collect()
    }

    /// How many accounts can be brought back.
    pub fn count(&self) -> usize {
        self.all().len() + self.kept.load(Ordering::Relaxed)
    }

    /// Has the browser keep them for `user`.
    pub fn keep(&self, user: &str) {
        let mut records = std::mem::take(&mut *self.all());
        records.truncate(MOST);
        let (count, name) = (records.len(), records.first().map(|(name, _)| name.clone()).unwrap_or_default());
        let sealed = records.into_iter().map(|(_, sealed)| sealed).collect();
        if count > 0 && keep(user.to_owned(), Done::Deleted, name, sealed).is_some() {
            self.kept.fetch_add(count, Ordering::Relaxed);
        }
    }
}
