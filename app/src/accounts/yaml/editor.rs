//! The editor: a text area that works without scripts, and what helps with them.

use leptos::{form::FromFormData, html, prelude::*, server_fn::ServerFn};
use musterbook_core::{AppError, error::Denial, kubectl, yaml::YamlDocument};

use crate::{
    accounts::yaml::{
        api::{CheckYaml, SaveYaml, TEXT_MAX, YamlData, get_yaml},
        caret::go_to,
        checked::{Checked, Current},
    },
    lang::use_locale,
    layout::{DenialHelp, FormAlert, KubectlCommand},
    post::{FormState, PostForm, on_success},
    text,
    ui::{Icon, IconName, download, textarea_content},
};

const FORM: &str = "yaml-form";

/// `here` loads this page anew, `details` is where saving and cancelling lead.
#[component]
pub fn Editor(data: YamlData, name: String, here: String, details: String) -> impl IntoView {
    let locale = use_locale();
    let YamlData { project, rights, document } = data;
    let (workspace, project) = (project.workspace, project.name);
    let read_only = rights.update == Some(false);
    let (save, check) = (ServerAction::<SaveYaml>::new(), ServerAction::<CheckYaml>::new());
    let form = FormState::of(save);
    let error = last_error(check, form.error());
    let typed = form.initial("text", document.text.clone());
    let (uid, seen) = (
        form.initial("uid", document.uid.clone()),
        form.initial("resource_version", document.resource_version.clone()),
    );
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
    let current = current_version(error, document.clone(), [workspace, project.clone(), name.clone()]);
    // Saving again goes over the version that is shown now, and over no other.
    let version = Memo::new(move |_| current.get().map_or_else(|| seen.clone(), |current| current.resource_version));
    let loaded = StoredValue::new(document.text);
    let area = NodeRef::<html::Textarea>::new();
    let text_now = move || area.get_untracked().map(|area| area.value()).unwrap_or_default();
    let too_large = RwSignal::new(false);
    let fits = move |text: &str| {
        too_large.set(text.len() > TEXT_MAX);
        !too_large.get_untracked()
    };
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        let Ok(input) = SaveYaml::from_event(&event) else { return };
        if fits(&input.text) && !save.pending().get_untracked() {
            check.value().set(None);
            save.dispatch(input);
        }
    });
    let on_check = {
        let (project, name, uid) = (project.clone(), name.clone(), uid.clone());
        move |_| {
            let (project, name, uid) = (project.clone(), name.clone(), uid.clone());
            let (text, resource_version) = (text_now(), version.get_untracked());
            if fits(&text) && !check.pending().get_untracked() {
                check.dispatch(CheckYaml { project, name, text, uid, resource_version });
            }
        }
    };
    let after = details.clone();
    // A page of another chunk is loaded anew.
    on_success(save, move |_| {
        if let Err(error) = window().location().assign(&after) {
            leptos::logging::error!("{error:?}");
        }
    });
    let take = Callback::new(move |()| {
        if let (Some(area), Some(current)) = (area.get_untracked(), current.get_untracked()) {
            area.set_value(&current.text);
        }
    });
    let shown = Signal::derive(move || if too_large.get() { Some(AppError::TooLarge) } else { error.get() });
    let outcome = check.value();
    let asks = move |event: leptos::ev::MouseEvent| {
        let same = text_now() == loaded.get_value();
        let ask = text!(locale, yaml.discard);
        if !same && !window().confirm_with_message(&ask).unwrap_or(true) {
            event.prevent_default();
        }
    };
    let file = format!("{name}.{project}.serviceaccount.yaml");
    let label = text!(locale, yaml.label, name = &name);
    let denial = read_only.then(|| Denial::new("update", "", "serviceaccounts", Some(&project)));
    view! {
        <PostForm function=SaveYaml::PATH submit done=details.clone() id=FORM class="editor">
            <input type="hidden" name="project" value=project/>
            <input type="hidden" name="name" value=name/>
            <input type="hidden" name="uid" value=uid/>
            <input type="hidden" name="resource_version" value=move || version.get()/>
            {denial
                .map(|denial| {
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
                })}
            <FormAlert error=shown form=FORM/>
            <GoToLine error=shown area/>
            <label for="yaml">{label}</label>
            <textarea
                id="yaml"
                name="text"
                node_ref=area
                rows="24"
                spellcheck="false"
                autocapitalize="none"
                autocomplete="off"
                readonly=read_only
                aria-describedby="yaml-hint"
                aria-invalid=move || matches!(shown.get(), Some(AppError::Yaml { .. })).to_string()
            >
                {textarea_content(&typed)}
            </textarea>
            <p class="note" id="yaml-hint">
                {text!(locale, yaml.hint)}
            </p>
            <div class="buttons">
                {(!read_only)
                    .then(|| {
                        view! {
                            <button class="button primary" aria-disabled=move || save.pending().get().to_string()>
                                {move || {
                                    if current.get().is_some() {
                                        text!(locale, edit.save_over)
                                    } else {
                                        text!(locale, yaml.save)
                                    }
                                }}
                            </button>
                            <button
                                type="button"
                                class="button needs-script"
                                aria-disabled=move || check.pending().get().to_string()
                                on:click=on_check
                            >
                                {text!(locale, yaml.check)}
                            </button>
                        }
                    })}
                <button
                    type="button"
                    class="button needs-script"
                    on:click=move |_| download(&file, &text_now())
                >
                    <Icon name=IconName::Download/>
                    {text!(locale, download)}
                </button>
                <a class="button" href=here rel="external" on:click=asks>
                    <Icon name=IconName::Refresh/>
                    {text!(locale, yaml.reload)}
                </a>
                <a class="button" href=details rel="external" on:click=asks>
                    {text!(locale, cancel)}
                </a>
            </div>
            {(!read_only).then(|| view! { <KubectlCommand form=FORM initial command/> })}
            {move || current.get().map(|current| view! { <Current text=current.text take/> })}
            {move || match outcome.get() {
                Some(Ok(after)) => {
                    let before = current.get().map_or_else(|| loaded.get_value(), |current| current.text);
                    Some(view! { <Checked before after=after.text/> })
                }
                _ => None,
            }}
        </PostForm>
    }
}

/// The error of what was asked last: a check, or saving.
fn last_error(check: ServerAction<CheckYaml>, save: Signal<Option<AppError>>) -> Signal<Option<AppError>> {
    let checked = check.value();
    Signal::derive(move || match checked.get() {
        Some(Ok(_)) => None,
        Some(Err(error)) => Some(error),
        None => save.get(),
    })
}

/// After a conflict: the version that the cluster has now. It stays for as long as the page, since it is what the next
/// attempt goes over. A form that was refused without WebAssembly was rendered with it.
fn current_version(
    error: Signal<Option<AppError>>,
    rendered: YamlDocument,
    [workspace, project, name]: [String; 3],
) -> Signal<Option<YamlDocument>> {
    let read = Action::new(move |()| get_yaml(workspace.clone(), project.clone(), name.clone()));
    let again = read.value();
    let before_hydration = matches!(error.get_untracked(), Some(AppError::Conflict)).then_some(rendered);
    Effect::new(move |first: Option<()>| {
        if matches!(error.get(), Some(AppError::Conflict)) && first.is_some() {
            read.dispatch(());
        }
    });
    Signal::derive(move || match again.get() {
        Some(Ok(answer)) => Some(answer.value.document),
        _ => before_hydration.clone(),
    })
}

#[component]
fn GoToLine(error: Signal<Option<AppError>>, area: NodeRef<html::Textarea>) -> impl IntoView {
    let locale = use_locale();
    let place = move || match error.get() {
        Some(AppError::Yaml { line: Some(line), column, .. }) => Some((line, column.unwrap_or(1))),
        _ => None,
    };
    move || {
        place().map(|(line, column)| {
            let go = move |_| {
                if let Some(area) = area.get_untracked() {
                    go_to(&area, line, column);
                }
            };
            view! {
                <p class="needs-script">
                    <button type="button" class="button" on:click=go>
                        {text!(locale, yaml.go_to, line = line)}
                    </button>
                </p>
            }
        })
    }
}
