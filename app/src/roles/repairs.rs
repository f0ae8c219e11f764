//! What is wrong with an account's role, and the buttons that mend it (SPEC D3). They need no script.

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use musterbook_core::{
    account::{Account, Rights},
    repair::Repair,
    role::{AccountRole, RoleState},
};

use crate::{
    accounts::Place,
    lang::{Locale, use_locale},
    layout::FormAlert,
    post::{FormState, PostForm},
    roles::api::RepairRole,
    text,
};

/// Nothing where the role is as it should be and no repair has failed. The page owns `action`, as it may draw this anew.
#[component]
pub fn Repairs(
    /// Of the form: a page and a dialog over it may both have one.
    id: &'static str,
    account: Account,
    /// What a review denied is not offered.
    rights: Rights,
    action: ServerAction<RepairRole>,
    place: Place,
    /// Address of the dialog *Change Role*, where it isn't open.
    #[prop(optional_no_strip)]
    choose: Option<String>,
) -> impl IntoView {
    let locale = use_locale();
    let Account { project, name, uid, role, deleting, federated, .. } = account;
    let error = FormState::of(action).error();
    let said = said(locale, &role);
    if said.is_none() && error.with_untracked(Option::is_none) {
        return ().into_any();
    }
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        if let Ok(input) = RepairRole::from_event(&event)
            && !action.pending().get_untracked()
        {
            action.dispatch(input);
        }
    });
    let fixed = deleting || federated;
    let offered = role.repairs().into_iter().filter(|repair| !fixed && is_offered(repair, &role, rights));
    let buttons: Vec<_> = offered
        .map(|repair| {
            view! {
                <button
                    class="button"
                    name="repair"
                    value=repair.to_string()
                    aria-disabled=move || action.pending().get().to_string()
                >
                    {label(locale, &repair, &role)}
                </button>
            }
        })
        .collect();
    let missing = role.state == RoleState::RoleMissing;
    let choose = choose.filter(|_| missing && !fixed && rights.bind != Some(false) && rights.patch != Some(false));
    view! {
        <PostForm function=RepairRole::PATH submit done=place.back.get_untracked() id class="repairs">
            <input type="hidden" name="project" value=project/>
            <input type="hidden" name="name" value=name/>
            <input type="hidden" name="uid" value=uid/>
            {said.map(|said| view! { <p class="note">{said}</p> })}
            <div class="buttons">
                {buttons}
                {choose
                    .map(|href| {
                        view! {
                            <a class="button" href=href>
                                {text!(locale, repair.choose)}
                            </a>
                        }
                    })}
            </div>
            <FormAlert error form=id/>
        </PostForm>
    }
    .into_any()
}

/// What the state means, and who acts.
fn said(locale: Locale, role: &AccountRole) -> Option<String> {
    let wish = role.wish.as_ref().map(ToString::to_string).unwrap_or_default();
    let bound = role.bindings.iter().find(|binding| role.wish.as_ref().is_none_or(|wish| !binding.gives(wish)));
    let bound = bound.map(|binding| binding.role.to_string());
    match (role.state, bound) {
        (RoleState::NotBound, None) => Some(text!(locale, repair.not_bound, role = &wish)),
        (RoleState::NotBound, Some(bound)) => {
            Some(text!(locale, repair.bound_to_another, role = &wish, bound = &bound))
        }
        (RoleState::NotAnnotated, Some(bound)) => Some(text!(locale, repair.not_annotated, role = &bound)),
        (RoleState::RoleMissing, None) => Some(text!(locale, repair.role_missing, role = &wish)),
        (RoleState::RoleMissing, Some(bound)) if role.wish.is_none() => {
            Some(text!(locale, repair.role_missing, role = &bound))
        }
        (RoleState::RoleMissing, Some(bound)) => Some(text!(locale, repair.one_missing, role = &wish, bound = &bound)),
        (RoleState::Waiting, _) => Some(text!(locale, repair.waiting, role = &wish)),
        _ => None,
    }
}

fn label(locale: Locale, repair: &Repair, role: &AccountRole) -> String {
    match repair {
        Repair::Bind(role) => text!(locale, repair.bind, role = &role.to_string()),
        Repair::Adopt(role) => text!(locale, repair.adopt, role = &role.to_string()),
        Repair::Revoke if role.has_own_binding() => text!(locale, repair.revoke),
        Repair::Revoke => text!(locale, repair.forget),
        Repair::Unbind(binding) => text!(locale, repair.unbind, binding = &binding.name),
    }
}

fn is_offered(repair: &Repair, role: &AccountRole, rights: Rights) -> bool {
    let Rights { patch, bind, unbind, .. } = rights;
    let needs = match repair {
        Repair::Bind(_) if role.has_own_binding() => [bind, unbind],
        Repair::Bind(_) => [bind, None],
        Repair::Adopt(_) => [patch, None],
        Repair::Revoke if role.has_own_binding() => [patch, unbind],
        Repair::Revoke => [patch, None],
        Repair::Unbind(_) => [unbind, None],
    };
    needs.iter().all(|right| *right != Some(false))
}
