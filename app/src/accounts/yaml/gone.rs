//! What was typed about an account that somebody deleted meanwhile. With WebAssembly the editor is still there; the page
//! that answers a form has no account to show one for.

use leptos::prelude::*;
use musterbook_core::AppError;

use crate::{
    accounts::yaml::api::SaveYaml,
    lang::use_locale,
    layout::{FormAlert, Frame},
    post::FormState,
    routes, text,
    ui::{CodeArea, CodeEditor, CopyButton, Icon, IconName, download},
};

const BOX: &str = "yaml-gone";

/// That nothing was saved, and that what was typed is there.
#[component]
pub fn GoneNote(#[prop(into)] error: Signal<Option<AppError>>) -> impl IntoView {
    let locale = use_locale();
    let note = move || view! { <p class="note">{text!(locale, yaml.gone)}</p> };
    move || (error.get() == Some(AppError::NotFound)).then(note)
}

/// The text that was posted, to be taken along.
#[component]
pub fn Gone(workspace: String, project: String, name: String, text: String) -> impl IntoView {
    let locale = use_locale();
    let form = FormState::of(ServerAction::<SaveYaml>::new());
    let editor = CodeEditor::new();
    let file = format!("{name}.{project}.serviceaccount.yaml");
    view! {
        <Frame>
            <a class="back" href=routes::list(&workspace, &project) rel="external">
                <Icon name=IconName::Back/>
                {text!(locale, list.title)}
            </a>
            <div class="head">
                <h1>{text!(locale, yaml.title, name = &name)}</h1>
            </div>
            <div class="editor" id=BOX>
                <FormAlert error=form.error() form=BOX/>
                <div id="yaml-hint">
                    <GoneNote error=Signal::stored(Some(AppError::NotFound))/>
                </div>
                <CodeArea
                    id="yaml"
                    name="text"
                    label=text!(locale, yaml.label, name = &name)
                    described_by="yaml-hint"
                    text
                    read_only=true
                    is_wrong=Signal::stored(false)
                    editor
                    on_input=Callback::new(|()| {})
                />
                <div class="buttons needs-script">
                    <button type="button" class="button" on:click=move |_| download(&file, &editor.text())>
                        <Icon name=IconName::Download/>
                        {text!(locale, download)}
                    </button>
                    <CopyButton text=Callback::new(move |()| editor.text())/>
                </div>
            </div>
        </Frame>
    }
}
