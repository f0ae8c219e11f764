//! The dialog *Create several service accounts*: a text, its plan, and what came of it.

use leptos::prelude::*;
use musterbook_core::many::Plan;

use crate::{
    accounts::{
        create::FindForm,
        dialogs::Place,
        many::{
            api::{CreateMany, ManyReport, PlanCreations},
            paste::PasteForm,
            plan::PlanForm,
            results::Results,
            run::Run,
        },
    },
    lang::use_locale,
    post::answered,
    text,
    ui::{Modal, use_modal},
};

pub const FORM: &str = "create-many-form";

/// What is in the dialog.
#[derive(Debug, Clone)]
pub enum Step {
    /// The text is typed or pasted. The first time, it may be what a refused post left.
    Paste {
        text: String,
        first: bool,
    },
    Planned(Plan),
}

#[component]
pub fn ManyDialog(place: Place) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Modal id="create-many" title=text!(locale, many.title) width="broad" close=place.back.get_untracked()>
            {place.wide.get_untracked().then(|| view! { <FindForm place/> })}
            <Content place/>
        </Modal>
    }
}

/// Without scripts, the page is the answer to the form.
#[component]
fn Content(place: Place) -> impl IntoView {
    if let Some(ManyReport { report, text }) = answered::<CreateMany>() {
        let run = Run::ended(&place.project.get_untracked(), report);
        run.watch_over(place);
        return view! { <Results run text place/> }.into_any();
    }
    let first = match answered::<PlanCreations>() {
        Some(plan) => Step::Planned(plan),
        None => Step::Paste { text: String::new(), first: true },
    };
    view! { <Steps first place/> }.into_any()
}

#[component]
fn Steps(first: Step, place: Place) -> impl IntoView {
    let step = RwSignal::new(first);
    let modal = use_modal();
    Effect::new(move |before: Option<()>| {
        step.track();
        if let Some(modal) = modal.filter(|_| before.is_some()) {
            modal.focus_content();
        }
    });
    move || match step.get() {
        Step::Paste { text, first } => view! { <PasteForm text first step place/> }.into_any(),
        Step::Planned(plan) => view! { <PlanForm plan step place/> }.into_any(),
    }
}
