//! RoleBindings that hold an account.

use k8s_openapi::{
    api::rbac::v1::{self, RoleBinding, Subject},
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use musterbook_core::role::{Binding, RoleKind, RoleRef};

use crate::binding::{REF_LABEL, UID_LABEL};

/// The account's bindings among those of its project, Musterbook's own first, then by name. Groups that every account
/// is in don't count: who they name is no property of this account.
pub(crate) fn bindings_of(account: &ObjectMeta, bindings: &[RoleBinding]) -> Vec<Binding> {
    let mut held: Vec<Binding> = bindings
        .iter()
        .filter(|binding| holds(binding, account))
        .filter_map(|binding| convert(binding, account))
        .collect();
    held.sort_by(|a, b| b.managed.cmp(&a.managed).then_with(|| a.name.cmp(&b.name)));
    held
}

/// Whether Kubernetes deletes the binding when the account goes.
pub(crate) fn goes_with(binding: &RoleBinding, account: &ObjectMeta) -> bool {
    only_owner(binding).is_some_and(|owner| account.uid.as_deref() == Some(owner))
}

/// Uid of the one object that owns the binding: with others, it stays until all of them are gone.
pub(crate) fn only_owner(binding: &RoleBinding) -> Option<&str> {
    let owners = binding.metadata.owner_references.as_deref().unwrap_or_default();
    let (first, others) = owners.split_first()?;
    others.iter().all(|other| other.uid == first.uid).then_some(&first.uid)
}

/// Whether the account is all that the binding binds.
pub(crate) fn holds_only(binding: &RoleBinding, project: &str, name: &str) -> bool {
    let subjects = binding.subjects.as_deref().unwrap_or_default();
    !subjects.is_empty() && subjects.iter().all(|subject| account_of(subject, project) == Some(name))
}

/// Names of the accounts of `project` that the binding, which is in it, holds.
pub(crate) fn accounts_of<'a>(binding: &'a RoleBinding, project: &'a str) -> impl Iterator<Item = &'a str> {
    binding.subjects.iter().flatten().filter_map(move |subject| account_of(subject, project))
}

/// The account of `namespace` that a subject is, if it is one: by its name or as a user.
fn account_of<'a>(subject: &'a Subject, namespace: &str) -> Option<&'a str> {
    match subject.kind.as_str() {
        "ServiceAccount" => {
            let home = subject.namespace.as_deref().filter(|home| !home.is_empty()).unwrap_or(namespace);
            (home == namespace).then_some(subject.name.as_str())
        }
        "User" => {
            let (home, name) = subject.name.strip_prefix("system:serviceaccount:")?.split_once(':')?;
            (home == namespace).then_some(name)
        }
        _ => None,
    }
}

/// The role that it gives.
pub(crate) fn role_of(binding: &RoleBinding) -> Option<RoleRef> {
    named(&binding.role_ref)
}

pub(super) fn named(role: &v1::RoleRef) -> Option<RoleRef> {
    let kind = match role.kind.as_str() {
        "Role" => RoleKind::Role,
        "ClusterRole" => RoleKind::ClusterRole,
        _ => return None,
    };
    Some(RoleRef { kind, name: role.name.clone() })
}

fn convert(binding: &RoleBinding, account: &ObjectMeta) -> Option<Binding> {
    let subjects = binding.subjects.as_deref().unwrap_or_default().len();
    Some(Binding {
        name: binding.metadata.name.clone().unwrap_or_default(),
        uid: binding.metadata.uid.clone().unwrap_or_default(),
        role: role_of(binding)?,
        managed: subjects == 1 && is_marked(&binding.metadata, account),
        shared: subjects > 1,
        goes: goes_with(binding, account),
    })
}

/// Carries KubeSphere's label or ours, for this account (SPEC D2).
pub(super) fn is_marked(binding: &ObjectMeta, account: &ObjectMeta) -> bool {
    has_label(binding, REF_LABEL, account.name.as_ref()) || has_label(binding, UID_LABEL, account.uid.as_ref())
}

/// Carries KubeSphere's label or ours, whoever it is about.
pub(crate) fn is_labelled(binding: &RoleBinding) -> bool {
    let labels = binding.metadata.labels.as_ref();
    labels.is_some_and(|labels| [REF_LABEL, UID_LABEL].iter().any(|key| labels.contains_key(*key)))
}

/// Carries our label, which is nothing to KubeSphere.
pub(crate) fn has_uid(binding: &RoleBinding, account: &ObjectMeta) -> bool {
    has_label(&binding.metadata, UID_LABEL, account.uid.as_ref())
}

fn has_label(binding: &ObjectMeta, key: &str, value: Option<&String>) -> bool {
    let label = binding.labels.as_ref().and_then(|labels| labels.get(key));
    label.is_some() && label == value
}

fn holds(binding: &RoleBinding, account: &ObjectMeta) -> bool {
    let (Some(name), Some(home)) = (account.name.as_deref(), account.namespace.as_deref()) else { return false };
    let subjects = binding.subjects.as_deref().unwrap_or_default();
    subjects.iter().any(|subject| is(subject, name, home, binding.metadata.namespace.as_deref()))
}

pub(super) fn is(subject: &Subject, name: &str, home: &str, bound_in: Option<&str>) -> bool {
    match subject.kind.as_str() {
        "ServiceAccount" => {
            // RBAC takes the binding's own namespace where the subject has none.
            let namespace = subject.namespace.as_deref().filter(|namespace| !namespace.is_empty()).or(bound_in);
            subject.name == name && namespace == Some(home)
        }
        "User" => {
            subject.name.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'))
                == Some((home, name))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn account() -> ObjectMeta {
        serde_json::from_value(json!({ "name": "ci", "namespace": "demo", "uid": "u1" })).unwrap()
    }

    fn binding(name: &str, labels: Value, subjects: Value) -> RoleBinding {
        serde_json::from_value(json!({
            "metadata": { "name": name, "namespace": "demo", "uid": name, "labels": labels },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "viewer" },
            "subjects": subjects,
        }))
        .unwrap()
    }

    #[test]
    fn d3_every_way_to_name_the_account_counts() {
        let subjects = [
            json!([{ "kind": "ServiceAccount", "name": "ci", "namespace": "demo" }]),
            json!([{ "kind": "ServiceAccount", "name": "ci" }]),
            json!([{ "kind": "User", "name": "system:serviceaccount:demo:ci" }]),
        ];
        for subject in subjects {
            assert_eq!(bindings_of(&account(), &[binding("b", json!({}), subject)]).len(), 1);
        }
        let others = [
            json!([{ "kind": "ServiceAccount", "name": "ci", "namespace": "other" }]),
            json!([{ "kind": "User", "name": "ci" }]),
            json!([{ "kind": "Group", "name": "system:serviceaccounts:demo" }]),
        ];
        for subject in others {
            assert_eq!(bindings_of(&account(), &[binding("b", json!({}), subject)]), []);
        }
    }

    #[test]
    fn d2_own_made_is_one_subject_and_a_label_of_this_account() {
        let ci = json!({ "kind": "ServiceAccount", "name": "ci", "namespace": "demo" });
        let one = json!([ci]);
        let two = json!([ci, { "kind": "User", "name": "jane" }]);
        let all = [
            binding("a-hand-made", json!({}), one.clone()),
            binding("b-shared", json!({ REF_LABEL: "ci" }), two),
            binding("c-kubesphere", json!({ REF_LABEL: "ci" }), one.clone()),
            binding("d-ours", json!({ UID_LABEL: "u1" }), one.clone()),
            binding("e-a-former-account", json!({ UID_LABEL: "u0" }), one),
        ];
        let found: Vec<_> = bindings_of(&account(), &all).into_iter().map(|b| (b.name, b.managed, b.shared)).collect();
        assert_eq!(
            found,
            [
                ("c-kubesphere".into(), true, false),
                ("d-ours".into(), true, false),
                ("a-hand-made".into(), false, false),
                ("b-shared".into(), false, true),
                ("e-a-former-account".into(), false, false),
            ]
        );
    }
}
