//! How far it is, and what came of each account.

use std::sync::{Arc, atomic::Ordering};

use leptos::prelude::*;

use crate::{
    accounts::rounds::{Phase, Rounds},
    lang::{Locale, use_locale},
    plural, text,
    ui::CancelLink,
};

/// Accounts that are written out; the others are counted. Those that matter come first.
pub const SHOWN: usize = 200;

/// How an account is doing: a badge's class and text.
pub type Said = Arc<dyn Fn() -> (&'static str, String) + Send + Sync>;

/// The accounts by their names.
pub fn lines(locale: Locale, mut all: Vec<(String, Said)>) -> AnyView {
    let more = all.len().saturating_sub(SHOWN);
    all.truncate(SHOWN);
    let lines = all.into_iter().map(|(name, said)| {
        view! {
            <li>
                <code>{name}</code>
                {move || {
                    let (class, text) = said();
                    view! { <span class=format!("badge {class}")>{text}</span> }
                }}
            </li>
        }
    });
    view! {
        <ul class="plan" tabindex="0" aria-label=text!(locale, bulk.results)>
            {lines.collect_view()} {(more > 0).then(|| view! { <li>{plural!(locale, bulk.more, more)}</li> })}
        </ul>
    }
    .into_any()
}

/// `lines` are those of a round that runs, `ended` is what came of all of them.
#[component]
pub fn RoundsView(
    rounds: Rounds,
    title: String,
    #[prop(into)] lines: ViewFn,
    #[prop(into)] ended: ViewFn,
) -> impl IntoView {
    let phase = rounds.phase();
    move || match phase.get() {
        Phase::Ended => ended.run(),
        now => {
            let (done, all) = (rounds.done.clone(), rounds.all.load(Ordering::Relaxed));
            let stop = {
                let rounds = rounds.clone();
                Callback::new(move |()| rounds.stop())
            };
            let (stopping, lines) = (now == Phase::Stopping, lines.run());
            view! {
                <Progress title=title.clone() done=Signal::derive(move || done.get()) all stopping stop>
                    {lines}
                </Progress>
            }
            .into_any()
        }
    }
}

/// How far it is, and the button that stops it.
#[component]
pub fn Progress(
    title: String,
    done: Signal<usize>,
    all: usize,
    #[prop(optional)] stopping: bool,
    stop: Callback<()>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="content">
            <p class="progress">
                <progress max=all.to_string() prop:value=move || done.get().to_string() aria-label=title></progress>
                <span>{move || text!(locale, bulk.progress, done = done.get(), all = all)}</span>
                <span role="status">{stopping.then(|| text!(locale, bulk.stopping))}</span>
            </p>
            {children.map(|children| children())}
            <footer>
                <button
                    type="button"
                    class="button"
                    autofocus
                    aria-disabled=stopping.to_string()
                    on:click=move |_| stop.run(())
                >
                    {text!(locale, bulk.stop)}
                </button>
            </footer>
        </div>
    }
}

/// What came of it in all, then each account; `children` are what can be done next.
#[component]
pub fn Ended(
    summary: Vec<Option<String>>,
    lines: AnyView,
    /// Where closing leads.
    back: String,
    children: Children,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="content">
            <p role="status">
                <b>{summary.into_iter().flatten().collect::<Vec<_>>().join(" ")}</b>
            </p>
            {lines}
            <footer>
                <CancelLink href=back label=text!(locale, close) autofocus=true/>
                {children()}
            </footer>
        </div>
    }
}
