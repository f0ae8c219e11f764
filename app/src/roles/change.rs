//! The dialog *Change Role* (SPEC X3): the current role is chosen, none revokes.

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use musterbook_core::{
    Answer,
    account::Account,
    answer::Part,
    form::Field,
    kubectl,
    role::{Binding, RoleRef},
};

use crate::{
    accounts::{AccountDialog, Place, api::get_account},
    lang::use_locale,
    layout::{FormAlert, KubectlCommand, MissingNotes},
    post::{FormState, PostForm},
    roles::{RoleBadge, api::ChangeRole, consequences::Current, field::RoleField},
    text,
    ui::CancelLink,
    undo::{Done, finish},
};

const FORM: &str = "role-form";

#[component]
pub fn ChangeRoleDialog(name: String, place: Place) -> impl IntoView {
    let locale = use_locale();
    let title = text!(locale, roles.change_title, name = &name);
    let body = |answer, place| view! { <RoleForm answer place/> }.into_any();
    view! { <AccountDialog id="change-role" title name place load=get_account account=|account| account body/> }
}

#[component]
fn RoleForm(answer: Answer<Account>, place: Place) -> impl IntoView {
    let locale = use_locale();
    let unseen = answer.lacks(Part::Bindings).is_some();
    let Answer { value: account, missing, .. } = answer;
    let action = ServerAction::<ChangeRole>::new();
    let form = FormState::of(action);
    let current = Current::of(&account, unseen);
    let shown = account.role.shown().map(ToString::to_string).unwrap_or_default();
    let role = form.initial("role", shown);
    let uid = form.initial("uid", account.uid.clone());
    let initial = ChangeRole {
        project: account.project.clone(),
        name: account.name.clone(),
        uid: uid.clone(),
        role: role.clone(),
    };
    let before = account.clone();
    let command = move |ChangeRole { role, .. }: ChangeRole| {
        let role = if role.is_empty() { None } else { Some(role.parse::<RoleRef>().ok()?) };
        Some(kubectl::change_role(&before, role.as_ref()))
    };
    finish(place, action, place.back, Done::RoleChanged, account.name.clone());
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        // While the roles are loading there is none to be sent.
        if let Ok(input) = ChangeRole::from_event(&event)
            && !action.pending().get_untracked()
        {
            action.dispatch(input);
        }
    });
    let others = account.role.bindings.clone();
    view! {
        <PostForm function=ChangeRole::PATH submit done=place.back.get_untracked() id=FORM>
            <input type="hidden" name="project" value=account.project.clone()/>
            <input type="hidden" name="name" value=account.name.clone()/>
            <input type="hidden" name="uid" value=uid/>
            <div>
                <p class="note">{text!(locale, roles.current)}</p>
                <RoleBadge role=account.role always=true/>
            </div>
            {(!unseen).then(|| view! { <Bindings bindings=others/> })}
            <MissingNotes missing/>
            <RoleField place name="role" initial=role problem=form.problem(Field::Role) account=current/>
            // Which bindings go can't be said where they can't be seen.
            {(!unseen).then(|| view! { <KubectlCommand form=FORM initial command/> })}
            <FormAlert error=form.error() form=FORM/>
            <footer>
                <CancelLink href=place.back.get_untracked()/>
                <button class="button primary" aria-disabled=move || action.pending().get().to_string()>
                    {text!(locale, roles.submit)}
                </button>
            </footer>
        </PostForm>
    }
}

/// What the account is bound to now, and which of it stays: only Musterbook's own binding is replaced.
#[component]
pub fn Bindings(bindings: Vec<Binding>) -> impl IntoView {
    let locale = use_locale();
    (!bindings.is_empty()).then(|| {
        let lines = bindings.into_iter().map(|binding| {
            let stays = (!binding.managed).then(|| text!(locale, roles.binding_stays));
            let shared = binding.shared.then(|| text!(locale, roles.binding_shared));
            view! {
                <li>
                    <code>{binding.name}</code>
                    " → "
                    <span class="badge role">{binding.role.to_string()}</span>
                    {[stays, shared].into_iter().flatten().map(|note| view! { <span class="badge note">{note}</span> }).collect_view()}
                </li>
            }
        });
        view! {
            <div>
                <p class="note">{text!(locale, roles.bindings)}</p>
                <ul class="plain">{lines.collect_view()}</ul>
            </div>
        }
    })
}
