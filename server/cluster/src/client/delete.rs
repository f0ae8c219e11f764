//! Delete (SPEC X4, L5).

use k8s_openapi::api::{core::v1::ServiceAccount, rbac::v1::RoleBinding};
use kube::core::params::{DeleteParams, Preconditions};
use musterbook_core::{
    AppError,
    bulk::{BindingId, Outcome, Target},
};
use serde_json::Value;

use crate::{
    acting::Acting,
    calls::Calls,
    convert,
    permissions::{DELETE_ACCOUNT, DELETE_BINDING, GET_BINDING},
};

/// Its bindings and token Secrets go after it, by owner reference: Kubernetes sees to that. Whether finalizers hold it.
pub(super) async fn account(calls: &Calls, project: &str, name: &str, uid: &str) -> Result<bool, AppError> {
    let accounts = calls.in_project::<ServiceAccount>(&DELETE_ACCOUNT, project).once();
    match accounts.delete(name, &exactly(uid)).await {
        Ok(last) => {
            Ok(last.pointer("/metadata/finalizers").and_then(Value::as_array).is_some_and(|all| !all.is_empty()))
        }
        Err(failure) if failure.is_conflict() => Err(AppError::Replaced),
        Err(failure) if failure.is_not_found() && failure.again => Ok(false),
        Err(failure) => Err(failure.into()),
    }
}

/// The account, and then its bindings that would stay: whoever is refused the account keeps its bindings. Again on an
/// account that is gone, it takes the bindings that were left.
pub(super) async fn with_bindings(acting: &Acting, target: &Target) -> Outcome {
    let calls = acting.calls();
    let outcome = Outcome::of(account(&calls, &target.project, &target.name, &target.uid).await);
    if !outcome.is_done() {
        return outcome;
    }
    for binding in &target.bindings {
        if let Err(why) = unbind(&calls, target, binding).await {
            return Outcome::BindingStays { binding: binding.name.clone(), why };
        }
    }
    outcome
}

/// Deletes the binding that the plan told of, if it still holds this account and nobody else. One that is gone is as good.
async fn unbind(calls: &Calls, target: &Target, binding: &BindingId) -> Result<(), AppError> {
    let found =
        match calls.in_project::<RoleBinding>(&GET_BINDING, &target.project).get::<RoleBinding>(&binding.name).await {
            Ok(found) => found,
            Err(failure) if failure.is_not_found() => return Ok(()),
            Err(failure) => return Err(failure.into()),
        };
    if found.metadata.uid.as_deref() != Some(&binding.uid) {
        return Err(AppError::Replaced);
    }
    if !convert::holds_only(&found, &target.project, &target.name) {
        return Err(AppError::Conflict);
    }
    let mut params = exactly(&binding.uid);
    if let Some(seen) = &mut params.preconditions {
        seen.resource_version = found.metadata.resource_version;
    }
    let bindings = calls.in_project::<RoleBinding>(&DELETE_BINDING, &target.project).once();
    match bindings.delete(&binding.name, &params).await {
        Err(failure) if !failure.is_not_found() => Err(failure.into()),
        _ => Ok(()),
    }
}

/// This object, not a namesake that was made since. A uid is sent even when it is empty, which then fits nothing.
pub(super) fn exactly(uid: &str) -> DeleteParams {
    DeleteParams::background().preconditions(Preconditions { uid: Some(uid.to_owned()), resource_version: None })
}
