//! Text fields that are checked while one types, with the rule that the server uses (SPEC C2).

use leptos::{html, prelude::*};
use musterbook_core::form::{Field, Problem};

use crate::{
    post::FormState,
    ui::{FieldView, described_by, textarea_content},
};

/// What is typed in a field, and what is wrong with it: by our own check, else by the server's.
#[derive(Clone, Copy)]
pub struct TextState {
    name: &'static str,
    initial: StoredValue<String>,
    typed: RwSignal<String>,
    /// The field was left once, or submitted.
    left: RwSignal<bool>,
    /// The text that the server's problem is about.
    judged: RwSignal<String>,
    /// What was put in place of what was typed.
    put: RwSignal<Option<String>>,
    check: fn(&str) -> Result<(), Problem>,
    may_stay: StoredValue<Option<Signal<String>>>,
    refused: Signal<Option<Problem>>,
}

impl TextState {
    /// `name` is the posted name; the field starts with what was posted in it, else with `otherwise`.
    pub fn new(
        form: &FormState,
        field: Field,
        name: &'static str,
        otherwise: impl Into<String>,
        check: fn(&str) -> Result<(), Problem>,
    ) -> Self {
        let initial = form.initial(name, otherwise);
        Self {
            name,
            typed: RwSignal::new(initial.clone()),
            left: RwSignal::new(false),
            judged: RwSignal::new(initial.clone()),
            put: RwSignal::new(None),
            initial: StoredValue::new(initial),
            check,
            may_stay: StoredValue::new(None),
            refused: form.problem(field),
        }
    }

    /// Whatever was posted.
    pub fn starting_with(self, initial: String) -> Self {
        self.typed.set(initial.clone());
        self.judged.set(initial.clone());
        self.initial.set_value(initial);
        self
    }

    /// A text that was there before may stay, whatever the check says of it.
    pub fn keeping(self, before: impl Into<Signal<String>>) -> Self {
        self.may_stay.set_value(Some(before.into()));
        self
    }

    pub fn typed(self) -> Signal<String> {
        self.typed.into()
    }

    fn check(self, text: &str) -> Result<(), Problem> {
        // A field of one line leaves line breaks out.
        let plain = |text: &str| text.replace(['\r', '\n'], "").trim().to_owned();
        let stays = |before: Signal<String>| before.with_untracked(|before| plain(before) == plain(text));
        (self.check)(text).or_else(|problem| match self.may_stay.get_value() {
            Some(before) if stays(before) => Ok(()),
            _ => Err(problem),
        })
    }

    /// In place of what was typed.
    pub fn put(self, text: String) {
        self.typed.set(text.clone());
        self.put.set(Some(text));
    }

    pub fn problem(self) -> Signal<Option<Problem>> {
        Signal::derive(move || {
            let typed = self.typed.get();
            let own = self.check(&typed).err().filter(|_| self.left.get() || !self.is_unfinished(&typed));
            own.or_else(|| self.refused.get().filter(|_| self.judged.get() == typed))
        })
    }

    /// Call it with what is about to be sent. Whether it may be.
    pub fn submit(self, text: &str) -> bool {
        self.typed.set(text.to_owned());
        self.judged.set(text.to_owned());
        self.left.set(true);
        self.check(text).is_ok()
    }

    /// An empty field isn't told off for being left: the message would move the button that is just being clicked.
    /// A field that goes with its dialog is left, too: its signals went before it.
    fn leave(self) {
        if self.typed.try_with_untracked(String::is_empty) == Some(false) {
            self.left.set(true);
        }
    }

    /// `my-` is no name, but becomes one: nobody is told off in the middle of a word.
    fn is_unfinished(self, typed: &str) -> bool {
        (self.check)(&format!("{typed}a")).is_ok()
    }

    /// Typed before WebAssembly came, or put back by the browser.
    fn take_over(self, typed: String) {
        self.typed.set(typed);
    }
}

#[component]
pub fn TextField(
    id: &'static str,
    #[prop(into)] label: String,
    state: TextState,
    #[prop(optional, into)] hint: Signal<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    /// For what a machine reads: no capitals, no spelling.
    #[prop(optional)]
    code: bool,
    #[prop(optional, into)] placeholder: Option<String>,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = node.get() {
            match state.put.get() {
                Some(text) => input.set_value(&text),
                None => state.take_over(input.value()),
            }
        }
    });
    let problem = state.problem();
    view! {
        <FieldView id label hint required problem>
            <input
                id=id
                name=state.name
                node_ref=node
                value=state.initial.get_value()
                placeholder=placeholder
                required=required
                autofocus=autofocus
                autocomplete="off"
                autocapitalize=code.then_some("none")
                spellcheck=code.then_some("false")
                aria-describedby=described_by(id)
                aria-invalid=move || problem.get().is_some().to_string()
                on:input:target=move |event| state.typed.set(event.target().value())
                on:blur=move |_| state.leave()
            />
        </FieldView>
    }
}

#[component]
pub fn TextAreaField(
    id: &'static str,
    #[prop(into)] label: String,
    state: TextState,
    #[prop(optional, into)] hint: Signal<String>,
) -> impl IntoView {
    let node = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if let Some(area) = node.get() {
            match state.put.get() {
                Some(text) => area.set_value(&text),
                None => state.take_over(area.value()),
            }
        }
    });
    let problem = state.problem();
    view! {
        <FieldView id label hint problem>
            <textarea
                id=id
                name=state.name
                node_ref=node
                rows="2"
                aria-describedby=described_by(id)
                aria-invalid=move || problem.get().is_some().to_string()
                on:input:target=move |event| state.typed.set(event.target().value())
                on:blur=move |_| state.leave()
            >
                {textarea_content(&state.initial.get_value())}
            </textarea>
        </FieldView>
    }
}
