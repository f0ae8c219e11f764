//! The editor: a form that works without scripts, and what helps with them. While one types, the API server says in dry
//! runs what is wrong.

use std::time::Duration;

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use musterbook_core::{
    AppError,
    error::Denial,
    kubectl,
    yaml::{AccountYaml, Verdict},
};

use crate::{
    accounts::{
        ManagedBy,
        yaml::{
            api::{CheckYaml, SaveYaml, TEXT_MAX, YamlData},
            checked::{Checked, Current},
            conflict::{Conflicts, Merging},
            explained::explain_fields,
            gone::GoneNote,
            verdict::{Said, mark},
        },
    },
    lang::use_locale,
    layout::{DenialHelp, FormAlert, KubectlCommand, use_toasts},
    post::{FormState, PostForm, on_success},
    text,
    ui::{CodeArea, CodeEditor, CopyButton, Icon, IconName, after_a_pause_of, ask_before_unload, download},
};

const FORM: &str = "yaml-form";

/// After this long without typing, the API server is asked.
const PAUSE: Duration = Duration::from_millis(700);

/// `here` loads this page anew, `details` is where saving and cancelling lead.
#[component]
pub fn Editor(data: YamlData, name: String, here: String, details: String) -> impl IntoView {
    let locale = use_locale();
    let YamlData { project, rights, account } = data;
    let AccountYaml { document, managed_fields, federated, managed_by } = account;
    let (workspace, project) = (project.workspace, project.name);
    let may_not = rights.update == Some(false);
    let read_only = may_not || federated;
    let (save, check) = (ServerAction::<SaveYaml>::new(), ServerAction::<CheckYaml>::new());
    let form = FormState::of(save);
    // A form that was refused without WebAssembly was rendered with what is in the cluster now, and goes over that.
    let posted = form.error().get_untracked();
    let late = (posted == Some(AppError::Conflict)).then(|| document.text.clone());
    let typed = form.initial("text", document.text.clone());
    let uid = form.initial("uid", document.uid.clone());
    let seen = form.initial("resource_version", document.resource_version.clone());
    let seen = if late.is_some() { document.resource_version } else { seen };
    let initial = SaveYaml {
        project: project.clone(),
        name: name.clone(),
        text: typed.clone(),
        uid: uid.clone(),
        resource_version: seen.clone(),
    };
    let command = |SaveYaml { text, resource_version, .. }: SaveYaml| {
        Some(kubectl::replace(&text.replace("\r\n", "\n"), &resource_version))
    };
    let version = RwSignal::new(seen);
    // What the text was made of.
    let base = RwSignal::new(document.text);
    let editor = CodeEditor::new();
    let (reviewed, too_large) = (RwSignal::new(false), RwSignal::new(false));
    let verdict = check.value();

    // While it is saved, and after that, the version is another one.
    let is_saving = move || save.pending().get() || save.value().with(|saved| matches!(saved, Some(Ok(_))));
    // That the text was of an older version is no news once it is merged.
    let checked = StoredValue::new(String::new());
    let is_merged = move || checked.with_value(|checked| version.with(|version| version != checked));
    let error = Signal::derive(move || match verdict.get() {
        _ if too_large.get() => Some(AppError::TooLarge),
        Some(Err(AppError::Conflict)) if is_merged() => form.error().get(),
        Some(Err(error)) if !is_saving() => Some(error),
        _ => form.error().get(),
    });
    let merging = Merging::new([workspace, project.clone(), name.clone(), uid.clone()], editor, base, version);
    Effect::new(move |before: Option<()>| {
        // What was posted without WebAssembly has no base to merge with.
        if matches!(error.get(), Some(AppError::Conflict)) && before.is_some() {
            merging.look();
        }
    });
    let fits = move |text: &str| {
        too_large.set(text.len() > TEXT_MAX);
        !too_large.get_untracked()
    };
    let (again, asked) = (StoredValue::new(false), StoredValue::new(String::new()));
    let ask = {
        let (project, name, uid) = (project.clone(), name.clone(), uid.clone());
        Callback::new(move |()| {
            let (text, resource_version) = (editor.text(), version.get_untracked());
            if check.pending().get_untracked() {
                again.set_value(true);
            } else if !untrack(is_saving) && fits(&text) {
                asked.set_value(text.clone());
                checked.set_value(resource_version.clone());
                let (project, name, uid) = (project.clone(), name.clone(), uid.clone());
                check.dispatch(CheckYaml { project, name, text, uid, resource_version });
            }
        })
    };
    // One at a time, and the last text last.
    Effect::new(move |_| {
        if !check.pending().get() && again.get_value() {
            again.set_value(false);
            ask.run(());
        }
    });
    let is_changed = move || editor.text() != base.get_untracked();
    let forget = move || {
        verdict.set(None);
        asked.set_value(String::new());
    };
    let pause = after_a_pause_of(PAUSE, move |()| {
        if !is_changed() {
            forget();
        } else if asked.with_value(|asked| *asked != editor.text()) {
            ask.run(());
        }
    });
    let on_input = Callback::new(move |()| {
        reviewed.set(false);
        save.value().set(None);
        if !read_only {
            pause(());
        }
    });
    Effect::new(move |_| mark(editor, verdict.get()));
    explain_fields(editor);
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        let Ok(input) = SaveYaml::from_event(&event) else { return };
        if fits(&input.text) && !save.pending().get_untracked() {
            forget();
            save.dispatch(input);
        }
    });
    let on_review = move |_| {
        reviewed.set(true);
        ask.run(());
    };
    let after = details.clone();
    // A page of another chunk is loaded anew.
    let (toasts, saved) = (use_toasts(), text!(locale, yaml.saved, name = &name));
    on_success(save, move |_| {
        toasts.success_on_next_page(&saved);
        if let Err(error) = window().location().assign(&after) {
            leptos::logging::error!("{error:?}");
        }
    });
    // Links, the back button and loading anew all leave the page.
    Effect::new(move |_| {
        ask_before_unload(move || {
            let is_saved = save.value().with_untracked(|saved| matches!(saved, Some(Ok(_))));
            !is_saved && is_changed()
        });
    });
    let is_wrong = move || {
        let is_bad = verdict.with(|verdict| matches!(verdict, Some(Ok(Verdict::Bad(_)))));
        is_bad || matches!(error.get(), Some(AppError::Yaml { .. }))
    };
    let would_store = move || match verdict.get() {
        // Never that of an older text.
        _ if check.pending().get() || asked.with_value(|asked| *asked != editor.text()) => None,
        Some(Ok(Verdict::Good { stored, .. })) if reviewed.get() => {
            Some(view! { <Checked before=base.get() after=stored.text/> })
        }
        _ => None,
    };
    let file = format!("{name}.{project}.serviceaccount.yaml");
    let label = text!(locale, yaml.label, name = &name);
    let denial = may_not.then(|| Denial::new("update", "", "serviceaccounts", Some(&project)));
    let save_label = if late.is_some() { text!(locale, edit.save_over) } else { text!(locale, yaml.save) };
    view! {
        <PostForm function=SaveYaml::PATH submit done=details.clone() id=FORM class="editor">
            <input type="hidden" name="project" value=project/>
            <input type="hidden" name="name" value=name/>
            <input type="hidden" name="uid" value=uid/>
            <input type="hidden" name="resource_version" value=move || version.get()/>
            {denial.map(|denial| view! { <ReadOnly denial/> })}
            {federated
                .then(|| {
                    view! {
                        <p class="warning">
                            <Icon name=IconName::Warning/>
                            <span>{text!(locale, dialog.federated)}</span>
                        </p>
                    }
                })}
            <ManagedBy manager=managed_by/>
            <FormAlert error form=FORM/>
            <GoneNote error/>
            <CodeArea
                id="yaml"
                name="text"
                label
                described_by="yaml-hint"
                text=typed
                read_only
                is_wrong=Signal::derive(is_wrong)
                editor
                on_input
            />
            <p class="note" id="yaml-hint">
                {text!(locale, yaml.hint)}
                {move || editor.is_there.get().then(|| format!(" {}", text!(locale, yaml.keys)))}
            </p>
            <Said verdict pending=check.pending() editor/>
            <div class="buttons">
                {(!read_only)
                    .then(|| {
                        view! {
                            <button class="button primary" aria-disabled=move || save.pending().get().to_string()>
                                {save_label}
                            </button>
                            <button type="button" class="button needs-script" on:click=on_review>
                                {text!(locale, yaml.review)}
                            </button>
                        }
                    })}
                <EditorButtons editor read_only/>
                <button type="button" class="button needs-script" on:click=move |_| download(&file, &editor.text())>
                    <Icon name=IconName::Download/>
                    {text!(locale, download)}
                </button>
                <CopyButton text=Callback::new(move |()| editor.text())/>
                <a class="button" href=here rel="external">
                    <Icon name=IconName::Refresh/>
                    {text!(locale, yaml.reload)}
                </a>
                <a class="button" href=details rel="external">
                    {text!(locale, cancel)}
                </a>
            </div>
            {(!read_only).then(|| view! { <KubectlCommand form=FORM initial command follows=version/> })}
            {managed_fields.map(|text| view! { <ManagedFields text/> })}
            {late.map(|text| view! { <Current text/> })}
            {would_store}
        </PostForm>
        <Conflicts merging base/>
    }
}

#[component]
fn ReadOnly(denial: Denial) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="warning">
            <Icon name=IconName::Warning/>
            <div>
                <p>{text!(locale, yaml.read_only)}</p>
                <details>
                    <summary>{text!(locale, error.denied_ask)}</summary>
                    <DenialHelp denial/>
                </details>
            </div>
        </div>
    }
}

/// Who changed which field, and when. The API server keeps it, and nobody edits it.
#[component]
fn ManagedFields(text: String) -> impl IntoView {
    let locale = use_locale();
    let label = text!(locale, yaml.managed_fields);
    view! {
        <details class="note">
            <summary>{label.clone()}</summary>
            <pre class="code" tabindex="0" aria-label=label>
                {text}
            </pre>
        </details>
    }
}

/// What only the editor can do: there once it is.
#[component]
fn EditorButtons(editor: CodeEditor, read_only: bool) -> impl IntoView {
    let locale = use_locale();
    move || {
        editor.is_there.get().then(|| {
            view! {
                <button type="button" class="button" on:click=move |_| editor.find()>
                    {text!(locale, code.find)}
                </button>
                {(!read_only)
                    .then(|| {
                        view! {
                            <button type="button" class="button" on:click=move |_| editor.upload()>
                                {text!(locale, yaml.upload)}
                            </button>
                        }
                    })}
            }
        })
    }
}
