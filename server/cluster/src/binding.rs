//! The binding that gives an account its project role (SPEC D2).

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
pub(crate) use musterbook_core::role::{REF_LABEL, UID_LABEL};
use musterbook_core::{
    form::NAME_MAX,
    role::{RoleRef, binding_label},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The account that a binding is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct For<'a> {
    pub project: &'a str,
    pub name: &'a str,
    pub uid: &'a str,
}

impl<'a> For<'a> {
    pub fn account(project: &'a str, metadata: &'a ObjectMeta) -> Self {
        Self {
            project,
            name: metadata.name.as_deref().unwrap_or_default(),
            uid: metadata.uid.as_deref().unwrap_or_default(),
        }
    }
}

/// The binding as it is made.
pub(crate) fn binding(account: For<'_>, role: &RoleRef) -> Value {
    let (label, value) = binding_label(account.name, account.uid, role);
    let metadata = json!({
        "name": name(account, role),
        "labels": { label: value },
        // No blockOwnerDeletion: it would need the right to update the account's finalizers.
        "ownerReferences": [owner(account)],
    });
    object(metadata, account.project, account.name, role)
}

/// With it, Kubernetes deletes the binding when the account goes.
pub(crate) fn owner(account: For<'_>) -> Value {
    json!({ "apiVersion": "v1", "kind": "ServiceAccount", "name": account.name, "uid": account.uid })
}

/// The same for a dry run, under a name that is not taken: a second binding of a name would be a conflict (SPEC A3).
pub(crate) fn trial(project: &str, account: &str, role: &RoleRef) -> Value {
    object(json!({ "generateName": "musterbook-dry-run-" }), project, account, role)
}

/// Whether a binding that exists under our name is the one that we would make.
pub(crate) fn is_same(found: &Value, wanted: &Value) -> bool {
    ["/roleRef/kind", "/roleRef/name", "/subjects/0/kind", "/subjects/0/name", "/subjects/0/namespace", "/subjects/1"]
        .iter()
        .chain(&["/metadata/ownerReferences/0/uid"])
        .all(|path| found.pointer(path) == wanted.pointer(path))
}

fn object(metadata: Value, project: &str, account: &str, role: &RoleRef) -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": metadata,
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": role.kind.as_str(), "name": role.name },
        "subjects": [{ "kind": "ServiceAccount", "name": account, "namespace": project }],
    })
}

/// Stable for this account, kind of role and role: doing it again finds the binding, and that of a former account of
/// the same name, which is perhaps still being deleted, is never in the way.
pub(crate) fn name(account: For<'_>, role: &RoleRef) -> String {
    const HASH: usize = 10;
    let digest = Sha256::digest(format!("{}\n{role}", account.uid));
    let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).take(HASH / 2).collect();
    let plain = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' { c } else { '-' };
    let readable: String =
        format!("{}-{}", account.name, role.name).chars().map(plain).take(NAME_MAX - HASH - 1).collect();
    format!("{readable}-{hash}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CI: For<'static> = For { project: "demo", name: "ci", uid: "u1" };

    #[test]
    fn d2_a_role_is_bound_as_kubesphere_does_it() {
        let binding = binding(CI, &RoleRef::role("viewer"));
        insta::assert_snapshot!(serde_json::to_string_pretty(&binding).unwrap());
    }

    #[test]
    fn d2_a_cluster_role_carries_no_kubesphere_key() {
        let binding = binding(CI, &RoleRef::cluster_role("view"));
        assert!(!binding.to_string().contains("iam.kubesphere.io"), "{binding}");
        assert_eq!(binding["metadata"]["labels"][UID_LABEL], "u1");
    }

    #[test]
    fn d2_names_are_stable_short_and_different() {
        let long = "x".repeat(200);
        let account = For { name: &long, ..CI };
        let role = RoleRef::role("system:ö");
        assert_eq!(name(account, &role), name(account, &role));
        assert_eq!(name(account, &role).len(), 63);
        assert_eq!(name(CI, &role).rsplit_once('-').map(|(readable, _)| readable), Some("ci-system--"));
        let others = [
            name(CI, &RoleRef::role("view")),
            name(CI, &RoleRef::cluster_role("view")),
            name(For { uid: "u2", ..CI }, &RoleRef::role("view")),
        ];
        assert!(others[0] != others[1] && others[0] != others[2]);
    }

    #[test]
    fn d2_a_long_name_is_no_label_value() {
        let long = "x".repeat(64);
        let binding = binding(For { name: &long, ..CI }, &RoleRef::role("view"));
        assert_eq!(binding["metadata"]["labels"], json!({ UID_LABEL: "u1" }));
    }

    #[test]
    fn another_subject_or_owner_is_not_the_same_binding() {
        let wanted = binding(CI, &RoleRef::role("view"));
        assert!(is_same(&wanted, &wanted));
        let mut found = wanted.clone();
        found["subjects"].as_array_mut().unwrap().push(json!({ "kind": "User", "name": "eve" }));
        assert!(!is_same(&found, &wanted));
        let mut found = wanted.clone();
        found["metadata"]["ownerReferences"][0]["uid"] = "u0".into();
        assert!(!is_same(&found, &wanted));
    }
}
