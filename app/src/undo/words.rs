//! What is said of acts, and of taking them back.

use musterbook_core::{
    AppError,
    form::Problem,
    role::RoleRef,
    undo::{Stop, Way, What},
};

use crate::{
    explain::error_text,
    lang::Locale,
    plural, text,
    undo::kept::{Done, Kept},
};

/// What was done.
pub fn done(locale: Locale, done: Done, name: &str, count: usize) -> String {
    match done {
        Done::Deleted | Done::Gone if count == 1 => text!(locale, delete.done, name = name),
        Done::Deleted | Done::Gone => plural!(locale, bulk.deleted, count),
        Done::Held => text!(locale, delete.held, name = name),
        Done::RoleChanged => text!(locale, roles.changed, name = name),
    }
}

pub fn kept(locale: Locale, kept: &Kept) -> String {
    done(locale, kept.done, &kept.name, kept.sealed.len())
}

/// How long it can be taken back.
pub fn left(locale: Locale, seconds: i64) -> String {
    let minutes = usize::try_from(seconds).unwrap_or_default().div_ceil(60);
    plural!(locale, undo.left, minutes)
}

pub fn role(locale: Locale, role: Option<&RoleRef>) -> String {
    role.map_or_else(|| text!(locale, roles.none), ToString::to_string)
}

/// Why an account, or its former role, doesn't come back.
pub fn why(locale: Locale, error: &AppError) -> String {
    match error {
        AppError::Invalid(errors) if errors.iter().any(|error| error.problem == Problem::Taken) => {
            text!(locale, undo.taken)
        }
        AppError::Conflict => text!(locale, undo.changed),
        error => why_not_bound(locale, error),
    }
}

/// Why a binding doesn't come back.
pub fn why_not_bound(locale: Locale, error: &AppError) -> String {
    match error {
        AppError::Invalid(errors) if errors.iter().any(|error| error.problem == Problem::NotOffered) => {
            text!(locale, undo.role_gone)
        }
        AppError::Conflict => text!(locale, undo.binding_taken),
        error => error_text(locale, error),
    }
}

pub fn stop(locale: Locale, stop: Stop) -> String {
    match stop {
        Stop::Expired => text!(locale, undo.expired),
        Stop::Foreign => text!(locale, undo.foreign),
        Stop::NoTime => text!(locale, undo.no_time),
    }
}

/// What came of one act, and how good that is.
pub fn outcome(locale: Locale, way: &Way) -> (&'static str, String) {
    let replay = match way {
        Err(why) => return ("bad", stop(locale, *why)),
        Ok(replay) => replay,
    };
    if let Some(error) = &replay.stops {
        return ("bad", why(locale, error));
    }
    if replay.unseen {
        return ("warn", text!(locale, undo.unseen));
    }
    let lacks = replay.bindings.iter().filter_map(|(role, why)| {
        let why = why_not_bound(locale, why.as_ref()?);
        Some(text!(locale, undo.without, role = role, why = &why))
    });
    let lacks: Vec<_> = lacks.collect();
    if lacks.is_empty() { ("ok", text!(locale, undo.is_back)) } else { ("warn", lacks.join(" ")) }
}

/// All of it is as it was.
pub fn back(locale: Locale, ways: &[Way]) -> String {
    match ways {
        [Ok(replay)] if replay.what == What::Deleted => text!(locale, undo.back, name = &replay.name),
        [Ok(replay)] => text!(locale, undo.role_back, name = &replay.name),
        ways => plural!(locale, undo.back_many, ways.len()),
    }
}
