//! Change Role (SPEC X3): new binding first, then the wish, then the old bindings.

use std::borrow::Cow;

use k8s_openapi::api::{core::v1::ServiceAccount, rbac::v1::RoleBinding};
use musterbook_core::{
    AppError,
    account::{CLUSTER_ROLE, ROLE},
    error::HalfDone,
    form::{Field, FieldError, Problem},
    role::{Binding, RoleRef},
};
use serde_json::{Value, json};

use super::{create::role_key, delete::exactly, edit::lost_race, handover};
use crate::{
    acting::Acting,
    binding::{For, binding, is_same},
    calls::Calls,
    convert,
    failure::Failure,
    permissions::{CREATE_BINDING, DELETE_BINDING, GET_ACCOUNT, GET_BINDING, LIST_BINDINGS, PATCH_ACCOUNT},
};

/// A binding that this act made: it may be taken back.
pub(super) struct Made {
    name: String,
    uid: String,
}

/// An account, and the bindings of its project, before its role is changed.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub calls: &'a Calls,
    pub project: &'a str,
    pub account: &'a ServiceAccount,
    pub bindings: &'a [RoleBinding],
}

pub(super) async fn change(
    acting: &Acting,
    project: &str,
    name: &str,
    uid: &str,
    role: Option<&RoleRef>,
) -> Result<(), AppError> {
    let calls = acting.calls();
    let controller = acting.shared.kubesphere.sure().await?;
    let accounts = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project);
    let bindings = calls.in_project::<RoleBinding>(&LIST_BINDINGS, project);
    let (account, found) = tokio::join!(accounts.get::<ServiceAccount>(name), bindings.list::<RoleBinding>());
    let mut account = account?;
    if account.metadata.uid.as_deref() != Some(uid) {
        return Err(AppError::Replaced);
    }
    account.metadata.namespace = Some(project.to_owned());
    let found = found?;
    if let Some((controller, role)) = controller.zip(role).filter(|(controller, role)| controller.binds(name, role)) {
        let seen = Seen { calls: &calls, project, account: &account, bindings: &found };
        return handover::change(acting, seen, controller, role).await;
    }
    let (kept, mut old): (Vec<_>, Vec<_>) =
        managed(&account, &found).partition(|binding| role.is_some_and(|role| binding.gives(role)));

    // An old binding that can't be deleted would leave the account with both roles: ask before anything is done.
    for binding in &old {
        unbind(&calls, project, binding, true).await?;
    }
    let made = match role {
        Some(role) if kept.is_empty() => {
            let bound = controller.map_or(Cow::Borrowed(role), |controller| controller.bound_for(role));
            bind(&calls, For::account(project, &account.metadata), &bound).await?
        }
        _ => None,
    };
    if let Err(failure) = wish(&calls, project, &account, role).await {
        let error = lost_race(&calls, project, name, uid, failure).await;
        return Err(take_back(&calls, project, made, &old, error).await);
    }
    if controller.is_some()
        && let Ok(now) = bindings.list::<RoleBinding>().await
    {
        // Until it knew that the wish is gone, KubeSphere's controller may have made its binding anew.
        old = managed(&account, &now).filter(|binding| role.is_none_or(|role| !binding.gives(role))).collect();
    }
    for binding in &old {
        unbind(&calls, project, binding, false).await.map_err(|failure| not_removed(project, binding, &failure))?;
    }
    Ok(())
}

fn managed(account: &ServiceAccount, bindings: &[RoleBinding]) -> impl Iterator<Item = Binding> + use<> {
    convert::bindings_of(&account.metadata, bindings).into_iter().filter(|binding| binding.managed)
}

/// The new role is there, and so is this binding to an old one.
pub(super) fn not_removed(project: &str, binding: &Binding, failure: &Failure) -> AppError {
    tracing::error!(project, binding = binding.name, ?failure, "old role still bound");
    AppError::HalfDone(HalfDone::OldRoleStillBound { old_binding: binding.name.clone() })
}

/// Makes the binding; `None` when it was there already.
pub(super) async fn bind(calls: &Calls, account: For<'_>, role: &RoleRef) -> Result<Option<Made>, AppError> {
    let wanted = binding(account, role);
    let bindings = calls.in_project::<RoleBinding>(&CREATE_BINDING, account.project);
    match bindings.create::<RoleBinding>(&wanted).await {
        Ok(made) => {
            let name = made.metadata.name.unwrap_or_default();
            Ok(Some(Made { name, uid: made.metadata.uid.unwrap_or_default() }))
        }
        Err(failure) if failure.is_already_exists() => {
            let name = wanted["metadata"]["name"].as_str().unwrap_or_default();
            let found: Value = calls.in_project::<RoleBinding>(&GET_BINDING, account.project).get(name).await?;
            if is_same(&found, &wanted) { Ok(None) } else { Err(AppError::Conflict) }
        }
        Err(failure) => Err(refused_role(failure, role)),
    }
}

/// Why a binding to `role` was refused.
pub(super) fn refused_role(failure: Failure, role: &RoleRef) -> AppError {
    if let Some(missing) = failure.beyond() {
        return AppError::RoleBeyond { role: role.to_string(), missing };
    }
    if failure.is_not_found() {
        // The API server looks the role up to see what it holds.
        return AppError::Invalid(vec![FieldError { field: Field::Role, problem: Problem::NotOffered }]);
    }
    failure.into()
}

/// Writes the wish where it isn't there.
pub(super) async fn wish(
    calls: &Calls,
    project: &str,
    account: &ServiceAccount,
    role: Option<&RoleRef>,
) -> Result<(), Failure> {
    if convert::wish(&account.metadata).as_ref() == role && !both(account) {
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
        notes[role_key(role)] = role.name.as_str().into();
    }
    let metadata = &account.metadata;
    let patch = json!({ "metadata": {
        "uid": metadata.uid, "resourceVersion": metadata.resource_version, "annotations": notes,
    } });
    let name = metadata.name.as_deref().unwrap_or_default();
    calls.in_project::<ServiceAccount>(&PATCH_ACCOUNT, project).merge(name, &patch).await
}

fn both(account: &ServiceAccount) -> bool {
    let notes = account.metadata.annotations.as_ref();
    notes.is_some_and(|notes| notes.contains_key(ROLE) && notes.contains_key(CLUSTER_ROLE))
}

/// Deletes this binding, not one of the same name that was made since. One that is gone is as good.
pub(super) async fn unbind(calls: &Calls, project: &str, binding: &Binding, dry_run: bool) -> Result<(), Failure> {
    let mut params = exactly(&binding.uid);
    params.dry_run = dry_run;
    match calls.in_project::<RoleBinding>(&DELETE_BINDING, project).delete(&binding.name, &params).await {
        Err(failure) if !failure.is_not_found() => Err(failure),
        _ => Ok(()),
    }
}

/// The wish wasn't written. Takes the new binding back; what can't be, is told.
async fn take_back(calls: &Calls, project: &str, made: Option<Made>, old: &[Binding], error: AppError) -> AppError {
    let Some(made) = made else { return error };
    if error == AppError::HalfDone(HalfDone::Unknown) {
        // Perhaps it was written: then the binding belongs there.
        return error;
    }
    let calls = calls.to_take_back();
    let bindings = calls.in_project::<RoleBinding>(&DELETE_BINDING, project);
    match bindings.delete(&made.name, &exactly(&made.uid)).await {
        Err(failure) if !failure.is_not_found() => {
            tracing::error!(project, binding = made.name, ?failure, ?error, "new role still bound");
            AppError::HalfDone(match old.first() {
                Some(old) => HalfDone::OldRoleStillBound { old_binding: old.name.clone() },
                None => HalfDone::AnnotationNotWritten,
            })
        }
        _ => error,
    }
}
