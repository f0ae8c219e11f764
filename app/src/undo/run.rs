//! Taking acts back in the browser: some with each call, until all are done or somebody says stop.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use leptos::{prelude::*, task::spawn_local};
use musterbook_core::{
    AppError,
    undo::{Replay, Way},
};

use crate::{
    accounts::Place,
    explain::error_text,
    lang::use_locale,
    layout::use_toasts,
    text,
    ui::{focus_page_without, use_modal},
    undo::{api::undo_acts, kept, words},
};

/// As many as the server does at once.
const AT_ONCE: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Asking,
    Running,
    Ended,
}

/// Lives as long as its requests, whatever becomes of the dialog.
#[derive(Clone)]
pub struct Run {
    pub lines: Arc<[String]>,
    pub phase: ArcRwSignal<Phase>,
    /// What came of the first of them.
    pub ways: ArcRwSignal<Vec<Way>>,
    /// Why it didn't go on.
    pub error: ArcRwSignal<Option<AppError>>,
    /// Which of those that the browser keeps.
    kept: Option<i64>,
    stopped: Arc<AtomicBool>,
    at_end: Arc<dyn Fn(&Run) + Send + Sync>,
}

impl Run {
    /// Of the records in `lines`, which the browser keeps as `kept`. Who closes the dialog of many while it runs is asked, and
    /// stops it; who has left is told how far it came. Call it in the dialog.
    pub fn new(lines: Vec<String>, kept: Option<i64>, place: Place) -> Self {
        let (locale, toasts, modal, changes) = (use_locale(), use_toasts(), use_modal(), place.changes);
        let back = place.back.get_untracked();
        let (left, stopped) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        on_cleanup({
            let (left, stopped) = (Arc::clone(&left), Arc::clone(&stopped));
            move || [left, stopped].iter().for_each(|flag| flag.store(true, Ordering::Relaxed))
        });
        let (phase, many) = (ArcRwSignal::new(Phase::Asking), lines.len() > AT_ONCE);
        if let Some(modal) = modal {
            let (phase, leave) = (phase.clone(), text!(locale, undo.leave));
            modal.ask_first(Callback::new(move |()| {
                let runs = phase.get_untracked() == Phase::Running;
                runs.then(|| !many || window().confirm_with_message(&leave).unwrap_or(true))
            }));
        }
        let at_end = move |run: &Self| {
            let (ways, rest, error) = (run.ways.get_untracked(), run.not_back(), run.error.get_untracked());
            let (back_again, all) = (run.lines.len() - rest.len(), run.lines.len());
            if let Some(kept) = run.kept {
                if rest.is_empty() {
                    toasts.withdraw(kept);
                }
                kept::leave(kept, rest);
            }
            // The page may be gone, too.
            _ = changes.try_update(|changes| *changes += 1);
            let whole = ways.len() == all && ways.iter().flatten().filter(|way| way.is_whole()).count() == all;
            if whole {
                toasts.success(words::back(locale, &ways));
            } else if left.load(Ordering::Relaxed) {
                let failed = ways.iter().filter(|way| !way.as_ref().is_ok_and(Replay::is_whole));
                let failed = failed.map(|way| format!("{}: {}", name_of(way), words::outcome(locale, way).1));
                let error = error.map(|error| text!(locale, undo.failed, why = &error_text(locale, &error)));
                let far = (all > 1).then(|| text!(locale, undo.so_far, done = back_again, all = all));
                toasts.error(far.into_iter().chain(error).chain(failed).collect::<Vec<_>>().join(" "));
            }
            if let Some(modal) = modal.filter(|_| whole && !left.load(Ordering::Relaxed)) {
                modal.close_to(back.clone());
                focus_page_without("undo");
            }
        };
        Self {
            lines: lines.into(),
            phase,
            ways: ArcRwSignal::default(),
            error: ArcRwSignal::default(),
            kept,
            stopped,
            at_end: Arc::new(at_end),
        }
    }

    pub fn is_kept(&self) -> bool {
        self.kept.is_some()
    }

    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub fn begin(&self) {
        if self.phase.get_untracked() == Phase::Running {
            return;
        }
        self.error.set(None);
        self.phase.set(Phase::Running);
        let run = self.clone();
        spawn_local(async move {
            let (from, mut failed) = (run.ways.with_untracked(Vec::len), None);
            for lines in run.lines[from..].chunks(AT_ONCE) {
                if run.stopped.load(Ordering::Relaxed) {
                    break;
                }
                match undo_acts(lines.join("\n")).await {
                    Ok(ways) => run.ways.update(|all| all.extend(ways)),
                    Err(error) => {
                        failed = Some(error);
                        break;
                    }
                }
            }
            // What wasn't answered can be asked for again.
            run.phase.set(if failed.is_some() { Phase::Asking } else { Phase::Ended });
            run.error.set(failed);
            (run.at_end)(&run);
        });
    }

    /// The records that are still good for something.
    pub fn not_back(&self) -> Vec<String> {
        let ways = self.ways.get_untracked();
        let is_back = |place: usize| matches!(ways.get(place), Some(Ok(replay)) if replay.stops.is_none());
        (0..self.lines.len()).filter(|place| !is_back(*place)).map(|place| self.lines[place].clone()).collect()
    }
}

/// The account that it is about, where that is known.
pub fn name_of(way: &Way) -> String {
    way.as_ref().map_or_else(|_| "—".to_owned(), |replay| replay.name.clone())
}
