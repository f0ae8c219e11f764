//! What came of a row, in words.

use musterbook_core::{AppError, draft::Difference, form::FieldError, many::Outcome};

use crate::{
    accounts::{create::field_problem, many::run::State},
    explain::error_text,
    lang::Locale,
    text,
};

/// A badge's class and text.
pub fn said(locale: Locale, state: &State) -> (&'static str, String) {
    match state {
        State::Waiting => ("", text!(locale, bulk.waiting)),
        State::Begun => ("", text!(locale, many.creating)),
        State::Done(Outcome::Created) => ("ok", text!(locale, many.created)),
        State::Done(outcome) => told(locale, outcome),
    }
}

/// An outcome, as the plan tells it beforehand.
pub fn told(locale: Locale, outcome: &Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Created => ("ok", text!(locale, many.will_be_created)),
        Outcome::Unchanged => ("", text!(locale, many.unchanged)),
        Outcome::Differs(differences) => {
            let fields: Vec<_> = differences.iter().map(|difference| difference_text(locale, difference)).collect();
            ("warn", text!(locale, many.differs, fields = &fields.join(", ")))
        }
        Outcome::Refused(AppError::Invalid(errors)) => ("bad", problems(locale, errors)),
        Outcome::Refused(error) => ("bad", error_text(locale, error)),
    }
}

pub fn problems(locale: Locale, errors: &[FieldError]) -> String {
    errors.iter().map(|error| field_problem(locale, error)).collect::<Vec<_>>().join(" ")
}

fn difference_text(locale: Locale, difference: &Difference) -> String {
    match difference {
        Difference::BeingDeleted => text!(locale, list.being_deleted),
        Difference::Alias => text!(locale, create.alias),
        Difference::Description => text!(locale, create.description),
        Difference::Role => text!(locale, roles.label),
        Difference::Other(path) => path.clone(),
    }
}
