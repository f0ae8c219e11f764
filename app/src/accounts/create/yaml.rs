//! The same account as YAML. What is wrong with the text is said with its line, or with the field's name.

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use musterbook_core::{
    AppError,
    form::{Field, FieldError, Problem},
    yaml,
    yaml_text::set,
};

use crate::{
    accounts::{
        create::{
            api::{CreateFromYaml, DraftForm},
            dialog::{FORM, Side, Sides},
            project_field::ProjectField,
        },
        dialogs::Place,
        yaml::{explain_fields, mark_problems},
    },
    explain::problem_text,
    lang::{Locale, use_locale},
    layout::FormAlert,
    post::{FormState, PostForm, asks_for},
    text,
    ui::{CancelLink, CodeArea, CodeEditor, OtherDialogLink},
};

#[component]
pub fn YamlForm(text: String, sides: Sides, place: Place) -> impl IntoView {
    let locale = use_locale();
    let (action, turn) = (ServerAction::<CreateFromYaml>::new(), ServerAction::<DraftForm>::new());
    let form = FormState::of_posted(action, &sides.posted([CreateFromYaml::PATH, DraftForm::PATH]));
    let typed = form.initial("text", text);
    let error = sides.error(turn, form.error());
    place.finish_with(action, place.back, move |name| (text!(locale, create.done, name = &name), None));
    let to_form = sides.turner(turn, Side::Form);
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        if asks_for(&event, DraftForm::PATH) {
            if let Ok(input) = DraftForm::from_event(&event) {
                to_form.run(input);
            }
        } else if let Ok(input) = CreateFromYaml::from_event(&event)
            && !action.pending().get_untracked()
        {
            turn.clear();
            action.dispatch(input);
        }
    });
    let project = place.project;
    let unplaced = move || project.with(String::is_empty);
    let wide = place.wide.get_untracked();
    let editor = CodeEditor::new();
    explain_fields(editor);
    sides.focus_after_turning();
    follow_project(editor, project);
    let problems = move || match error.get() {
        Some(AppError::Invalid(problems)) => problems,
        _ => Vec::new(),
    };
    Effect::new(move |_| {
        if editor.is_there.get() {
            mark_problems(editor, &shown(locale, error.get()), false);
        }
    });
    // What was wrong was so with another text.
    let on_input = Callback::new(move |()| mark_problems(editor, &[], false));
    let wrong = move || matches!(error.get(), Some(AppError::Invalid(_) | AppError::Yaml { .. }));
    view! {
        <PostForm function=CreateFromYaml::PATH submit done=place.back.get_untracked() id=FORM class="editor">
            {wide.then(|| view! { <ProjectField place project/> })}
            <div class="fields" hidden=unplaced>
                <input type="hidden" name="project" value=move || project.get()/>
                {sides.typed_before()}
                <CodeArea
                    id="create-text"
                    name="text"
                    label=text!(locale, create.yaml)
                    described_by="create-text-hint create-text-problems"
                    text=typed
                    rows=16
                    autofocus=true
                    is_wrong=Signal::derive(wrong)
                    editor
                    on_input
                />
                <p class="note" id="create-text-hint">
                    {text!(locale, create.yaml_hint)}
                    {move || editor.is_there.get().then(|| format!(" {}", text!(locale, yaml.keys)))}
                </p>
            </div>
            <FormAlert error form=FORM/>
            <ul id="create-text-problems" class="problem">
                {move || {
                    let line = |problem| view! { <li>{field_problem(locale, &problem)}</li> };
                    problems().into_iter().map(line).collect_view()
                }}
            </ul>
            <footer>
                <OtherDialogLink href=place.create("many") label=text!(locale, create.several)/>
                <CancelLink href=place.back.get_untracked()/>
                <button class="button primary" hidden=unplaced aria-disabled=move || action.pending().get().to_string()>
                    {text!(locale, create.submit)}
                </button>
            </footer>
        </PostForm>
    }
}

/// Where another project is chosen, the text is one of that, unless it was of none of the two (SPEC L8).
fn follow_project(editor: CodeEditor, project: Signal<String>) {
    let namespace = |text: &str, project: &str| set(text, &["metadata", "namespace"], Some(project));
    Effect::new(move |before: Option<String>| {
        let (now, before) = (project.get(), before.unwrap_or_else(|| project.get_untracked()));
        if now.is_empty() || now == before {
            return before;
        }
        let text = editor.text();
        if namespace(&text, &before).is_some_and(|same| same.trim_end() == text.trim_end())
            && let Some(moved) = namespace(&text, &now)
        {
            editor.set(&moved);
        }
        now
    });
}

/// What is wrong with the text, as the editor shows it.
fn shown(locale: Locale, error: Option<AppError>) -> Vec<yaml::Problem> {
    match error {
        Some(AppError::Yaml { line, column, message }) => vec![yaml::Problem { line, column, message }],
        Some(AppError::Invalid(problems)) => {
            let problem = |problem| yaml::Problem { line: None, column: None, message: field_problem(locale, problem) };
            problems.iter().map(problem).collect()
        }
        _ => Vec::new(),
    }
}

/// What is wrong with a field of the YAML, where no field stands on the page.
pub fn field_problem(locale: Locale, FieldError { field, problem }: &FieldError) -> String {
    let label = match field {
        Field::Name => text!(locale, create.name),
        Field::Alias => text!(locale, create.alias),
        Field::Description => text!(locale, create.description),
        Field::Role => text!(locale, roles.label),
        Field::Kind => return text!(locale, create.wrong_kind),
        Field::Namespace => return text!(locale, create.wrong_project),
        _ => return text!(locale, create.wrong_maps),
    };
    let problem = match (field, problem) {
        (Field::Name | Field::Alias | Field::Description, Problem::NotOffered) => text!(locale, create.no_text),
        _ => problem_text(locale, problem),
    };
    format!("{label}: {problem}")
}
