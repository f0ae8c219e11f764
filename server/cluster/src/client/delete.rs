//! Delete (SPEC X4, L5).

use k8s_openapi::api::{core::v1::ServiceAccount, rbac::v1::RoleBinding};
use kube::core::params::{DeleteParams, Preconditions};
use musterbook_core::{
    AppError,
    account::DEFAULT,
    bulk::{BindingId, Outcome, Target},
};
use serde_json::Value;

use super::undo;
use crate::{
    acting::Acting,
    calls::Calls,
    convert,
    permissions::{DELETE_ACCOUNT, DELETE_BINDING, GET_BINDING},
    undo::Record,
};

/// An account that was deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct Deleted {
    /// By finalizers: it goes later.
    pub held: bool,
    /// What brings it back. `default` comes back by itself, and what is still there can't.
    pub record: Option<Record>,
}

/// Its bindings and token Secrets go after it, by owner reference: Kubernetes sees to that.
pub(super) async fn account(
    acting: &Acting,
    calls: &Calls,
    project: &str,
    name: &str,
    uid: &str,
) -> Result<Deleted, AppError> {
    // Before: they go in an instant.
    let bindings = undo::going(acting, calls, project, name, uid).await;
    let accounts = calls.in_project::<ServiceAccount>(&DELETE_ACCOUNT, project).once();
    match accounts.delete(name, &exactly(uid)).await {
        Ok(last) => {
            let finalizers = last.pointer("/metadata/finalizers").and_then(Value::as_array);
            let held = finalizers.is_some_and(|all| !all.is_empty());
            let record = Record::deleted(project, name, last, bindings).filter(|_| name != DEFAULT && !held);
            Ok(Deleted { held, record })
        }
        Err(failure) if failure.is_conflict() => Err(AppError::Replaced),
        // It was done, and what was there is lost with the first answer.
        Err(failure) if failure.is_not_found() && failure.again => Ok(Deleted { held: false, record: None }),
        Err(failure) => Err(failure.into()),
    }
}

/// The account, and then its bindings that would stay: whoever is refused the account keeps its bindings. Again on an
/// account that is gone, it takes the bindings that were left.
pub(super) async fn with_bindings(acting: &Acting, target: &Target) -> (Outcome, Option<Record>) {
    let calls = acting.calls();
    let (held, mut record) = match account(acting, &calls, &target.project, &target.name, &target.uid).await {
        Ok(Deleted { held, record }) => (Ok(held), record),
        Err(error) => (Err(error), None),
    };
    let outcome = Outcome::of(held);
    if !outcome.is_done() {
        return (outcome, record);
    }
    for binding in &target.bindings {
        match unbind(&calls, target, binding).await {
            Ok(Some(gone)) => record.iter_mut().for_each(|record| record.also(&gone)),
            Ok(None) => {}
            Err(why) => return (Outcome::BindingStays { binding: binding.name.clone(), why }, record),
        }
    }
    (outcome, record)
}

/// Deletes the binding that the plan told of, if it still holds this account and nobody else, and gives what it was. One
/// that is gone is as good.
pub(super) async fn unbind(
    calls: &Calls,
    target: &Target,
    binding: &BindingId,
) -> Result<Option<RoleBinding>, AppError> {
    let found =
        match calls.in_project::<RoleBinding>(&GET_BINDING, &target.project).get::<RoleBinding>(&binding.name).await {
            Ok(found) => found,
            Err(failure) if failure.is_not_found() => return Ok(None),
            Err(failure) => return Err(failure.into()),
        };
    if found.metadata.uid.as_deref() != Some(&binding.uid) {
        return Err(AppError::Replaced);
    }
    if !convert::holds_only(&found, &target.project, &target.name) {
        return Err(AppError::Conflict);
    }
    let params = as_seen(&binding.uid, found.metadata.resource_version.clone());
    let bindings = calls.in_project::<RoleBinding>(&DELETE_BINDING, &target.project).once();
    match bindings.delete(&binding.name, &params).await {
        Err(failure) if !failure.is_not_found() => Err(failure.into()),
        _ => Ok(Some(found)),
    }
}

/// This object, not a namesake that was made since. A uid is sent even when it is empty, which then fits nothing.
pub(super) fn exactly(uid: &str) -> DeleteParams {
    as_seen(uid, None)
}

/// The same, unless somebody has changed it since: whom a binding holds by now, nobody has looked at.
pub(super) fn as_seen(uid: &str, resource_version: Option<String>) -> DeleteParams {
    DeleteParams::background().preconditions(Preconditions { uid: Some(uid.to_owned()), resource_version })
}
