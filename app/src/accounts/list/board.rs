//! The list as it is shown: the page that was asked for, then what the stream and refreshes bring, in place (SPEC L4, L6).

use leptos::prelude::*;
use musterbook_core::{
    Answer, AppError,
    list::{ListQuery, Page, Row, Scope},
    live::Message,
};

use crate::routes;

/// Names a row for as long as it is shown: project and account.
pub type RowKey = (String, String);

#[derive(Clone, Copy)]
pub struct Board {
    shown: RwSignal<Option<Shown>>,
    /// Why the last refresh failed.
    failed: RwSignal<Option<AppError>>,
    /// Rows that come from now on are news.
    settled: RwSignal<bool>,
}

#[derive(Clone)]
struct Shown {
    scope: Scope,
    query: ListQuery,
    answer: Answer<Page>,
}

impl Board {
    pub fn new() -> Self {
        Self { shown: RwSignal::new(None), failed: RwSignal::new(None), settled: RwSignal::new(false) }
    }

    /// Takes the page that was asked for. An error in its place is given back when it takes the rows away, too: those that
    /// were shown last stay when the cluster doesn't answer.
    pub fn take(self, scope: Scope, query: ListQuery, answer: Result<Answer<Page>, AppError>) -> Option<AppError> {
        let (shown, failed, gone) = match answer {
            Ok(answer) => (Some(Shown { scope, query, answer }), None, None),
            Err(error) => match self.shown.try_get_untracked().flatten().filter(|_| keeps_rows(&error)) {
                Some(before) => (Some(Shown { scope, query, answer: before.answer }), Some(error), None),
                None => (None, None, Some(error)),
            },
        };
        // A page that is being left takes its signals along.
        _ = self.settled.try_set(false);
        _ = self.failed.try_set(failed);
        _ = self.shown.try_set(shown);
        gone
    }

    /// Takes the answer of a refresh. `false`: it takes the rows away, and that is not for the board to show.
    pub fn refreshed(self, asked: (Scope, ListQuery), answer: Result<Answer<Page>, AppError>) -> bool {
        match answer {
            // Meanwhile another page was asked for.
            _ if self.asked() != Some(asked) => true,
            Ok(answer) => {
                self.replace(answer);
                true
            }
            Err(error) if keeps_rows(&error) => self.failed.try_set(Some(error)).is_none(),
            Err(_) => false,
        }
    }

    /// Takes in what the stream tells. `false`: it doesn't fit what is shown.
    pub fn told(self, message: Message) -> bool {
        let next = match message {
            Message::List(delta) => {
                self.shown.with_untracked(|shown| shown.as_ref().and_then(|shown| delta.onto(&shown.answer)))
            }
            _ => {
                self.failed.set(None);
                return true;
            }
        };
        let fits = next.is_some();
        if let Some(answer) = next {
            self.replace(answer);
        }
        fits
    }

    fn replace(self, answer: Answer<Page>) {
        _ = self.failed.try_set(None);
        _ = self.settled.try_set(true);
        _ = self.shown.try_update(|shown| {
            if let Some(shown) = shown {
                shown.answer = answer;
            }
        });
    }

    /// What the rows are of.
    pub fn asked(self) -> Option<(Scope, ListQuery)> {
        let asked = |shown: &Option<Shown>| shown.as_ref().map(|shown| (shown.scope.clone(), shown.query.clone()));
        self.shown.try_with_untracked(asked).flatten()
    }

    /// The address of the stream that follows it.
    pub fn stream(self) -> Signal<Option<String>> {
        let of = |shown: &Shown| routes::live_list(&shown.scope, &shown.query);
        Memo::new(move |_| self.shown.with(|shown| shown.as_ref().map(of))).into()
    }

    pub fn failed(self) -> Signal<Option<AppError>> {
        self.failed.into()
    }

    pub fn settled(self) -> Signal<bool> {
        self.settled.into()
    }

    /// Some of the answer, told only when it changes.
    pub fn part<T: PartialEq + Send + Sync + 'static>(
        self,
        of: impl Fn(&Answer<Page>) -> T + Send + Sync + 'static,
    ) -> Memo<T>
    where
        T: Default,
    {
        Memo::new(move |_| self.shown.with(|shown| shown.as_ref().map(|shown| of(&shown.answer)).unwrap_or_default()))
    }

    pub fn keys(self) -> Memo<Vec<RowKey>> {
        self.part(|answer| answer.value.rows.iter().map(key).collect())
    }

    /// One of the rows. It stays as it was when it is gone, for the moment until it is taken away.
    pub fn row(self, of: RowKey) -> Memo<Option<Row>> {
        let find = move |shown: &Shown| shown.answer.value.rows.iter().find(|row| key(row) == of).cloned();
        Memo::new(move |before: Option<&Option<Row>>| {
            let row = self.shown.with(|shown| shown.as_ref().and_then(&find));
            row.or_else(|| before.cloned().flatten())
        })
    }
}

fn key(row: &Row) -> RowKey {
    (row.account.project.clone(), row.account.name.clone())
}

/// A denial or a vanished project takes the rows away; a cluster that doesn't answer doesn't.
fn keeps_rows(error: &AppError) -> bool {
    !matches!(error, AppError::Denied(_) | AppError::NotFound)
}
