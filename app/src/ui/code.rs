//! A text area for code, which becomes an editor once that has been loaded: a script of the bundle, for those who edit
//! (SPEC X2). Without it the text area stays, and with it the text area still holds what is typed.

use std::collections::BTreeMap;

use js_sys::{Array, Function, Promise, Reflect};
use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    lang::{Locale, use_locale},
    text,
};

/// Where `shell` leaves what loads a module of the bundle: only pages know the bundle's folder.
const LOAD: &str = "loadModule";
const MODULE: &str = "editor.js";
/// The text area's property that holds its editor.
const EDITOR: &str = "editor";

/// The text area, and the editor in front of it.
#[derive(Clone, Copy)]
pub struct CodeEditor {
    area: NodeRef<html::Textarea>,
    /// The editor has been loaded.
    pub is_there: RwSignal<bool>,
}

impl CodeEditor {
    pub fn new() -> Self {
        Self { area: NodeRef::new(), is_there: RwSignal::new(false) }
    }

    pub fn text(self) -> String {
        self.area.get_untracked().map(|area| area.value()).unwrap_or_default()
    }

    pub fn set(self, text: &str) {
        if self.is_there.get_untracked() {
            self.call("set", &[text.into()]);
        } else if let Some(area) = self.area.get_untracked() {
            area.set_value(text);
        }
    }

    /// Shows what is wrong at its place: JSON of a list of `{ line, column, message, warning }`.
    pub fn mark(self, problems: &str) {
        self.call("mark", &[problems.into()]);
    }

    /// For completion and hover text: JSON of a list of fields.
    pub fn describe(self, fields: &str) {
        self.call("describe", &[fields.into()]);
    }

    /// Both count from 1.
    pub fn go_to(self, line: u32, column: u32) {
        self.call("goTo", &[line.into(), column.into()]);
    }

    pub fn find(self) {
        self.call("find", &[]);
    }

    /// Asks for a file, and takes its text.
    pub fn upload(self) {
        self.call("upload", &[]);
    }

    fn call(self, method: &str, arguments: &[JsValue]) {
        // A dialog that is closed takes its signals along.
        let Some(area) = self.area.try_get_untracked().flatten() else { return };
        let called = Reflect::get(&area, &EDITOR.into())
            .and_then(|editor| if editor.is_undefined() { Ok(editor) } else { call(&editor, method, arguments) });
        if let Err(error) = called {
            leptos::logging::error!("the editor: {error:?}");
        }
    }

    async fn open(self, place: web_sys::HtmlElement, words: String) -> Result<(), JsValue> {
        let loading: Promise = call(&window(), LOAD, &[MODULE.into()])?.unchecked_into();
        let module = wasm_bindgen_futures::JsFuture::from(loading).await?;
        let Some(area) = self.area.try_get_untracked().flatten() else { return Ok(()) };
        let editor = call(&module, "open", &[area.clone().into(), place.into(), words.into()])?;
        Reflect::set(&area, &EDITOR.into(), &editor)?;
        self.is_there.set(true);
        Ok(())
    }
}

fn call(on: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(on, &method.into())?.dyn_into()?;
    function.apply(on, &arguments.iter().collect::<Array>())
}

/// `on_input` hears of each change.
#[component]
pub fn CodeArea(
    id: &'static str,
    name: &'static str,
    label: String,
    /// Of what describes it.
    described_by: &'static str,
    text: String,
    #[prop(optional)] read_only: bool,
    /// Of the text area.
    #[prop(default = 24)]
    rows: u8,
    #[prop(optional)] autofocus: bool,
    #[prop(into)] is_wrong: Signal<bool>,
    editor: CodeEditor,
    on_input: Callback<()>,
) -> impl IntoView {
    let locale = use_locale();
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let Some(place) = place.get() else { return };
        leptos::task::spawn_local(async move {
            if let Err(error) = editor.open(place.into(), words(locale)).await {
                leptos::logging::error!("the editor can't be loaded: {error:?}");
            }
        });
    });
    on_cleanup(move || editor.call("close", &[]));
    view! {
        <label for=id id=format!("{id}-label")>
            {label}
        </label>
        <textarea
            id=id
            name=name
            node_ref=editor.area
            rows=rows.to_string()
            autofocus=autofocus
            spellcheck="false"
            autocapitalize="none"
            autocomplete="off"
            readonly=read_only
            aria-describedby=described_by
            aria-invalid=move || is_wrong.get().to_string()
            on:input=move |_| on_input.run(())
        >
            {crate::ui::textarea_content(&text)}
        </textarea>
        <div node_ref=place></div>
    }
}

/// The editor's own words.
fn words(locale: Locale) -> String {
    let words = BTreeMap::from([
        ("Find", text!(locale, code.find)),
        ("Replace", text!(locale, code.replace)),
        ("next", text!(locale, code.next)),
        ("previous", text!(locale, code.previous)),
        ("all", text!(locale, code.all)),
        ("match case", text!(locale, code.match_case)),
        ("regexp", text!(locale, code.regexp)),
        ("by word", text!(locale, code.by_word)),
        ("replace", text!(locale, code.replace_match)),
        ("replace all", text!(locale, code.replace_all)),
        ("close", text!(locale, close)),
        ("current match", text!(locale, code.current_match)),
        ("on line", text!(locale, code.on_line)),
        ("replaced match on line $", text!(locale, code.replaced_match)),
        ("replaced $ matches", text!(locale, code.replaced)),
        ("Go to line", text!(locale, code.go_to_line)),
        ("go", text!(locale, code.go)),
        ("Fold line", text!(locale, code.fold)),
        ("Unfold line", text!(locale, code.unfold)),
        ("Folded lines", text!(locale, code.folded)),
        ("Unfolded lines", text!(locale, code.unfolded)),
        ("to", text!(locale, code.to)),
        ("folded code", text!(locale, code.folded_code)),
        ("unfold", text!(locale, code.unfold)),
        ("Completions", text!(locale, code.completions)),
        ("Diagnostics", text!(locale, code.problems)),
        ("No diagnostics", text!(locale, code.no_problems)),
        ("Control character", text!(locale, code.control_character)),
        ("Selection deleted", text!(locale, code.selection_deleted)),
    ]);
    serde_json::to_string(&words).unwrap_or_default()
}
