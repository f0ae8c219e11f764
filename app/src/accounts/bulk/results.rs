//! How far it is, and what came of each account.

use std::sync::Arc;

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_navigate;
use musterbook_core::bulk::Outcome;

use crate::{
    accounts::{
        bulk::{
            api::DeleteSelected,
            plan::shown_name,
            run::{Line, Run, State},
        },
        dialogs::Place,
        rounds::{Ended, RoundsView, Said, lines},
    },
    explain::error_text,
    lang::{Locale, use_locale},
    plural,
    post::PostForm,
    routes, text,
    undo::{UNDO, api::UndoActs},
    viewer::use_viewer,
};

#[component]
pub fn Results(run: Run, place: Place) -> impl IntoView {
    let locale = use_locale();
    let (rounds, title, all) = (run.rounds.clone(), text!(locale, bulk.title), run.lines.clone());
    let lines = move || shown(locale, all.iter().collect(), place);
    let ended = move || view! { <Outcomes run=run.clone() place/> };
    view! { <RoundsView rounds title lines ended/> }
}

#[component]
fn Outcomes(run: Run, place: Place) -> impl IntoView {
    let locale = use_locale();
    let deleted = run.lines.count(|state| matches!(state, State::Done(Outcome::Deleted | Outcome::Held)));
    let gone = run.lines.count(|state| *state == State::Done(Outcome::Gone));
    let rest = run.lines.count(waits);
    let failed = run.lines.len() - deleted - gone - rest;
    let summary = vec![
        Some(plural!(locale, bulk.deleted, deleted)),
        (gone > 0).then(|| plural!(locale, bulk.were_gone, gone)),
        (failed > 0).then(|| plural!(locale, bulk.failed, failed)),
        (rest > 0).then(|| plural!(locale, bulk.rest, rest)),
    ];
    // What needs a look comes first.
    let mut sorted: Vec<_> = run.lines.iter().collect();
    sorted.sort_by_key(|line| line.state.with_untracked(order));
    let lines = shown(locale, sorted, place);
    let again = run.lines.count(may_be_tried_again);
    view! {
        <Ended summary lines back=place.gone.get_untracked()>
            <Undo run=run.clone() place/>
            <Again run=run.clone() which=may_be_tried_again label=plural!(locale, bulk.try_again, again) place/>
            <Again run which=waits label=plural!(locale, bulk.go_on, rest) place/>
        </Ended>
    }
}

/// Leads to bringing them back (SPEC X5). Nothing where there is nothing to bring back.
#[component]
fn Undo(run: Run, place: Place) -> impl IntoView {
    let locale = use_locale();
    let count = run.undo.count();
    (count > 0).then(|| {
        let records = run.undo.sealed().join("\n");
        let (user, navigate) = (use_viewer().user.unwrap_or_default(), use_navigate());
        let submit = Callback::new(move |_| {
            run.undo.keep(&user);
            let back = place.back.get_untracked();
            navigate(&routes::with_more(&back, [(UNDO, String::new())]), Default::default());
        });
        view! {
            <PostForm function=UndoActs::PATH submit done=place.gone.get_untracked() class="plain">
                <input type="hidden" name="sealed" value=records/>
                <button class="button">{plural!(locale, bulk.undo, count)}</button>
            </PostForm>
        }
    })
}

/// Another round, with those that are `which`. Nothing where there are none.
#[component]
fn Again(run: Run, which: fn(&State) -> bool, label: String, place: Place) -> impl IntoView {
    let lines = run.lines.iter().filter(|line| line.state.with_untracked(which));
    let targets: Vec<_> = lines.map(|line| line.what.to_string()).collect();
    (!targets.is_empty()).then(|| {
        let bindings = run.bindings().to_string();
        let submit = Callback::new(move |_| run.go(which));
        view! {
            <PostForm function=DeleteSelected::PATH submit done=place.gone.get_untracked() class="plain">
                <input type="hidden" name="targets" value=targets.join("\n")/>
                <input type="hidden" name="bindings" value=bindings/>
                <button class="button">{label}</button>
            </PostForm>
        }
    })
}

fn waits(state: &State) -> bool {
    *state == State::Waiting
}

fn may_be_tried_again(state: &State) -> bool {
    matches!(state, State::Done(outcome) if outcome.may_be_tried_again())
}

fn order(state: &State) -> u8 {
    match state {
        State::Done(outcome) if !outcome.is_done() => 0,
        State::Waiting | State::Begun => 1,
        State::Done(Outcome::Deleted) => 3,
        State::Done(_) => 2,
    }
}

fn shown(locale: Locale, all: Vec<&Line>, place: Place) -> AnyView {
    let line = |line: &Line| {
        let state = line.state.clone();
        let said: Said = Arc::new(move || said(locale, &state.get()));
        (shown_name(&line.what, place), said)
    };
    lines(locale, all.into_iter().map(line).collect())
}

fn said(locale: Locale, state: &State) -> (&'static str, String) {
    match state {
        State::Waiting => ("", text!(locale, bulk.waiting)),
        State::Begun => ("", text!(locale, bulk.deleting)),
        State::Done(Outcome::Deleted) => ("ok", text!(locale, bulk.was_deleted)),
        State::Done(Outcome::Held) => ("warn", text!(locale, bulk.held)),
        State::Done(Outcome::Gone) => ("ok", text!(locale, bulk.gone)),
        State::Done(Outcome::Replaced) => ("bad", text!(locale, bulk.replaced)),
        State::Done(Outcome::Refused(error)) => ("bad", error_text(locale, error)),
        State::Done(Outcome::BindingStays { binding, why }) => {
            let why = error_text(locale, why);
            ("bad", text!(locale, bulk.binding_stays, binding = binding, why = &why))
        }
    }
}
