//! Who holds which role in a project, by its bindings (SPEC X3).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use k8s_openapi::api::rbac::v1::{self, ClusterRoleBinding, PolicyRule, Role, RoleBinding};
use musterbook_core::{
    holders::{BoundRole, Choices, Holder, Subject, may_act},
    role::{RoleKind, RoleRef},
    rules::Rule,
};

use super::binding::role_of;

/// Rules on resources; those on addresses are no project's matter.
pub(crate) fn rules(rules: &[PolicyRule]) -> Vec<Rule> {
    rules
        .iter()
        .filter_map(|rule| {
            Some(Rule {
                groups: rule.api_groups.clone()?,
                resources: rule.resources.clone().filter(|resources| !resources.is_empty())?,
                verbs: rule.verbs.clone(),
                names: rule.resource_names.clone().unwrap_or_default(),
            })
        })
        .collect()
}

/// Adds to `choices` who is bound in `project`, and what by. `roles` are all Roles of the project, where these may be
/// read: one that is not among them isn't there, and allows nothing.
pub(crate) fn add_holders(choices: &mut Choices, project: &str, bindings: &[RoleBinding], roles: Option<&[Role]>) {
    let mut held: BTreeMap<Subject, BTreeSet<RoleRef>> = BTreeMap::new();
    for binding in bindings {
        let Some(role) = role_of(binding) else { continue };
        for subject in binding.subjects.iter().flatten().filter_map(|subject| subject_of(subject, project)) {
            held.entry(subject).or_default().insert(role.clone());
        }
    }
    let roles_held: BTreeSet<_> = held.values().flatten().collect();
    let hidden = |role: &&RoleRef| role.kind == RoleKind::Role && choices.rules_of(role).is_none();
    if let Some(roles) = roles {
        let known = |name: &str| roles.iter().find(|role| role.metadata.name.as_deref() == Some(name));
        let bound = roles_held.into_iter().filter(hidden).map(|role| BoundRole {
            role: role.clone(),
            rules: known(&role.name).and_then(|role| role.rules.as_deref()).map(rules).unwrap_or_default(),
        });
        choices.bound = bound.collect();
    }
    let holders = held.into_iter().map(|(subject, roles)| Holder { subject, roles: roles.into_iter().collect() });
    // Who can be seen to act as no account is of no interest.
    let may = |holder: &Holder| {
        let (rules, all) = choices.rules_of_all(&holder.roles);
        !all || may_act(&rules)
    };
    choices.holders = Some(holders.filter(may).collect());
}

/// The names of those that name an account itself, by its project and name.
pub(crate) fn named_everywhere(bindings: &[ClusterRoleBinding]) -> HashMap<(String, String), Vec<String>> {
    let mut named: HashMap<_, Vec<_>> = HashMap::new();
    for binding in bindings {
        let subjects = binding.subjects.iter().flatten().filter_map(|subject| subject_of(subject, ""));
        let accounts: BTreeSet<_> = subjects
            .filter_map(|subject| match subject {
                Subject::Account { project, name } => Some((project, name)),
                Subject::User(_) | Subject::Group(_) => None,
            })
            .collect();
        for account in accounts {
            named.entry(account).or_default().extend(binding.metadata.name.clone());
        }
    }
    named
}

fn subject_of(subject: &v1::Subject, project: &str) -> Option<Subject> {
    let account = |project: &str, name: &str| Subject::Account { project: project.into(), name: name.into() };
    match subject.kind.as_str() {
        "ServiceAccount" => {
            // RBAC takes the binding's own namespace where the subject has none.
            let home = subject.namespace.as_deref().filter(|namespace| !namespace.is_empty()).unwrap_or(project);
            Some(account(home, &subject.name))
        }
        "User" => {
            let parts = subject.name.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'));
            Some(parts.map_or_else(|| Subject::User(subject.name.clone()), |(home, name)| account(home, name)))
        }
        "Group" => Some(Subject::Group(subject.name.clone())),
        _ => None,
    }
}
