//! How far it is, and what came of each account.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_navigate;
use musterbook_core::bulk::{Outcome, Target};

use crate::{
    accounts::{
        bulk::{
            SHOWN,
            api::DeleteSelected,
            plan::shown_name,
            run::{Line, Phase, Run, State},
        },
        dialogs::Place,
    },
    explain::error_text,
    lang::{Locale, use_locale},
    plural,
    post::PostForm,
    routes, text,
    ui::CancelLink,
    undo::{UNDO, api::UndoActs},
    viewer::use_viewer,
};

#[component]
pub fn Results(run: Run, place: Place) -> impl IntoView {
    let phase = run.phase();
    move || {
        let run = run.clone();
        match phase.get() {
            Phase::Ended => view! { <Ended run place/> }.into_any(),
            now => view! { <Running run stopping=now == Phase::Stopping place/> }.into_any(),
        }
    }
}

#[component]
fn Running(run: Run, stopping: bool, place: Place) -> impl IntoView {
    let locale = use_locale();
    let (done, all) = (run.done(), run.round());
    let shown = done.clone();
    let lines = lines(locale, run.lines().iter().collect(), place);
    let stop = move |_| run.stop();
    view! {
        <div class="content">
            <p class="progress">
                <progress
                    max=all.to_string()
                    prop:value=move || done.get().to_string()
                    aria-label=text!(locale, bulk.title)
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
fn Ended(run: Run, place: Place) -> impl IntoView {
    let locale = use_locale();
    let deleted = run.count(|state| matches!(state, State::Done(Outcome::Deleted | Outcome::Held)));
    let gone = run.count(|state| *state == State::Done(Outcome::Gone));
    let rest = run.count(waits);
    let failed = run.lines().len() - deleted - gone - rest;
    let summary = [
        Some(plural!(locale, bulk.deleted, deleted)),
        (gone > 0).then(|| plural!(locale, bulk.were_gone, gone)),
        (failed > 0).then(|| plural!(locale, bulk.failed, failed)),
        (rest > 0).then(|| plural!(locale, bulk.rest, rest)),
    ];
    // What needs a look comes first.
    let mut sorted: Vec<_> = run.lines().iter().collect();
    sorted.sort_by_key(|line| line.state.with_untracked(order));
    let lines = lines(locale, sorted, place);
    let again = run.count(may_be_tried_again);
    view! {
        <div class="content">
            <p role="status">
                <b>{summary.into_iter().flatten().collect::<Vec<_>>().join(" ")}</b>
            </p>
            {lines}
            <footer>
                <CancelLink href=place.gone.get_untracked() label=text!(locale, close) autofocus=true/>
                <Undo run=run.clone() place/>
                <Again run=run.clone() which=may_be_tried_again label=plural!(locale, bulk.try_again, again) place/>
                <Again run which=waits label=plural!(locale, bulk.go_on, rest) place/>
            </footer>
        </div>
    }
}

/// Leads to bringing them back (SPEC X5). Nothing where there is nothing to bring back.
#[component]
fn Undo(run: Run, place: Place) -> impl IntoView {
    let locale = use_locale();
    let count = run.undoable();
    (count > 0).then(|| {
        let records = run.records().join("\n");
        let (user, navigate) = (use_viewer().user.unwrap_or_default(), use_navigate());
        let submit = Callback::new(move |_| {
            run.keep(&user);
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
    let lines = run.lines().iter().filter(|line| line.state.with_untracked(which));
    let targets: Vec<_> = lines.map(|line| line.target.to_string()).collect();
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
        State::Waiting | State::Deleting => 1,
        State::Done(Outcome::Deleted) => 3,
        State::Done(_) => 2,
    }
}

fn lines(locale: Locale, all: Vec<&Line>, place: Place) -> impl IntoView + use<> {
    let more = all.len().saturating_sub(SHOWN);
    let lines = all
        .into_iter()
        .take(SHOWN)
        .map(|line| line_view(locale, &line.target, line.state.clone(), place))
        .collect_view();
    view! {
        <ul class="plan" tabindex="0" aria-label=text!(locale, bulk.results)>
            {lines} {(more > 0).then(|| view! { <li>{plural!(locale, bulk.more, more)}</li> })}
        </ul>
    }
}

fn line_view(locale: Locale, target: &Target, state: ArcRwSignal<State>, place: Place) -> impl IntoView + use<> {
    let name = shown_name(target, place);
    view! {
        <li>
            <code>{name}</code>
            {move || {
                let (class, text) = said(locale, &state.get());
                view! { <span class=format!("badge {class}")>{text}</span> }
            }}
        </li>
    }
}

fn said(locale: Locale, state: &State) -> (&'static str, String) {
    match state {
        State::Waiting => ("", text!(locale, bulk.waiting)),
        State::Deleting => ("", text!(locale, bulk.deleting)),
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
