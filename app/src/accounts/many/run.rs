//! Creating in the browser.

use std::sync::Arc;

use leptos::prelude::*;
use musterbook_core::many::{Outcome, Report, Row};

use crate::{
    accounts::{
        dialogs::Place,
        many::api::create_row,
        rounds::{self, Lines, Phase, Rounds},
    },
    lang::use_locale,
    layout::use_toasts,
    text,
};

pub type State = rounds::State<Outcome>;
pub type Line = rounds::Line<Row, Outcome>;

/// Lives as long as its requests, whatever becomes of the dialog.
#[derive(Clone)]
pub struct Run {
    pub lines: Lines<Row, Outcome>,
    pub rounds: Rounds,
    project: Arc<str>,
}

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
        Self { lines: Lines::new(lines), rounds: Rounds::new(phase), project: project.into() }
    }

    /// Those whose state is so, one round more.
    pub fn go(&self, wanted: impl Fn(&State) -> bool) {
        if self.rounds.runs() {
            return;
        }
        let run = self.clone();
        self.rounds.go(self.lines.round(wanted), move |place| {
            let run = run.clone();
            Box::pin(async move { run.create(&run.lines[place]).await })
        });
    }

    async fn create(&self, line: &Line) {
        line.state.set(State::Begun);
        let answer = create_row(self.project.to_string(), line.what.clone()).await;
        line.state.set(self.rounds.state_after(answer, Outcome::Refused));
    }

    /// Who has left is told how far it came. Call it in the dialog.
    pub fn watch_over(&self, place: Place) {
        let (locale, toasts, lines) = (use_locale(), use_toasts(), self.lines.clone());
        self.rounds.watch_over(place, text!(locale, many.leave), move |left| {
            if left {
                let done = lines.count(|state| matches!(state, State::Done(outcome) if outcome.is_done()));
                toasts.success(text!(locale, many.stopped, done = done, all = lines.len()));
            }
        });
        self.rounds.keep_focus();
    }
}
