//! Delete (SPEC X4).

use k8s_openapi::api::core::v1::ServiceAccount;
use kube::core::params::{DeleteParams, Preconditions};
use musterbook_core::AppError;

use crate::{acting::Acting, permissions::DELETE_ACCOUNT};

/// Its bindings and token Secrets go after it, by owner reference: Kubernetes sees to that.
pub(super) async fn account(acting: &Acting, project: &str, name: &str, uid: &str) -> Result<(), AppError> {
    let calls = acting.calls();
    let accounts = calls.in_project::<ServiceAccount>(&DELETE_ACCOUNT, project);
    match accounts.delete(name, &exactly(uid)).await {
        Ok(_) => Ok(()),
        Err(failure) if failure.is_conflict() => Err(AppError::Replaced),
        Err(failure) => Err(failure.into()),
    }
}

/// This object, not a namesake that was made since. A uid is sent even when it is empty, which then fits nothing.
pub(super) fn exactly(uid: &str) -> DeleteParams {
    DeleteParams::background().preconditions(Preconditions { uid: Some(uid.to_owned()), resource_version: None })
}
