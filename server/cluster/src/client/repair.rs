//! Mending a role whose wish and truth don't agree (SPEC D3).

use k8s_openapi::api::{core::v1::ServiceAccount, rbac::v1::RoleBinding};
use musterbook_core::{AppError, bulk::Target, repair::Repair, role::RoleRef};

use super::{delete, edit::lost_race, role, wish::wish};
use crate::{
    acting::Acting,
    convert,
    permissions::{GET_ACCOUNT, LIST_BINDINGS},
};

pub(super) async fn mend(
    acting: &Acting,
    project: &str,
    name: &str,
    uid: &str,
    repair: &Repair,
) -> Result<(), AppError> {
    let change = async |role| role::change(acting, (project, name, uid), role, None).await.map(drop);
    match repair {
        Repair::Bind(role) => match change(Some(role)).await {
            // There is no field to correct: the role isn't there.
            Err(AppError::Invalid(_)) => Err(AppError::NotFound),
            done => done,
        },
        Repair::Adopt(role) => adopt(acting, project, name, uid, role).await,
        Repair::Revoke => change(None).await,
        Repair::Unbind(binding) => {
            let (project, name, uid) = (project.to_owned(), name.to_owned(), uid.to_owned());
            let target = Target { project, name, uid, bindings: Vec::new() };
            delete::unbind(&acting.calls(), &target, binding).await.map(drop)
        }
    }
}

/// Writes the wish for a role that is bound; one that isn't bound any more is a conflict.
async fn adopt(acting: &Acting, project: &str, name: &str, uid: &str, role: &RoleRef) -> Result<(), AppError> {
    if acting.shared.kubesphere.sure().await?.is_some_and(|controller| controller.binds(name, role)) {
        // What is wished for is bound there: each of its rights is reviewed before (SPEC D4).
        return role::change(acting, (project, name, uid), Some(role), None).await.map(drop);
    }
    let calls = acting.calls();
    let accounts = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project);
    let bindings = calls.in_project::<RoleBinding>(&LIST_BINDINGS, project);
    let (account, bindings) = tokio::join!(accounts.get::<ServiceAccount>(name), bindings.list::<RoleBinding>());
    let mut account = account?;
    if account.metadata.uid.as_deref() != Some(uid) {
        return Err(AppError::Replaced);
    }
    account.metadata.namespace = Some(project.to_owned());
    if !convert::bindings_of(&account.metadata, &bindings?).iter().any(|binding| binding.gives(role)) {
        return Err(AppError::Conflict);
    }
    match wish(&calls, project, &account, Some(role)).await {
        Ok(()) => Ok(()),
        Err(failure) => Err(lost_race(&calls, project, name, uid, failure).await),
    }
}
