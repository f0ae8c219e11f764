//! How far it is, and what came of each account.

use leptos::{prelude::*, server_fn::ServerFn};
use musterbook_core::many::Outcome;

use crate::{
    accounts::{
        dialogs::Place,
        many::{
            api::CreateMany,
            dialog::FORM,
            run::{Line, Phase, Run, State},
            told::said,
        },
    },
    lang::{Locale, use_locale},
    plural,
    post::PostForm,
    text,
    ui::CancelLink,
};

#[component]
pub fn Results(run: Run, text: String, place: Place) -> impl IntoView {
    let phase = run.phase();
    move || {
        let (run, text) = (run.clone(), text.clone());
        match phase.get() {
            Phase::Ended => view! { <Ended run text place/> }.into_any(),
            now => view! { <Running run stopping=now == Phase::Stopping/> }.into_any(),
        }
    }
}

#[component]
fn Running(run: Run, stopping: bool) -> impl IntoView {
    let locale = use_locale();
    let (done, all) = (run.done(), run.round());
    let shown = done.clone();
    let lines = lines(locale, run.lines().iter().collect());
    let stop = move |_| run.stop();
    view! {
        <div class="content">
            <p class="progress">
                <progress
                    max=all.to_string()
                    prop:value=move || done.get().to_string()
                    aria-label=text!(locale, many.title)
                ></progress>
                <span>{move || text!(locale, bulk.progress, done = shown.get(), all = all)}</span>
                <span role="status">{stopping.then(|| text!(locale, bulk.stopping))}</span>
            </p>
            {lines}
            <footer>
                <button type="button" class="button" autofocus aria-disabled=stopping.to_string() on:click=stop>
                    {text!(locale, bulk.stop)}
                </button>
            </footer>
        </div>
    }
}

#[component]
fn Ended(run: Run, text: String, place: Place) -> impl IntoView {
    let locale = use_locale();
    let created = run.count(|state| *state == State::Done(Outcome::Created));
    let same = run.count(|state| *state == State::Done(Outcome::Unchanged));
    let rest = run.count(|state| *state == State::Waiting);
    let failed = run.lines().len() - created - same - rest;
    let summary = [
        Some(plural!(locale, many.were_created, created)),
        (same > 0).then(|| plural!(locale, many.count_same, same)),
        (failed > 0).then(|| plural!(locale, many.count_wrong, failed)),
        (rest > 0).then(|| plural!(locale, bulk.rest, rest)),
    ];
    // What needs a look comes first.
    let mut sorted: Vec<_> = run.lines().iter().collect();
    sorted.sort_by_key(|line| line.state.with_untracked(order));
    let lines = lines(locale, sorted);
    let again = run.count(may_go_on);
    let submit = Callback::new(move |_| run.go(may_go_on));
    view! {
        <div class="content">
            <p role="status">
                <b>{summary.into_iter().flatten().collect::<Vec<_>>().join(" ")}</b>
            </p>
            {lines}
            <footer>
                <CancelLink href=place.back.get_untracked() label=text!(locale, close) autofocus=true/>
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
            </footer>
        </div>
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

fn lines(locale: Locale, all: Vec<&Line>) -> impl IntoView + use<> {
    let lines = all.into_iter().map(|line| {
        let state = line.state.clone();
        view! {
            <li>
                <code>{line.row.name.clone()}</code>
                {move || {
                    let (class, text) = said(locale, &state.get());
                    view! { <span class=format!("badge {class}")>{text}</span> }
                }}
            </li>
        }
    });
    view! {
        <ul class="plan" tabindex="0" aria-label=text!(locale, bulk.results)>
            {lines.collect_view()}
        </ul>
    }
}
