//! The create dialog (SPEC C1): name, alias, description, project role.

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use musterbook_core::{
    form::{CreateInput, DESCRIPTION_MAX, Field, check_alias, check_description, check_name},
    kubectl,
};

use crate::{
    accounts::{
        create::{
            api::CreateAccount,
            project_field::{FindForm, ProjectField},
        },
        dialogs::Place,
    },
    lang::use_locale,
    layout::{FormAlert, KubectlCommand},
    post::{FormState, PostForm},
    roles::RoleField,
    text,
    ui::{CancelLink, Modal, TextAreaField, TextField, TextState, focus_first},
    viewer::use_viewer,
};

const FORM: &str = "create-form";

#[component]
pub fn CreateDialog(place: Place) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Modal id="create" title=text!(locale, create.title) close=place.back.get_untracked()>
            {place.wide.get_untracked().then(|| view! { <FindForm place/> })}
            <CreateForm place/>
        </Modal>
    }
}

#[component]
fn CreateForm(place: Place) -> impl IntoView {
    let locale = use_locale();
    let action = ServerAction::<CreateAccount>::new();
    let form = FormState::of(action);
    let name = TextState::new(&form, Field::Name, "input[name]", "", |text| check_name(text.trim()));
    let alias = alias_state(&form, "");
    let description = description_state(&form, "");
    // Made outside of the dialog: it still looks at it while it is closed.
    let project = place.project;
    let typed = |field| form.initial(field, "");
    let input = CreateInput {
        name: typed("input[name]"),
        alias: typed("input[alias]"),
        description: typed("input[description]"),
        role: typed("input[role]"),
    };
    let initial = CreateAccount { project: project.get_untracked(), input };
    let creator = use_viewer().user.unwrap_or_default();
    let command = move |CreateAccount { project, input }: CreateAccount| {
        (!project.is_empty()).then(|| kubectl::create(&project, &input, &creator))
    };
    let (role, role_problem) = (form.initial("input[role]", ""), form.problem(Field::Role));
    // Another project has other roles: the choice of one is made anew (SPEC L8).
    let first = project.get_untracked();
    let role_field = move || {
        let name = project.get();
        (!name.is_empty()).then(|| {
            let initial = if name == first { role.clone() } else { String::new() };
            let place = Place { project: Signal::stored(name), ..place };
            view! { <RoleField place name="input[role]" initial problem=role_problem/> }
        })
    };
    let unplaced = move || project.with(String::is_empty);
    let wide = place.wide.get_untracked();
    Effect::new(move |before: Option<bool>| {
        let unplaced = unplaced();
        if before.is_some_and(|before| before != unplaced) {
            focus_first(FORM, if unplaced { "[type=search]" } else { "[name='input[name]']" });
        }
        unplaced
    });
    place.finish(action, place.back, move || text!(locale, create.done, name = &name.typed().get_untracked()));
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        let Ok(CreateAccount { project, input }) = CreateAccount::from_event(&event) else { return };
        let input = input.normalised();
        let fine = [name.submit(&input.name), alias.submit(&input.alias), description.submit(&input.description)];
        if fine.contains(&false) {
            focus_first(FORM, "[aria-invalid=true]");
        } else if !action.pending().get_untracked() {
            action.dispatch(CreateAccount { project, input });
        }
    });
    let error = form.error();
    view! {
        <PostForm function=CreateAccount::PATH submit done=place.back.get_untracked() id=FORM>
            {wide.then(|| view! { <ProjectField place project/> })}
            <div class="fields" hidden=unplaced>
                <input type="hidden" name="project" value=move || project.get()/>
                <TextField
                    id="name"
                    label=text!(locale, create.name)
                    hint=text!(locale, create.name_hint)
                    state=name
                    required=true
                    autofocus=true
                    code=true
                />
                <TextField id="alias" label=text!(locale, create.alias) state=alias/>
                <TextAreaField
                    id="description"
                    label=text!(locale, create.description)
                    hint=counter(description)
                    state=description
                />
                {role_field}
                <KubectlCommand form=FORM initial command follows=project/>
            </div>
            <FormAlert error form=FORM/>
            <footer>
                <CancelLink href=place.back.get_untracked()/>
                <button class="button primary" hidden=unplaced aria-disabled=move || action.pending().get().to_string()>
                    {text!(locale, create.submit)}
                </button>
            </footer>
        </PostForm>
    }
}

pub fn alias_state(form: &FormState, otherwise: &str) -> TextState {
    TextState::new(form, Field::Alias, "input[alias]", otherwise, |text| check_alias(text.trim()))
}

pub fn description_state(form: &FormState, otherwise: &str) -> TextState {
    TextState::new(form, Field::Description, "input[description]", otherwise, |text| {
        check_description(text.replace("\r\n", "\n").trim())
    })
}

/// `53 of 256`: characters, as the limit counts them.
pub fn counter(description: TextState) -> Signal<String> {
    let locale = use_locale();
    let typed = description.typed();
    Signal::derive(move || {
        let is = typed.with(|typed| typed.replace("\r\n", "\n").trim().chars().count());
        text!(locale, create.counter, is = is, max = DESCRIPTION_MAX)
    })
}
