//! How far it is, and what came of each account.

use std::sync::Arc;

use leptos::{prelude::*, server_fn::ServerFn};
use musterbook_core::many::Outcome;

use crate::{
    accounts::{
        dialogs::Place,
        many::{
            api::CreateMany,
            dialog::FORM,
            run::{Line, Run, State},
            told::said,
        },
        rounds::{Ended, RoundsView, Said, lines},
    },
    lang::{Locale, use_locale},
    plural,
    post::PostForm,
    text,
};

#[component]
pub fn Results(run: Run, text: String, place: Place) -> impl IntoView {
    let locale = use_locale();
    let (rounds, title, all) = (run.rounds.clone(), text!(locale, many.title), run.lines.clone());
    let lines = move || shown(locale, all.iter().collect());
    let ended = move || view! { <Outcomes run=run.clone() text=text.clone() place/> };
    view! { <RoundsView rounds title lines ended/> }
}

#[component]
fn Outcomes(run: Run, text: String, place: Place) -> impl IntoView {
    let locale = use_locale();
    let created = run.lines.count(|state| *state == State::Done(Outcome::Created));
    let same = run.lines.count(|state| *state == State::Done(Outcome::Unchanged));
    let rest = run.lines.count(|state| *state == State::Waiting);
    let failed = run.lines.len() - created - same - rest;
    let summary = vec![
        Some(plural!(locale, many.were_created, created)),
        (same > 0).then(|| plural!(locale, many.count_same, same)),
        (failed > 0).then(|| plural!(locale, many.count_wrong, failed)),
        (rest > 0).then(|| plural!(locale, bulk.rest, rest)),
    ];
    // What needs a look comes first.
    let mut sorted: Vec<_> = run.lines.iter().collect();
    sorted.sort_by_key(|line| line.state.with_untracked(order));
    let lines = shown(locale, sorted);
    let again = run.lines.count(may_go_on);
    let submit = Callback::new(move |_| run.go(may_go_on));
    view! {
        <Ended summary lines back=place.back.get_untracked()>
            {(again > 0)
                .then(|| {
                    view! {
                        <PostForm
                            function=CreateMany::PATH
                            submit
                            done=place.back.get_untracked()
                            id=FORM
                            class="plain"
                        >
                            <input type="hidden" name="project" value=place.project.get_untracked()/>
                            <input type="hidden" name="text" value=text/>
                            <button class="button">{plural!(locale, many.again, again)}</button>
                        </PostForm>
                    }
                })}
        </Ended>
    }
}

fn may_go_on(state: &State) -> bool {
    matches!(state, State::Waiting | State::Done(Outcome::Refused(_)))
}

fn order(state: &State) -> u8 {
    match state {
        State::Done(Outcome::Refused(_)) => 0,
        State::Done(Outcome::Differs(_)) => 1,
        State::Waiting | State::Begun => 2,
        State::Done(Outcome::Created) => 3,
        State::Done(Outcome::Unchanged) => 4,
    }
}

fn shown(locale: Locale, all: Vec<&Line>) -> AnyView {
    let line = |line: &Line| {
        let state = line.state.clone();
        let said: Said = Arc::new(move || said(locale, &state.get()));
        (line.what.name.clone(), said)
    };
    lines(locale, all.into_iter().map(line).collect())
}
