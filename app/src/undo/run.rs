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
    lang::use_locale,
    layout::use_toasts,
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
    pub error: ArcRwSignal<Option<AppError>>,
    /// Which of those that the browser keeps.
    kept: Option<i64>,
    stopped: Arc<AtomicBool>,
    at_end: Arc<dyn Fn(&Run) + Send + Sync>,
}

impl Run {
    /// Of the records in `lines`, which the browser keeps as `kept`. Call it in the dialog.
    pub fn new(lines: Vec<String>, kept: Option<i64>, place: Place) -> Self {
        let (locale, toasts, modal, changes) = (use_locale(), use_toasts(), use_modal(), place.changes);
        let back = place.back.get_untracked();
        let left = Arc::<AtomicBool>::default();
        on_cleanup({
            let left = Arc::clone(&left);
            move || left.store(true, Ordering::Relaxed)
        });
        let at_end = move |run: &Self| {
            let ways = run.ways.get_untracked();
            if let Some(kept) = run.kept {
                let left = run.not_back();
                if left.is_empty() {
                    toasts.withdraw(kept);
                }
                kept::leave(kept, left);
            }
            // The page may be gone, too.
            _ = changes.try_update(|changes| *changes += 1);
            let whole = ways.len() == run.lines.len()
                && ways.iter().flatten().filter(|way| way.is_whole()).count() == ways.len();
            if whole {
                toasts.success(words::back(locale, &ways));
            } else if left.load(Ordering::Relaxed) {
                let failed = ways.iter().filter(|way| !way.as_ref().is_ok_and(Replay::is_whole));
                let texts: Vec<_> =
                    failed.map(|way| format!("{}: {}", name_of(way), words::outcome(locale, way).1)).collect();
                toasts.error(texts.join(" "));
            }
            if let Some(modal) = modal.filter(|_| whole && !left.load(Ordering::Relaxed)) {
                modal.close_to(back.clone());
                focus_page_without("undo");
            }
        };
        Self {
            lines: lines.into(),
            phase: ArcRwSignal::new(Phase::Asking),
            ways: ArcRwSignal::default(),
            error: ArcRwSignal::default(),
            kept,
            stopped: Arc::default(),
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
            let from = run.ways.with_untracked(Vec::len);
            for lines in run.lines[from..].chunks(AT_ONCE) {
                if run.stopped.load(Ordering::Relaxed) {
                    break;
                }
                match undo_acts(lines.join("\n")).await {
                    Ok(ways) => run.ways.update(|all| all.extend(ways)),
                    Err(error) => {
                        run.error.set(Some(error));
                        run.phase.set(Phase::Asking);
                        return;
                    }
                }
            }
            run.phase.set(Phase::Ended);
            (run.at_end)(&run);
        });
    }

    /// The records that are still good for something.
    fn not_back(&self) -> Vec<String> {
        let ways = self.ways.get_untracked();
        let is_back = |place: usize| matches!(ways.get(place), Some(Ok(replay)) if replay.stops.is_none());
        (0..self.lines.len()).filter(|place| !is_back(*place)).map(|place| self.lines[place].clone()).collect()
    }
}

/// The account that it is about, where that is known.
pub fn name_of(way: &Way) -> String {
    way.as_ref().map_or_else(|_| "—".to_owned(), |replay| replay.name.clone())
}
