use leptos::prelude::*;
use musterbook_core::role::{AccountRole, RoleKind, RoleState};

use crate::{
    lang::{Locale, use_locale},
    text,
};

/// The role, and the state of wish and truth where it isn't as it should be (SPEC D3).
#[component]
pub fn RoleBadge(
    role: AccountRole,
    /// Say *Bound*, too.
    #[prop(optional)]
    always: bool,
) -> impl IntoView {
    let locale = use_locale();
    let (shown, class) = match role.state {
        RoleState::None => (false, ""),
        RoleState::Bound => (always, "ok"),
        RoleState::Waiting | RoleState::NotAnnotated => (true, "warn"),
        RoleState::RoleMissing | RoleState::NotBound => (true, "bad"),
        RoleState::Unknown => (true, ""),
    };
    let state = shown.then(|| state_text(locale, role.state));
    let name = match role.shown() {
        Some(shown) => {
            let kind = (shown.kind == RoleKind::ClusterRole).then(|| format!("{} ", RoleKind::ClusterRole.as_str()));
            view! { <span class="badge role">{kind} {shown.name.clone()}</span> }.into_any()
        }
        None if role.state == RoleState::Unknown => ().into_any(),
        None => view! { <span class="muted">{text!(locale, list.no_role)}</span> }.into_any(),
    };
    view! {
        <span class="badges">
            {name} {state.map(|state| view! { <span class=format!("badge {class}")>{state}</span> })}
        </span>
    }
}

pub fn state_text(locale: Locale, state: RoleState) -> String {
    match state {
        RoleState::None => text!(locale, list.no_role),
        RoleState::Bound => text!(locale, role_state.bound),
        RoleState::Waiting => text!(locale, role_state.waiting),
        RoleState::RoleMissing => text!(locale, role_state.role_missing),
        RoleState::NotBound => text!(locale, role_state.not_bound),
        RoleState::NotAnnotated => text!(locale, role_state.not_annotated),
        RoleState::Unknown => text!(locale, role_state.unknown),
    }
}
