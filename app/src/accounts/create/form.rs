//! The form: name, alias, description, project role.

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use musterbook_core::{
    draft::Draft,
    form::{CreateInput, DESCRIPTION_MAX, Field, check_alias, check_description, check_name},
    kubectl::{self, Binder},
};

use crate::{
    accounts::{
        create::{
            api::{CreateAccount, DraftYaml},
            dialog::{FORM, Side, Sides},
            project_field::ProjectField,
        },
        dialogs::Place,
    },
    lang::use_locale,
    layout::{FormAlert, KubectlCommand},
    post::{FormState, PostForm, asks_for},
    roles::RoleField,
    text,
    ui::{CancelLink, OtherDialogLink, TextAreaField, TextField, TextState, focus_first},
    viewer::use_viewer,
};

#[component]
pub fn CreateForm(draft: Draft, sides: Sides, place: Place) -> impl IntoView {
    let locale = use_locale();
    let (action, turn) = (ServerAction::<CreateAccount>::new(), ServerAction::<DraftYaml>::new());
    let form = FormState::of_posted(action, &sides.posted([CreateAccount::PATH, DraftYaml::PATH]));
    let Draft { input, text: base, kept } = draft;
    let name = TextState::new(&form, Field::Name, "input[name]", input.name.as_str(), |text| check_name(text.trim()));
    let alias = alias_state(&form, &input.alias);
    let description = description_state(&form, &input.description);
    // The YAML that the form comes from, and what of it no field shows.
    let (base, kept) = (form.initial("base", base), form.initial("kept", kept.join("\n")));
    // Made outside of the dialog: it still looks at it while it is closed.
    let project = place.project;
    let typed = CreateInput {
        name: form.initial("input[name]", input.name),
        alias: form.initial("input[alias]", input.alias),
        description: form.initial("input[description]", input.description),
        role: form.initial("input[role]", input.role),
    };
    let role = typed.role.clone();
    // The commands are those of the form: what only YAML holds would be missing.
    let kubectl = base.trim().is_empty().then(|| {
        let initial = CreateAccount { project: project.get_untracked(), input: typed, base: String::new() };
        let creator = use_viewer().user.unwrap_or_default();
        let command = |binder: Binder| {
            let creator = creator.clone();
            move |CreateAccount { project, input, .. }: CreateAccount| {
                (!project.is_empty()).then(|| kubectl::create(&project, &input, &creator, binder))
            }
        };
        view! {
            <KubectlCommand form=FORM initial=initial.clone() command=command(Binder::Us) follows=project/>
            <KubectlCommand form=FORM initial command=command(Binder::KubeSphere) follows=project beside=true/>
        }
    });
    let role_problem = form.problem(Field::Role);
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
    // It outlives the dialog: who leaves it is told, too.
    let sent = ArcRwSignal::new(String::new());
    let made = sent.clone();
    place.finish(action, place.back, move || text!(locale, create.done, name = &made.get_untracked()));
    let to_yaml = sides.turner(turn, |draft| Side::Yaml(draft.text));
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        if asks_for(&event, DraftYaml::PATH) {
            if let Ok(input) = DraftYaml::from_event(&event) {
                to_yaml.run(input);
            }
            return;
        }
        let Ok(CreateAccount { project, input, base }) = CreateAccount::from_event(&event) else { return };
        let input = input.normalised();
        let fine = [name.submit(&input.name), alias.submit(&input.alias), description.submit(&input.description)];
        if fine.contains(&false) {
            focus_first(FORM, "[aria-invalid=true]");
        } else if !action.pending().get_untracked() {
            turn.clear();
            sent.set(input.name.clone());
            action.dispatch(CreateAccount { project, input, base });
        }
    });
    let error = sides.error(turn, form.error());
    sides.focus_after_turning();
    view! {
        <PostForm function=CreateAccount::PATH submit done=place.back.get_untracked() id=FORM>
            {wide.then(|| view! { <ProjectField place project/> })}
            <div class="fields" hidden=unplaced>
                <input type="hidden" name="project" value=move || project.get()/>
                {sides.typed_before()}
                <input type="hidden" name="base" value=base/>
                <input type="hidden" name="kept" value=kept.clone()/>
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
                {kubectl}
                {(!kept.is_empty())
                    .then(|| {
                        let fields = kept.lines().collect::<Vec<_>>().join(", ");
                        view! { <p class="note">{text!(locale, create.kept, fields = &fields)}</p> }
                    })}
            </div>
            <FormAlert error form=FORM/>
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
