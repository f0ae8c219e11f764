//! The bindings that hold an account, and where each comes from (SPEC X3).

use k8s_openapi::{
    api::rbac::v1::{self, ClusterRoleBinding, RoleBinding, Subject},
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use musterbook_core::{
    account::texts,
    managed,
    role::RoleRef,
    standing::{Held, Origin, Through},
};

use super::{
    account::{created, label, labels, notes},
    binding::{is, is_marked, named},
};
use crate::binding::{For, REF_LABEL, UID_LABEL, name};

/// On what the API server makes by itself.
const BOOTSTRAPPING: &str = "kubernetes.io/bootstrapping";

/// Of the project's bindings and the cluster's, those that hold `account`, which says its namespace. What their roles
/// allow isn't known yet.
pub(crate) fn held(account: &ObjectMeta, bindings: &[RoleBinding], everywhere: &[ClusterRoleBinding]) -> Vec<Held> {
    let in_project = bindings.iter().filter_map(|binding| {
        let bound =
            Bound { metadata: &binding.metadata, role: &binding.role_ref, subjects: binding.subjects.as_deref() };
        bound.of(account)
    });
    let in_cluster = everywhere.iter().filter_map(|binding| {
        let bound =
            Bound { metadata: &binding.metadata, role: &binding.role_ref, subjects: binding.subjects.as_deref() };
        Some(Held { everywhere: true, managed: false, ..bound.of(account)? })
    });
    in_project.chain(in_cluster).collect()
}

/// Those made for its role first, those that come with Kubernetes last.
pub(crate) fn order(held: &mut [Held]) {
    held.sort_by_key(|held| (!held.managed, held.origin == Origin::Kubernetes, held.everywhere, held.name.clone()));
}

/// A binding of either kind.
struct Bound<'a> {
    metadata: &'a ObjectMeta,
    role: &'a v1::RoleRef,
    subjects: Option<&'a [Subject]>,
}

impl Bound<'_> {
    fn of(&self, account: &ObjectMeta) -> Option<Held> {
        let subjects = self.subjects.unwrap_or_default();
        let (through, role) = (self.through(account)?, named(self.role)?);
        let (_, _, creator) = texts(notes(self.metadata));
        Some(Held {
            name: self.metadata.name.clone().unwrap_or_default(),
            everywhere: false,
            managed: subjects.len() == 1 && self.is_made_for(account, &through),
            shared: subjects.len() > 1,
            origin: self.origin(account, &role),
            creator,
            created: created(self.metadata),
            rules: None,
            through,
            role,
        })
    }

    fn is_made_for(&self, account: &ObjectMeta, through: &Through) -> bool {
        !matches!(through, Through::Group(_)) && is_marked(self.metadata, account)
    }

    /// What of the account it names; of several, what says most.
    fn through(&self, account: &ObjectMeta) -> Option<Through> {
        let (name, home) = (account.name.as_deref()?, account.namespace.as_deref()?);
        let groups = ["system:serviceaccounts", &format!("system:serviceaccounts:{home}"), "system:authenticated"];
        let subjects = self.subjects?;
        let itself = subjects.iter().find(|subject| is(subject, name, home, self.metadata.namespace.as_deref()));
        if let Some(itself) = itself {
            return Some(if itself.kind == "User" { Through::UserName } else { Through::Name });
        }
        let group = subjects.iter().find(|subject| subject.kind == "Group" && groups.contains(&subject.name.as_str()));
        group.map(|group| Through::Group(group.name.clone()))
    }

    fn origin(&self, account: &ObjectMeta, role: &RoleRef) -> Origin {
        let ours = name(For::account("", account), role);
        let marked = |key: &str| label(self.metadata, key).is_some();
        if self.metadata.name.as_deref() == Some(&ours) || marked(UID_LABEL) {
            Origin::Musterbook
        } else if marked(REF_LABEL) {
            Origin::KubeSphere
        } else if marked(BOOTSTRAPPING) {
            Origin::Kubernetes
        } else {
            let manager = managed::manager(labels(self.metadata), notes(self.metadata));
            manager.map_or(Origin::Hand, |manager| Origin::Tool(manager.name))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn account() -> ObjectMeta {
        serde_json::from_value(json!({ "name": "ci", "namespace": "demo", "uid": "u1" })).unwrap()
    }

    fn binding(metadata: Value, subjects: Value) -> Value {
        let mut metadata = metadata;
        metadata["creationTimestamp"] = "2026-01-01T00:00:00Z".into();
        json!({
            "metadata": metadata, "subjects": subjects,
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view" },
        })
    }

    fn found(bindings: Vec<Value>, everywhere: Vec<Value>) -> Vec<Held> {
        let bindings: Vec<RoleBinding> = serde_json::from_value(bindings.into()).unwrap();
        let everywhere: Vec<ClusterRoleBinding> = serde_json::from_value(everywhere.into()).unwrap();
        let mut held = held(&account(), &bindings, &everywhere);
        order(&mut held);
        held
    }

    #[test]
    fn x3_a_binding_holds_an_account_by_name_by_user_name_and_by_each_of_its_groups() {
        let group = |name: &str| json!([{ "kind": "Group", "name": name }]);
        let subjects = [
            (json!([{ "kind": "ServiceAccount", "name": "ci", "namespace": "demo" }]), Some(Through::Name)),
            (json!([{ "kind": "User", "name": "system:serviceaccount:demo:ci" }]), Some(Through::UserName)),
            (group("system:serviceaccounts"), Some(Through::Group("system:serviceaccounts".into()))),
            (group("system:serviceaccounts:demo"), Some(Through::Group("system:serviceaccounts:demo".into()))),
            (group("system:authenticated"), Some(Through::Group("system:authenticated".into()))),
            (group("system:serviceaccounts:other"), None),
            (group("system:masters"), None),
            (json!([{ "kind": "User", "name": "system:authenticated" }]), None),
            (json!([{ "kind": "ServiceAccount", "name": "ci", "namespace": "other" }]), None),
            (json!(null), None),
        ];
        for (subjects, through) in subjects {
            let all = found(vec![], vec![binding(json!({ "name": "b" }), subjects.clone())]);
            assert_eq!(all.into_iter().map(|held| held.through).next(), through, "{subjects}");
        }
    }

    #[test]
    fn x3_where_a_binding_comes_from_is_told_by_its_marks() {
        let itself = || json!([{ "kind": "ServiceAccount", "name": "ci", "namespace": "demo" }]);
        let made = |name: &str, labels: Value, notes: Value| {
            binding(json!({ "name": name, "namespace": "demo", "labels": labels, "annotations": notes }), itself())
        };
        let ours = name(For::account("demo", &account()), &RoleRef::cluster_role("view"));
        let all = found(
            vec![
                made(&ours, json!({ REF_LABEL: "ci" }), json!({})),
                made("b-ours", json!({ UID_LABEL: "u1" }), json!({})),
                made("c-kubesphere", json!({ REF_LABEL: "ci" }), json!({})),
                made("d-chart", json!({ "app.kubernetes.io/managed-by": "Helm" }), json!({})),
                made("e-argo", json!({}), json!({ "argocd.argoproj.io/tracking-id": "x" })),
                made("f-flux", json!({ "kustomize.toolkit.fluxcd.io/name": "x" }), json!({})),
                made("g-hand", json!({}), json!({ "kubesphere.io/creator": "jane" })),
            ],
            vec![
                binding(json!({ "name": "a-cluster" }), itself()),
                binding(json!({ "name": "a-basic", "labels": { BOOTSTRAPPING: "rbac-defaults" } }), itself()),
            ],
        );
        let told: Vec<_> =
            all.iter().map(|held| (held.name.as_str(), held.managed, held.everywhere, held.origin.clone())).collect();
        let tool = |name: &str| Origin::Tool(name.into());
        assert_eq!(
            told,
            [
                ("b-ours", true, false, Origin::Musterbook),
                ("c-kubesphere", true, false, Origin::KubeSphere),
                (ours.as_str(), true, false, Origin::Musterbook),
                ("d-chart", false, false, tool("Helm")),
                ("e-argo", false, false, tool("Argo CD")),
                ("f-flux", false, false, tool("Flux")),
                ("g-hand", false, false, Origin::Hand),
                ("a-cluster", false, true, Origin::Hand),
                ("a-basic", false, true, Origin::Kubernetes),
            ]
        );
        assert_eq!(all[6].creator.as_deref(), Some("jane"));
        assert_eq!(all[6].created.rfc3339(), "2026-01-01T00:00:00Z");
    }
}
