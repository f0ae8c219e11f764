//! Accounts and projects.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use musterbook_core::{
    Timestamp,
    account::{Account, CLUSTER_ROLE, ROLE, texts},
    cloud, managed,
    project::{NO_WORKSPACE, Project, WORKSPACE_LABEL},
    role::{AccountRole, RoleRef},
};

const FEDERATED: &str = "kubefed.io/managed";

pub(crate) fn account(metadata: ObjectMeta, role: AccountRole) -> Account {
    let (alias, description, creator) = texts(notes(&metadata));
    Account {
        cloud: cloud::lines(notes(&metadata)),
        alias,
        description,
        creator,
        created: created(&metadata),
        role,
        deleting: metadata.deletion_timestamp.is_some(),
        federated: is_federated(&metadata),
        managed_by: managed_by(&metadata),
        project: metadata.namespace.unwrap_or_default(),
        name: metadata.name.unwrap_or_default(),
        uid: metadata.uid.unwrap_or_default(),
        resource_version: metadata.resource_version.unwrap_or_default(),
    }
}

/// A copy that a federation keeps (SPEC E4).
pub(crate) fn is_federated(metadata: &ObjectMeta) -> bool {
    label(metadata, FEDERATED) == Some("true")
}

/// A tool by its marks, or else the owner (SPEC E4).
pub(crate) fn managed_by(metadata: &ObjectMeta) -> Option<String> {
    let manager = managed::manager(labels(metadata), notes(metadata));
    manager.map(|manager| manager.to_string()).or_else(|| owner(metadata))
}

/// The role that the account's annotations ask for. KubeSphere's key wins: its controller acts on it (SPEC D2).
pub(crate) fn wish(metadata: &ObjectMeta) -> Option<RoleRef> {
    let filled = |key| notes(metadata).get(key).map(|name| name.trim()).filter(|name| !name.is_empty());
    filled(ROLE).map(RoleRef::role).or_else(|| filled(CLUSTER_ROLE).map(RoleRef::cluster_role))
}

pub(crate) fn project(metadata: ObjectMeta) -> Project {
    let (alias, description, _) = texts(notes(&metadata));
    Project {
        workspace: label(&metadata, WORKSPACE_LABEL).unwrap_or(NO_WORKSPACE).to_owned(),
        alias,
        description,
        deleting: metadata.deletion_timestamp.is_some(),
        name: metadata.name.unwrap_or_default(),
    }
}

/// When the object was made. The API server always says so; without it, the beginning of time sorts last.
pub(crate) fn created(metadata: &ObjectMeta) -> Timestamp {
    metadata
        .creation_timestamp
        .as_ref()
        .map_or(Timestamp::UNIX_EPOCH, |time| Timestamp::from_millisecond(time.0.as_millisecond()))
}

/// What made the account and would make it again: an operator's object. `Kind name`.
fn owner(metadata: &ObjectMeta) -> Option<String> {
    let owners = metadata.owner_references.as_deref()?;
    let owner = owners.iter().find(|owner| owner.controller == Some(true)).or(owners.first())?;
    Some(format!("{} {}", owner.kind, owner.name))
}

pub(super) fn label<'a>(metadata: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    metadata.labels.as_ref()?.get(key).map(String::as_str)
}

static NONE: BTreeMap<String, String> = BTreeMap::new();

pub(super) fn notes(metadata: &ObjectMeta) -> &BTreeMap<String, String> {
    metadata.annotations.as_ref().unwrap_or(&NONE)
}

pub(super) fn labels(metadata: &ObjectMeta) -> &BTreeMap<String, String> {
    metadata.labels.as_ref().unwrap_or(&NONE)
}

#[cfg(test)]
mod tests {
    use musterbook_core::role::RoleState;
    use serde_json::json;

    use super::*;

    fn metadata(value: serde_json::Value) -> ObjectMeta {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn d2_the_wish_is_kubespheres_key_or_ours() {
        let both = json!({ "annotations": { ROLE: "operator", CLUSTER_ROLE: "view" } });
        assert_eq!(wish(&metadata(both)), Some(RoleRef::role("operator")));
        let ours = json!({ "annotations": { ROLE: "", CLUSTER_ROLE: "view" } });
        assert_eq!(wish(&metadata(ours)), Some(RoleRef::cluster_role("view")));
        assert_eq!(wish(&metadata(json!({}))), None);
    }

    #[test]
    fn e4_e5_an_account_says_who_manages_it_and_what_it_is_in_a_cloud() {
        let nothing = AccountRole { wish: None, bindings: Vec::new(), state: RoleState::None };
        let marked = json!({
            "labels": { "app.kubernetes.io/managed-by": "Helm" },
            "annotations": { "meta.helm.sh/release-name": "redis", "iam.gke.io/gcp-service-account": "x" },
        });
        let account = account(metadata(marked), nothing.clone());
        assert_eq!((account.managed_by.as_deref(), account.cloud.as_deref()), (Some("Helm (redis)"), Some("Google x")));
        let plain = super::account(metadata(json!({})), nothing);
        assert_eq!((plain.managed_by, plain.cloud), (None, None));
    }

    #[test]
    fn a_namespace_without_the_label_is_in_no_workspace() {
        assert_eq!(project(metadata(json!({ "name": "n" }))).workspace, NO_WORKSPACE);
    }
}
