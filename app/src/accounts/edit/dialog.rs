//! The dialog *Edit Information* (SPEC X1): alias and description, and nothing else of the account.

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use musterbook_core::{Answer, AppError, account::Account, form::EditInput, kubectl};

use crate::{
    accounts::{
        AccountDialog,
        api::get_account,
        create::{alias_state, counter, description_state},
        dialogs::Place,
        edit::{api::EditInformation, conflict::ConflictNotes},
    },
    lang::use_locale,
    layout::{FormAlert, KubectlCommand},
    post::{FormState, PostForm},
    text,
    ui::{CancelLink, TextAreaField, TextField, focus_first},
};

const FORM: &str = "edit-form";

#[component]
pub fn EditDialog(name: String, place: Place) -> impl IntoView {
    let locale = use_locale();
    let title = text!(locale, edit.title, name = &name);
    let body = |answer: Answer<Account>, place| view! { <EditForm account=answer.value place/> }.into_any();
    view! { <AccountDialog id="edit" title name place load=get_account account=|account| account body/> }
}

#[component]
fn EditForm(account: Account, place: Place) -> impl IntoView {
    let locale = use_locale();
    let action = ServerAction::<EditInformation>::new();
    let form = FormState::of(action);
    let error = form.error();
    let alias = alias_state(&form, account.alias.as_deref().unwrap_or_default());
    let description = description_state(&form, account.description.as_deref().unwrap_or_default());
    let uid = form.initial("input[uid]", account.uid.clone());
    let seen = form.initial("input[resource_version]", account.resource_version.clone());
    let current = current_version(action, error, account.clone(), place.workspace);
    let initial = EditInformation {
        project: account.project.clone(),
        name: account.name.clone(),
        input: EditInput {
            alias: form.initial("input[alias]", account.alias.clone().unwrap_or_default()),
            description: form.initial("input[description]", account.description.clone().unwrap_or_default()),
            uid: uid.clone(),
            resource_version: seen.clone(),
        },
    };
    let before = account.clone();
    let command = move |EditInformation { input, .. }: EditInformation| {
        Some(kubectl::edit(&current.get_untracked().unwrap_or_else(|| before.clone()), &input))
    };
    // Saving again goes over the version that is shown now, and over no other.
    let version =
        Signal::derive(move || current.get().map_or_else(|| seen.clone(), |current| current.resource_version));
    let name = account.name.clone();
    place.finish(action, place.back, move || text!(locale, edit.done, name = &name));
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        let Ok(EditInformation { project, name, input }) = EditInformation::from_event(&event) else { return };
        let input = input.normalised();
        if [alias.submit(&input.alias), description.submit(&input.description)].contains(&false) {
            focus_first(FORM, "[aria-invalid=true]");
        } else if !action.pending().get_untracked() {
            action.dispatch(EditInformation { project, name, input });
        }
    });
    let typed = Signal::derive(move || (alias.typed().get(), description.typed().get()));
    view! {
        <PostForm function=EditInformation::PATH submit done=place.back.get_untracked() id=FORM>
            <input type="hidden" name="project" value=account.project.clone()/>
            <input type="hidden" name="name" value=account.name.clone()/>
            <input type="hidden" name="input[uid]" value=uid/>
            <input type="hidden" name="input[resource_version]" value=move || version.get()/>
            <TextField id="alias" label=text!(locale, create.alias) state=alias autofocus=true/>
            <TextAreaField
                id="description"
                label=text!(locale, create.description)
                hint=counter(description)
                state=description
            />
            <KubectlCommand form=FORM initial command follows=version/>
            {move || current.get().map(|current| view! { <ConflictNotes current typed/> })}
            <FormAlert error form=FORM/>
            <footer>
                <CancelLink href=place.back.get_untracked()/>
                <button class="button primary" aria-disabled=move || action.pending().get().to_string()>
                    {move || {
                        if current.get().is_some() { text!(locale, edit.save_over) } else { text!(locale, edit.submit) }
                    }}
                </button>
            </footer>
        </PostForm>
    }
}

/// After a conflict: the version that the cluster has now. A form that was refused without WebAssembly was rendered with it.
fn current_version(
    action: ServerAction<EditInformation>,
    error: Signal<Option<AppError>>,
    rendered: Account,
    workspace: Signal<String>,
) -> Signal<Option<Account>> {
    let (project, name) = (rendered.project.clone(), rendered.name.clone());
    let read = Action::new(move |()| get_account(workspace.get_untracked(), project.clone(), name.clone()));
    let (value, again) = (action.value(), read.value());
    Effect::new(move |_| {
        if value.with(|value| matches!(value, Some(Err(AppError::Conflict)))) {
            read.dispatch(());
        }
    });
    Signal::derive(move || {
        let before_hydration = value.with(Option::is_none) && matches!(error.get(), Some(AppError::Conflict));
        match again.get() {
            Some(Ok(answer)) => Some(answer.value),
            _ => before_hydration.then(|| rendered.clone()),
        }
    })
}
