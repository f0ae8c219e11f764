//! What would come back, what can't, and the button.

use leptos::{prelude::*, server_fn::ServerFn};
use musterbook_core::{
    AppError,
    undo::{Replay, What},
};

use crate::{
    accounts::{Failed, FocusContent, Instead, Place},
    lang::use_locale,
    layout::{DenialHelp, FormAlert},
    post::{FormState, PostForm},
    text,
    ui::CancelLink,
    undo::{
        api::{UndoActs, plan_undo},
        kept::Done,
        run::Run,
        words,
    },
};

const FORM: &str = "undo-form";

/// One act is tried before, by dry runs.
#[component]
pub fn Ask(run: Run, place: Place) -> impl IntoView {
    let locale = use_locale();
    let [line] = &run.lines[..] else { return view! { <AskForm run replay=None place/> }.into_any() };
    let line = line.clone();
    let plan = Resource::new(|| (), move |()| plan_undo(line.clone()));
    view! {
        <Suspense fallback=move || view! { <p class="content">{text!(locale, loading)}</p> }>
            <div>
                {move || {
                    let run = run.clone();
                    Suspend::new(async move {
                        match plan.await {
                            Ok(Ok(replay)) => {
                                view! {
                                    <FocusContent/>
                                    <AskForm run replay=Some(replay) place/>
                                }
                                    .into_any()
                            }
                            Ok(Err(why)) => view! { <Instead text=words::stop(locale, why) place/> }.into_any(),
                            Err(error) => view! { <Failed error place/> }.into_any(),
                        }
                    })
                }}
            </div>
        </Suspense>
    }
    .into_any()
}

#[component]
fn AskForm(run: Run, replay: Option<Replay>, place: Place) -> impl IntoView {
    let locale = use_locale();
    let posted = FormState::of(ServerAction::<UndoActs>::new()).error();
    let failed = run.error.clone();
    let error = Signal::derive(move || failed.get().or_else(|| posted.get()));
    let rest = run.not_back();
    let (lines, count) = (rest.join("\n"), rest.len());
    let stops = replay.as_ref().is_some_and(|replay| replay.stops.is_some());
    let deleted = replay.as_ref().is_none_or(|replay| replay.what == What::Deleted);
    // On the page that answers the act, nobody has asked for undoing it yet.
    let unasked = !run.is_kept();
    let submit = Callback::new(move |_| run.begin());
    let close = if stops || unasked { text!(locale, close) } else { text!(locale, cancel) };
    view! {
        <PostForm function=UndoActs::PATH submit done=place.back.get_untracked() id=FORM>
            <input type="hidden" name="sealed" value=lines/>
            {match replay {
                Some(replay) => view! { <PlanView replay/> }.into_any(),
                None => {
                    view! {
                        <p>
                            <b>{words::done(locale, Done::Deleted, "", count)}</b>
                            " "
                            {text!(locale, undo.many)}
                        </p>
                    }
                        .into_any()
                }
            }}
            {(deleted && !stops).then(|| view! { <p class="warning">{text!(locale, undo.lost)}</p> })}
            <FormAlert error form=FORM/>
            <footer>
                <CancelLink href=place.back.get_untracked() label=close autofocus=stops || unasked/>
                {(!stops)
                    .then(|| {
                        view! {
                            <button class="button primary" autofocus=!unasked>
                                {text!(locale, undo.submit)}
                            </button>
                        }
                    })}
            </footer>
        </PostForm>
    }
}

/// What was done to an account, and what of it can be taken back.
#[component]
fn PlanView(replay: Replay) -> impl IntoView {
    let locale = use_locale();
    let Replay { name, what, stops, bindings, unseen, .. } = replay;
    let did = if what == What::Deleted { Done::Deleted } else { Done::RoleChanged };
    let done = words::done(locale, did, &name, 1);
    if let Some(error) = stops {
        let denial = match &error {
            AppError::Denied(denial) => Some(denial.clone()),
            _ => None,
        };
        return view! {
            <p>
                <b>{done}</b>
            </p>
            <div class="alert" role="alert">
                <p>{words::why(locale, &error)}</p>
                {denial.map(|denial| view! { <DenialHelp denial/> })}
            </div>
        }
        .into_any();
    }
    let comes = match what {
        What::Deleted => text!(locale, undo.account),
        What::RoleChanged { from, to } => {
            let (from, to) = (words::role(locale, from.as_ref()), words::role(locale, to.as_ref()));
            text!(locale, undo.role, from = &from, to = &to)
        }
    };
    let bindings = bindings.into_iter().map(|(role, why)| {
        let (class, text) = match why {
            None => ("badge ok", text!(locale, undo.comes_back)),
            Some(error) => ("badge warn", words::why_not_bound(locale, &error)),
        };
        view! {
            <li>
                <span class="badge role">{role.to_string()}</span>
                " "
                <span class=class>{text}</span>
            </li>
        }
    });
    let bindings: Vec<_> = bindings.collect();
    view! {
        <p>
            <b>{done}</b>
        </p>
        <p>{comes}</p>
        {(!bindings.is_empty()).then(|| view! { <ul class="plain">{bindings}</ul> })}
        {unseen.then(|| view! { <p class="warning">{text!(locale, undo.unseen)}</p> })}
        {(did == Done::RoleChanged).then(|| view! { <p class="note">{text!(locale, undo.role_note)}</p> })}
    }
    .into_any()
}
