//! The dialog *Undo*: what can be taken back, then what came of it.

use leptos::prelude::*;
use musterbook_core::undo::Way;

use crate::{
    accounts::{FocusContent, Instead, Place, Progress},
    lang::use_locale,
    text,
    ui::{CancelLink, Modal},
    undo::{
        ask::Ask,
        finish::address,
        kept::{self, Kept},
        posted::{Posted, leave, posted},
        run::{Phase, Run, name_of},
        words,
    },
    viewer::use_viewer,
};

/// `chosen` is which of those that the browser keeps; the newest where it is none.
#[component]
pub fn UndoDialog(chosen: String, place: Place) -> impl IntoView {
    let locale = use_locale();
    let posted = posted();
    if posted.is_some() {
        on_cleanup(leave);
    }
    view! {
        <Modal id="undo" title=text!(locale, undo.title) close=place.back.get_untracked()>
            {match posted {
                Some(Posted::Undone(ways)) => view! { <Results ways place/> }.into_any(),
                Some(Posted::Done(sealed)) => {
                    let lines = sealed.lines().map(ToOwned::to_owned).collect();
                    view! { <Undoing run=Run::new(lines, None, place) place/> }.into_any()
                }
                None => view! { <Held chosen place/> }.into_any(),
            }}
        </Modal>
    }
}

/// The server doesn't know what the browser keeps: that is looked up when the page is live.
#[component]
fn Held(chosen: String, place: Place) -> impl IntoView {
    let locale = use_locale();
    let user = use_viewer().user.unwrap_or_default();
    let held = RwSignal::new(Vec::<Kept>::new());
    Effect::new(move |_| held.set(kept::of(&user)));
    move || {
        let held = held.get();
        let one = held.iter().find(|kept| kept.until.to_string() == chosen).or(held.last());
        let Some(one) = one else {
            return view! { <Instead text=text!(locale, undo.nothing) place/> }.into_any();
        };
        let run = Run::new(one.sealed.clone(), Some(one.until), place);
        view! {
            <Others held=held.clone() shown=one.until place/>
            <FocusContent/>
            <Undoing run place/>
        }
        .into_any()
    }
}

/// Links to the others.
#[component]
fn Others(held: Vec<Kept>, shown: i64, place: Place) -> impl IntoView {
    let locale = use_locale();
    (held.len() > 1).then(|| {
        let links = held.into_iter().rev().map(|kept| {
            let href = address(&place.back.get_untracked(), kept.until.to_string());
            view! {
                <li>
                    <a href=href aria-current=(kept.until == shown).then_some("true")>
                        {words::kept(locale, &kept)}
                    </a>
                    " "
                    <small>{words::left(locale, kept.seconds_left(kept::now()))}</small>
                </li>
            }
        });
        view! { <ul class="content plain choices">{links.collect_view()}</ul> }
    })
}

#[component]
fn Undoing(run: Run, place: Place) -> impl IntoView {
    let phase = run.phase.clone();
    move || {
        let run = run.clone();
        match phase.get() {
            Phase::Asking => view! { <Ask run place/> }.into_any(),
            Phase::Running => view! { <Running run/> }.into_any(),
            Phase::Ended => view! { <Results ways=run.ways.get_untracked() place/> }.into_any(),
        }
    }
}

#[component]
fn Running(run: Run) -> impl IntoView {
    let locale = use_locale();
    let (all, ways) = (run.lines.len(), run.ways.clone());
    let done = Signal::derive(move || ways.with(Vec::len));
    let stop = Callback::new(move |()| run.stop());
    view! {
        <FocusContent/>
        <div data-changed="">
            <Progress title=text!(locale, undo.title) done all stop/>
        </div>
    }
}

#[component]
fn Results(ways: Vec<Way>, place: Place) -> impl IntoView {
    let locale = use_locale();
    let lines = ways.iter().map(|way| {
        let (class, text) = words::outcome(locale, way);
        view! {
            <li>
                <code>{name_of(way)}</code>
                <span class=format!("badge {class}")>{text}</span>
            </li>
        }
    });
    let lines: Vec<_> = lines.collect();
    view! {
        <FocusContent/>
        <div class="content">
            <ul class="plan" role="status" tabindex="0">
                {lines}
            </ul>
            <footer>
                <CancelLink href=place.back.get_untracked() label=text!(locale, close) autofocus=true/>
            </footer>
        </div>
    }
}
