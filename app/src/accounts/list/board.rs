//! The list as it is shown: the page that was asked for, then what the stream and refreshes bring, in place (SPEC L4, L6).

use leptos::prelude::*;
use musterbook_core::{
    Answer, AppError, Missing,
    account::Rights,
    list::{ListQuery, Page, Row, Scope},
    live::{Message, UNKNOWN},
};

use crate::routes;

#[derive(Clone, Copy)]
pub struct Board {
    state: RwSignal<State>,
    /// Rows that come from now on are news.
    settled: RwSignal<bool>,
    /// Other rows are waited for than those that are shown, if any are.
    loading: RwSignal<bool>,
}

/// All of it: most parts of the page cost less when they are drawn anew in vain than when they are told apart.
#[derive(Clone, Default)]
pub struct State {
    /// What the answer is of.
    asked: Option<(Scope, ListQuery)>,
    pub page: Page,
    pub missing: Vec<Missing>,
    /// The rows, each with its own content: one that changes is drawn anew, and no other.
    pub lines: Vec<Line>,
    /// Why the last refresh failed.
    pub failed: Option<AppError>,
}

/// A row for as long as it is shown.
#[derive(Clone)]
pub struct Line {
    pub id: u32,
    pub drawn: ArcRwSignal<Drawn>,
}

/// All that a row shows.
#[derive(Clone, PartialEq)]
pub struct Drawn {
    pub row: Row,
    pub rights: Rights,
}

impl Board {
    pub fn new() -> Self {
        Self { state: RwSignal::new(State::default()), settled: RwSignal::new(false), loading: RwSignal::new(true) }
    }

    /// Takes the page that was asked for. An error in its place is given back when it takes the rows away, too: those that
    /// were shown last stay when the cluster doesn't answer.
    pub fn take(self, scope: Scope, query: ListQuery, answer: Result<Answer<Page>, AppError>) -> Option<AppError> {
        _ = self.loading.try_set(false);
        self.change(false, move |state| match answer {
            Ok(answer) => {
                state.asked = Some((scope, query));
                state.draw(answer);
                None
            }
            Err(error) if state.asked.is_some() && keeps_rows(&error) => {
                state.asked = Some((scope, query));
                state.failed = Some(error);
                None
            }
            Err(error) => {
                *state = State::default();
                Some(error)
            }
        })
    }

    /// Takes the answer of a refresh. `false`: it takes the rows away, and that is not for the board to show.
    pub fn refreshed(self, asked: (Scope, ListQuery), answer: Result<Answer<Page>, AppError>) -> bool {
        self.change(true, move |state| {
            if state.asked.as_ref() != Some(&asked) {
                // Meanwhile another page was asked for.
                return true;
            }
            match answer {
                Ok(answer) => state.draw(answer),
                Err(error) if keeps_rows(&error) => {
                    state.failed = Some(error);
                    // The stream is opened anew, and brings the page as soon as it can be had.
                    state.page.version = UNKNOWN;
                }
                Err(_) => return false,
            }
            true
        })
    }

    /// Takes in what the stream tells. `false`: it doesn't fit what is shown.
    pub fn told(self, message: Message) -> bool {
        self.change(true, move |state| {
            state.failed = None;
            let Message::List(delta) = message else { return true };
            let next = delta.onto(&state.page);
            let fits = next.is_some();
            if let Some(answer) = next {
                state.draw(answer);
            }
            fits
        })
    }

    fn change<T: Default>(self, settled: bool, change: impl FnOnce(&mut State) -> T) -> T {
        // A page that is being left takes its signals along.
        _ = self.settled.try_set(settled);
        self.state.try_update(change).unwrap_or_default()
    }

    /// What the rows are of.
    pub fn asked(self) -> Option<(Scope, ListQuery)> {
        self.state.try_with_untracked(|state| state.asked.clone()).flatten()
    }

    /// The address of the stream that follows it.
    pub fn stream(self) -> Option<String> {
        self.with(|state| state.asked.as_ref().map(|(scope, query)| routes::live_list(scope, query)))
    }

    pub fn settled(self) -> RwSignal<bool> {
        self.settled
    }

    pub fn loading(self) -> RwSignal<bool> {
        self.loading
    }

    /// Says that the rows of `now` are waited for, unless they are shown.
    pub fn wait_for(self, now: (Scope, ListQuery)) {
        if self.asked().is_some_and(|shown| shown != now) {
            self.loading.set(true);
        }
    }

    /// Follows it.
    pub fn with<T>(self, of: impl FnOnce(&State) -> T) -> T {
        self.state.with(of)
    }

    pub fn with_untracked<T>(self, of: impl FnOnce(&State) -> T) -> T {
        self.state.with_untracked(of)
    }
}

impl State {
    /// Touches only rows that differ.
    fn draw(&mut self, answer: Answer<Page>) {
        let Answer { value: page, missing, .. } = answer;
        let mut last_id = self.lines.iter().map(|line| line.id).max().unwrap_or_default();
        let mut lines = Vec::with_capacity(page.rows.len());
        for row in &page.rows {
            let drawn = Drawn { row: row.clone(), rights: page.rights_in(&row.account.project) };
            let is_same = |line: &&Line| line.drawn.with_untracked(|old| is_same_account(&old.row, row));
            match self.lines.iter().find(is_same) {
                Some(line) => {
                    if line.drawn.with_untracked(|old| *old != drawn) {
                        line.drawn.set(drawn);
                    }
                    lines.push(line.clone());
                }
                None => {
                    last_id += 1;
                    lines.push(Line { id: last_id, drawn: ArcRwSignal::new(drawn) });
                }
            }
        }
        (self.page, self.missing, self.lines, self.failed) = (page, missing, lines, None);
    }
}

/// A namesake that was made since takes its row.
fn is_same_account(a: &Row, b: &Row) -> bool {
    (&a.account.name, &a.account.project) == (&b.account.name, &b.account.project)
}

/// A denial or a vanished project takes the rows away; a cluster that doesn't answer doesn't.
fn keeps_rows(error: &AppError) -> bool {
    !matches!(error, AppError::Denied(_) | AppError::NotFound)
}
