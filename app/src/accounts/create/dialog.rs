//! The create dialog (SPEC C1): a form or its YAML, empty or a copy of another account.

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use leptos_router::params::ParamsMap;
use musterbook_core::{AppError, draft::Draft, yaml_text::scalar};

use crate::{
    accounts::{
        account_dialog::Failed,
        create::{
            api::{CreateFromYaml, DraftForm, DraftYaml, copy_account},
            copied::CopiedNote,
            form::CreateForm,
            project_field::FindForm,
            yaml::YamlForm,
        },
        dialogs::Place,
    },
    lang::use_locale,
    post::{INSTEAD_FIELD, answered, on_success, typed_in, was_refused},
    text,
    ui::{Icon, IconName, Modal, use_modal},
};

pub const FORM: &str = "create-form";

/// What the dialog begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begin {
    Form,
    Yaml,
    /// A copy of the account of this name.
    Copy(String),
    /// Several accounts: another dialog.
    Many,
}

impl Begin {
    /// `None` where the address names no new account.
    pub fn from_query(query: &ParamsMap) -> Option<Self> {
        let kind = query.get("create")?;
        let from = query.get("from").filter(|name| !name.is_empty());
        Some(match (kind.as_str(), from) {
            ("many", _) => Self::Many,
            ("yaml", None) => Self::Yaml,
            (_, None) => Self::Form,
            (_, Some(from)) => Self::Copy(from),
        })
    }
}

/// What is in the dialog.
#[derive(Debug, Clone)]
pub enum Side {
    Form(Draft),
    Yaml(String),
}

/// Which side is shown. Only the first one may be what a refused post left.
#[derive(Clone, Copy)]
pub struct Sides {
    pub shown: RwSignal<Side>,
    turned: RwSignal<bool>,
}

impl Sides {
    fn new(first: Side) -> Self {
        Self { shown: RwSignal::new(first), turned: RwSignal::new(false) }
    }

    fn turn_to(self, side: Side) {
        self.turned.set(true);
        self.shown.set(side);
    }

    /// Asks for the other side of what is typed. What is typed until the answer is there is asked for as well.
    pub fn turner<F>(self, turn: ServerAction<F>, side: fn(F::Output) -> Side) -> Callback<F>
    where
        F: ServerFn<Error = AppError> + FromFormData + Clone + PartialEq + Send + Sync + 'static,
        F::Output: Clone + Send + Sync + 'static,
    {
        let asked = StoredValue::new(None);
        let ask = Callback::new(move |typed: F| {
            asked.set_value(Some(typed.clone()));
            turn.dispatch(typed);
        });
        on_success(turn, move |answer| match typed_in::<F>(FORM) {
            Some(typed) if asked.with_value(|asked| asked.as_ref() != Some(&typed)) => ask.run(typed),
            _ => self.turn_to(side(answer)),
        });
        ask
    }

    /// The error of what was asked last: to turn, or to create.
    pub fn error<F>(self, turn: ServerAction<F>, create: Signal<Option<AppError>>) -> Signal<Option<AppError>>
    where
        F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
        F::Output: Clone + Send + Sync + 'static,
    {
        let value = turn.value();
        Signal::derive(move || match value.get() {
            Some(Err(error)) => Some(error),
            _ => create.get(),
        })
    }

    /// The button that turned the form stays where it is; what was typed in goes.
    pub fn focus_after_turning(self) {
        let modal = use_modal().filter(|_| self.turned.get_untracked());
        Effect::new(move |_| {
            if let Some(modal) = modal {
                modal.focus_content();
            }
        });
    }

    /// What was typed on the other side is none of the controls' changes any more: who leaves it is asked all the same.
    pub fn typed_before(self) -> impl IntoView {
        self.turned.get_untracked().then(|| view! { <span data-changed=""></span> })
    }

    /// Functions that the first side's form may have been posted to.
    pub fn posted<const N: usize>(self, functions: [&'static str; N]) -> Vec<&'static str> {
        if self.turned.get_untracked() { Vec::new() } else { functions.to_vec() }
    }
}

#[component]
pub fn CreateDialog(begin: Begin, place: Place) -> impl IntoView {
    let locale = use_locale();
    let sides = Sides::new(posted_side().unwrap_or_else(|| match &begin {
        Begin::Yaml => Side::Yaml(template(&place.project.get_untracked())),
        Begin::Form | Begin::Copy(_) | Begin::Many => Side::Form(Draft::default()),
    }));
    view! {
        <Modal
            id="create"
            title=text!(locale, create.title)
            close=place.back.get_untracked()
            aside=ViewFn::from(move || view! { <Turn sides place/> })
        >
            {place.wide.get_untracked().then(|| view! { <FindForm place/> })}
            {match begin {
                Begin::Copy(from) => view! { <CopyOf from sides place/> }.into_any(),
                Begin::Form | Begin::Yaml | Begin::Many => view! { <Shown sides place/> }.into_any(),
            }}
        </Modal>
    }
}

/// Without scripts, the page is the answer to the form.
fn posted_side() -> Option<Side> {
    if let Some(draft) = answered::<DraftYaml>() {
        return Some(Side::Yaml(draft.text));
    }
    if let Some(draft) = answered::<DraftForm>() {
        return Some(Side::Form(draft));
    }
    [CreateFromYaml::PATH, DraftForm::PATH].iter().any(|path| was_refused(path)).then(|| Side::Yaml(String::new()))
}

/// What YAML begins with where nothing was typed.
fn template(project: &str) -> String {
    let project = scalar(project);
    format!("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: \"\"\n  namespace: {project}\n")
}

/// The button that turns the form to its other side: it sends the form to the function that does it. The first button of a
/// form is what Enter presses in a field: so there is one before it that creates.
#[component]
fn Turn(sides: Sides, place: Place) -> impl IntoView {
    let locale = use_locale();
    let unplaced = move || place.project.with(String::is_empty);
    let is_yaml = move || sides.shown.with(|side| matches!(side, Side::Yaml(_)));
    view! {
        <button form=FORM hidden></button>
        <button
            form=FORM
            class="button quiet"
            name=INSTEAD_FIELD
            value=move || if is_yaml() { DraftForm::PATH } else { DraftYaml::PATH }
            hidden=unplaced
        >
            <Icon name=IconName::Yaml/>
            {move || if is_yaml() { text!(locale, create.to_form) } else { text!(locale, create.to_yaml) }}
        </button>
    }
}

#[component]
fn Shown(sides: Sides, place: Place) -> impl IntoView {
    move || match sides.shown.get() {
        Side::Form(draft) => view! { <CreateForm draft sides place/> }.into_any(),
        Side::Yaml(text) => view! { <YamlForm text sides place/> }.into_any(),
    }
}

#[component]
fn CopyOf(from: String, sides: Sides, place: Place) -> impl IntoView {
    let locale = use_locale();
    let (workspace, project) = (place.workspace.get_untracked(), place.project.get_untracked());
    let name = from.clone();
    let copied = Resource::new(|| (), move |()| copy_account(workspace.clone(), project.clone(), name.clone()));
    view! {
        <Suspense fallback=move || view! { <p class="content">{text!(locale, loading)}</p> }>
            <div>
                {move || {
                    let from = from.clone();
                    Suspend::new(async move {
                        match copied.await {
                            Ok(copied) => {
                                if let Some(draft) = begins_with(sides, copied.draft) {
                                    sides.shown.set(Side::Form(draft));
                                }
                                let not_copied = copied.not_copied;
                                view! {
                                    <CopiedNote from not_copied/>
                                    <Shown sides place/>
                                }
                                    .into_any()
                            }
                            Err(error) => view! { <Failed error place/> }.into_any(),
                        }
                    })
                }}
            </div>
        </Suspense>
    }
}

/// The copy, where the form isn't on its way already: posted, or turned.
fn begins_with(sides: Sides, draft: Draft) -> Option<Draft> {
    let untouched = sides.shown.with_untracked(|side| matches!(side, Side::Form(draft) if *draft == Draft::default()));
    (untouched && !sides.turned.get_untracked()).then_some(draft)
}
