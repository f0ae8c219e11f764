//! What an account asks for: the annotation that wishes for a role (SPEC D2, D3).

use k8s_openapi::api::core::v1::ServiceAccount;
use musterbook_core::{
    account::{CLUSTER_ROLE, ROLE},
    draft::role_key,
    role::RoleRef,
};
use serde_json::json;

use super::edit::was_written;
use crate::{binding::For, calls::Calls, convert, failure::Failure, permissions::PATCH_ACCOUNT};

/// Writes the wish where it isn't there.
pub(super) async fn wish(
    calls: &Calls,
    project: &str,
    account: &ServiceAccount,
    role: Option<&RoleRef>,
) -> Result<(), Failure> {
    if is_wished(account, role) {
        return Ok(());
    }
    write_wish(calls, project, account, role).await.map(drop)
}

/// One of the two keys, never both (SPEC D2).
pub(super) async fn write_wish(
    calls: &Calls,
    project: &str,
    account: &ServiceAccount,
    role: Option<&RoleRef>,
) -> Result<ServiceAccount, Failure> {
    let mut notes = json!({ ROLE: null, CLUSTER_ROLE: null });
    if let Some(role) = role {
        notes[role_key(role.kind)] = role.name.as_str().into();
    }
    let metadata = &account.metadata;
    let patch = json!({ "metadata": {
        "uid": metadata.uid, "resourceVersion": metadata.resource_version, "annotations": notes,
    } });
    let For { name, uid, .. } = For::account(project, metadata);
    let accounts = calls.in_project::<ServiceAccount>(&PATCH_ACCOUNT, project).once();
    match accounts.merge(name, &patch).await {
        Ok(written) => Ok(written),
        Err(failure) => was_written(calls, project, name, uid, failure, |now| is_wished(now, role)).await,
    }
}

fn is_wished(account: &ServiceAccount, role: Option<&RoleRef>) -> bool {
    let notes = account.metadata.annotations.as_ref();
    let both = notes.is_some_and(|notes| notes.contains_key(ROLE) && notes.contains_key(CLUSTER_ROLE));
    convert::wish(&account.metadata).as_ref() == role && !both
}
