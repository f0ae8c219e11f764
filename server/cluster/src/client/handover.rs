//! Roles that KubeSphere's controller binds (SPEC D4): the wish is written, and the controller does the rest in its time.

use std::time::Duration;

use k8s_openapi::api::{
    core::v1::ServiceAccount,
    rbac::v1::{Role, RoleBinding},
};
use musterbook_core::{
    AppError,
    error::HalfDone,
    form::{Field, FieldError, Problem},
    role::{Binding, Controller, RoleRef},
    rules::RulesText,
};

use super::{
    edit::lost_race,
    role::{Seen, not_removed, unbind},
    wish::{wish, write_wish},
};
use crate::{
    acting::Acting,
    binding::For,
    calls::Calls,
    convert,
    failure::Failure,
    held::{Age, in_words, lacking},
    permissions::{LIST_BINDINGS, LIST_ROLES},
};

/// How long the controller is waited for, where a binding of Musterbook's own is to go after its own has come.
const PATIENCE: Duration = Duration::from_secs(3);
const LOOK_EVERY: Duration = Duration::from_millis(150);

/// Refuses a role that the controller wouldn't find, or that holds more than the actor does: the controller asks nobody.
pub(super) async fn check(
    acting: &Acting,
    calls: &Calls,
    project: &str,
    controller: Controller,
    role: &RoleRef,
) -> Result<(), AppError> {
    let roles = calls.in_project::<Role>(&LIST_ROLES, project).list::<Role>().await?;
    let Some(found) = convert::bound_role(&roles, controller, role) else {
        return Err(AppError::Invalid(vec![FieldError { field: Field::Role, problem: Problem::NotOffered }]));
    };
    let rules = found.rules.as_deref().unwrap_or_default();
    let to_hold = lacking(acting, calls, project, rules, Age::New).await?;
    if to_hold.is_empty() {
        return Ok(());
    }
    let missing = in_words(&to_hold);
    Err(AppError::RoleBeyond { role: role.to_string(), missing, to_hold: RulesText::of(&to_hold) })
}

/// Gives an account that is there a role which the controller binds.
pub(super) async fn change(
    acting: &Acting,
    seen: Seen<'_>,
    controller: Controller,
    role: &RoleRef,
) -> Result<(), AppError> {
    let Seen { calls, project, account, bindings } = seen;
    let For { name, uid, .. } = For::account(project, &account.metadata);
    check(acting, calls, project, controller, role).await?;
    // Theirs carry KubeSphere's label: it deletes them itself.
    let ours: Vec<_> =
        bindings.iter().filter(|binding| convert::has_uid(binding, &account.metadata)).cloned().collect();
    let ours: Vec<Binding> =
        convert::bindings_of(&account.metadata, &ours).into_iter().filter(|binding| binding.managed).collect();
    for binding in &ours {
        unbind(calls, project, bindings, binding, true).await?;
    }
    let written = if convert::wish(&account.metadata).as_ref() == Some(role) && !is_bound(account, bindings, role) {
        wish_again(calls, project, account, role).await
    } else {
        wish(calls, project, account, Some(role)).await
    };
    if let Err(failure) = written {
        return Err(lost_race(calls, project, name, uid, failure).await);
    }
    let Some(first) = ours.first() else { return Ok(()) };
    if !until_bound(seen, role).await? {
        return Err(AppError::HalfDone(HalfDone::OldRoleUntilBound { old_binding: first.name.clone() }));
    }
    for binding in &ours {
        unbind(calls, project, bindings, binding, false)
            .await
            .map_err(|failure| not_removed(project, binding, &failure))?;
    }
    Ok(())
}

/// The controller hears of changes only: a wish that was there before is taken away, and written anew.
async fn wish_again(calls: &Calls, project: &str, account: &ServiceAccount, role: &RoleRef) -> Result<(), Failure> {
    let without = write_wish(calls, project, account, None).await?;
    write_wish(calls, project, &without, Some(role)).await.map(drop)
}

/// Whether the controller's binding is there, after a while.
async fn until_bound(seen: Seen<'_>, role: &RoleRef) -> Result<bool, AppError> {
    let until = tokio::time::Instant::now() + PATIENCE;
    loop {
        let bindings = seen.calls.in_project::<RoleBinding>(&LIST_BINDINGS, seen.project).list::<RoleBinding>().await?;
        if is_bound(seen.account, &bindings, role) {
            return Ok(true);
        }
        if tokio::time::Instant::now() >= until {
            return Ok(false);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn is_bound(account: &ServiceAccount, bindings: &[RoleBinding], role: &RoleRef) -> bool {
    convert::bindings_of(&account.metadata, bindings).iter().any(|binding| binding.managed && binding.gives(role))
}
