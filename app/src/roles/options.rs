//! The roles as a native list to choose from, and why some can't be chosen.

use leptos::prelude::*;
use musterbook_core::{
    ask::{right_to_bind, right_to_bind_at_all, right_to_hold},
    role::{Grant, RoleKind, RoleOption, RoleRef},
};

use crate::{
    lang::{Locale, use_locale},
    layout::AskFor,
    plural, text,
    viewer::use_viewer,
};

/// `<option>`s: no role, the project's roles, ClusterRoles. A role that is chosen but not offered has one, too, so that
/// it is not taken away unseen.
#[component]
pub fn Options(options: Vec<RoleOption>, chosen: String) -> impl IntoView {
    let locale = use_locale();
    let foreign = (!chosen.is_empty() && !options.iter().any(|option| option.role.to_string() == chosen)).then(|| {
        view! {
            <option value=chosen.clone() selected data-name=chosen.clone()>
                {chosen.clone()}
            </option>
        }
    });
    let (roles, cluster_roles): (Vec<_>, Vec<_>) =
        options.into_iter().partition(|option| option.role.kind == RoleKind::Role);
    let group = |label: String, options: Vec<RoleOption>| {
        (!options.is_empty()).then(|| {
            let options = options.into_iter().map(|option| {
                let value = option.role.to_string();
                let selected = value == chosen;
                // The current role stays choosable: leaving it as it is gives nothing new.
                let disabled = matches!(option.grant, Grant::Cannot { .. }) && !selected;
                let (name, about) = (name_of(&option), about(locale, &option));
                // The parts once more, for browsers that show them one below the other.
                let (data_name, data_about) = (name.clone(), about.clone());
                let label = about.map_or(name.clone(), |about| format!("{name} — {about}"));
                view! {
                    <option
                        value=value
                        selected=selected
                        disabled=disabled
                        data-name=data_name
                        data-about=data_about
                    >
                        {label}
                    </option>
                }
            });
            view! { <optgroup label=label>{options.collect_view()}</optgroup> }
        })
    };
    view! {
        <option
            value=""
            selected=chosen.is_empty()
            data-name=text!(locale, roles.none)
            data-about=text!(locale, roles.none_about)
        >
            {text!(locale, roles.none)}
        </option>
        {foreign}
        {group(text!(locale, roles.of_project), roles)}
        {group(text!(locale, roles.of_cluster), cluster_roles)}
    }
}

/// `operator (Operator)`.
fn name_of(option: &RoleOption) -> String {
    let alias = option.alias.as_deref().filter(|alias| *alias != option.role.name);
    match alias {
        Some(alias) => format!("{} ({alias})", option.role.name),
        None => option.role.name.clone(),
    }
}

/// What it is for, or why it can't be given.
fn about(locale: Locale, option: &RoleOption) -> Option<String> {
    match &option.grant {
        Grant::Cannot { missing, .. } if missing.is_empty() => Some(text!(locale, roles.cannot_bind)),
        Grant::Cannot { .. } => Some(text!(locale, roles.beyond)),
        Grant::Can | Grant::Unknown => option.description.clone(),
    }
}

/// Which roles can't be given, and the rules that the person lacks, as the API server names them (SPEC A3).
#[component]
pub fn Reasons(options: Vec<RoleOption>, project: String) -> impl IntoView {
    let locale = use_locale();
    let refused: Vec<_> = options
        .into_iter()
        .filter_map(|option| match option.grant {
            Grant::Cannot { missing, to_hold } => Some((option.role, missing, to_hold)),
            Grant::Can | Grant::Unknown => None,
        })
        .collect();
    (!refused.is_empty()).then(|| {
        let count = refused.len();
        let user = use_viewer().user.unwrap_or_default();
        let lines = refused.into_iter().map(|(role, missing, to_hold)| {
            let yaml = match (missing.is_empty(), to_hold.is_empty()) {
                (true, _) => right_to_bind_at_all(&role, &project, &user),
                (false, true) => right_to_bind(&role, &project, &user),
                (false, false) => right_to_hold(&role, &to_hold, &project, &user),
            };
            let RoleRef { kind, name } = role;
            let why = if missing.is_empty() {
                text!(locale, roles.cannot_bind)
            } else {
                let missing = missing.join("; ");
                text!(locale, error.role_beyond_missing, missing = &missing)
            };
            view! {
                <li>
                    <b>{kind.as_str()} " " {name}</b>
                    " — "
                    {why}
                    <details>
                        <summary>{text!(locale, roles.ask_to_bind)}</summary>
                        <AskFor yaml/>
                    </details>
                </li>
            }
        });
        view! {
            <details class="note">
                <summary>{plural!(locale, roles.refused, count)}</summary>
                <ul class="plain">{lines.collect_view()}</ul>
                <p>{text!(locale, roles.ask)}</p>
            </details>
        }
    })
}

/// A role with which its holder rules the project, and so does whoever may issue the account's tokens (SPEC A4).
pub fn is_admin_like(role: &str) -> bool {
    role.split_once('/').map_or(role, |(_, name)| name).split(['-', ':', '.', '_']).any(|word| word == "admin")
}

#[cfg(test)]
mod tests {
    use super::is_admin_like;

    #[test]
    fn a4_admin_like_roles_are_known_by_their_name() {
        for role in ["Role/admin", "ClusterRole/admin", "ClusterRole/cluster-admin", "Role/project-admin"] {
            assert!(is_admin_like(role), "{role}");
        }
        for role in ["", "Role/operator", "Role/administration-reader", "ClusterRole/view"] {
            assert!(!is_admin_like(role), "{role}");
        }
    }
}
