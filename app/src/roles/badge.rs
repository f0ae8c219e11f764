use leptos::prelude::*;
use musterbook_core::role::{AccountRole, RoleKind, RoleState};

use crate::{lang::use_locale, text};

/// The role, and the state of wish and truth where it isn't as it should be (SPEC D3).
#[component]
pub fn RoleBadge(
    role: AccountRole,
    /// Say *Bound*, too.
    #[prop(optional)]
    always: bool,
) -> impl IntoView {
    let locale = use_locale();
    let (state, class) = match role.state {
        RoleState::None => (None, ""),
        RoleState::Bound => (always.then(|| text!(locale, role_state.bound)), "ok"),
        RoleState::Waiting => (Some(text!(locale, role_state.waiting)), "warn"),
        RoleState::RoleMissing => (Some(text!(locale, role_state.role_missing)), "bad"),
        RoleState::NotBound => (Some(text!(locale, role_state.not_bound)), "bad"),
        RoleState::NotAnnotated => (Some(text!(locale, role_state.not_annotated)), "warn"),
        RoleState::Unknown => (Some(text!(locale, role_state.unknown)), ""),
    };
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
