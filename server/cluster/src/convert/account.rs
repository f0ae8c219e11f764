//! Accounts and projects.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use musterbook_core::{
    Timestamp,
    account::{Account, CLUSTER_ROLE, ROLE, texts},
    project::{NO_WORKSPACE, Project, WORKSPACE_LABEL},
    role::{AccountRole, RoleRef},
};

const FEDERATED: &str = "kubefed.io/managed";

pub(crate) fn account(metadata: ObjectMeta, role: AccountRole) -> Account {
    let (alias, description, creator) = texts(notes(&metadata));
    Account {
        alias,
        description,
        creator,
        created: created(&metadata),
        role,
        deleting: metadata.deletion_timestamp.is_some(),
        federated: label(&metadata, FEDERATED) == Some("true"),
        managed_by: managed_by(&metadata),
        project: metadata.namespace.unwrap_or_default(),
        name: metadata.name.unwrap_or_default(),
        uid: metadata.uid.unwrap_or_default(),
        resource_version: metadata.resource_version.unwrap_or_default(),
    }
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

/// Who manages the object by the marks that they leave (SPEC E4).
fn managed_by(metadata: &ObjectMeta) -> Option<String> {
    let marked = |map: &Option<BTreeMap<String, String>>, key: &str| {
        map.as_ref().is_some_and(|map| map.keys().any(|known| known.starts_with(key)))
    };
    let (labels, notes) = (&metadata.labels, &metadata.annotations);
    // The tools that make objects from a source come first: Argo CD and Flux apply charts whose objects say Helm.
    if marked(notes, "argocd.argoproj.io/tracking-id") || marked(labels, "argocd.argoproj.io/") {
        return Some("Argo CD".into());
    }
    if marked(labels, "kustomize.toolkit.fluxcd.io/") || marked(labels, "helm.toolkit.fluxcd.io/") {
        return Some("Flux".into());
    }
    if marked(labels, "olm.owner") || marked(labels, "operators.coreos.com/") {
        return Some("OLM".into());
    }
    label(metadata, "app.kubernetes.io/managed-by").filter(|name| !name.is_empty()).map(Into::into)
}

fn label<'a>(metadata: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    metadata.labels.as_ref()?.get(key).map(String::as_str)
}

pub(super) fn notes(metadata: &ObjectMeta) -> &BTreeMap<String, String> {
    static NONE: BTreeMap<String, String> = BTreeMap::new();
    metadata.annotations.as_ref().unwrap_or(&NONE)
}

#[cfg(test)]
mod tests {
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
    fn e4_who_manages_it_is_named() {
        for (value, name) in [
            (json!({ "labels": { "app.kubernetes.io/managed-by": "Helm" } }), Some("Helm")),
            (
                json!({ "annotations": { "argocd.argoproj.io/tracking-id": "x" }, "labels": { "app.kubernetes.io/managed-by": "Helm" } }),
                Some("Argo CD"),
            ),
            (json!({ "labels": { "kustomize.toolkit.fluxcd.io/name": "x" } }), Some("Flux")),
            (json!({ "labels": { "olm.owner": "x" } }), Some("OLM")),
            (json!({}), None),
        ] {
            assert_eq!(managed_by(&metadata(value)).as_deref(), name);
        }
    }

    #[test]
    fn a_namespace_without_the_label_is_in_no_workspace() {
        assert_eq!(project(metadata(json!({ "name": "n" }))).workspace, NO_WORKSPACE);
    }
}
