//! Change Role (SPEC X3): new binding first, then the wish, then the old bindings. Whoever else changes the account at the
//! same time: afterwards it has the binding of its wish, and no other of ours.

use std::{borrow::Cow, time::Duration};

use k8s_openapi::api::{core::v1::ServiceAccount, rbac::v1::RoleBinding};
use kube::core::params::DeleteParams;
use musterbook_core::{
    AppError,
    error::HalfDone,
    form::{Field, FieldError, Problem},
    role::{Binding, Controller, RoleRef},
    rules::RulesText,
};
use serde_json::Value;

use super::{
    delete::{as_seen, exactly},
    edit::lost_race,
    handover,
    wish::wish,
};
use crate::{
    acting::Acting,
    binding::{For, binding, is_same, trial},
    calls::Calls,
    convert,
    failure::Failure,
    permissions::{CREATE_BINDING, DELETE_BINDING, GET_ACCOUNT, GET_BINDING, LIST_BINDINGS},
    undo::{Act, Record},
};

/// How often the account is looked at again while others keep changing its role.
const ROUNDS: usize = 4;
/// Before what was refused for the moment is asked once more.
const A_MOMENT: Duration = Duration::from_millis(300);

/// The binding that gives the account its role.
pub(super) struct Bound {
    name: String,
    uid: String,
    /// Made by this act: it may be taken back.
    is_new: bool,
}

/// The account whose role it is, as it was when it was looked at.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub project: &'a str,
    pub name: &'a str,
    pub uid: &'a str,
    /// Who binds some roles in Musterbook's place (SPEC D4).
    pub controller: Option<Controller>,
}

/// An account, and the bindings of its project, before its role is changed.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub calls: &'a Calls,
    pub project: &'a str,
    pub account: &'a ServiceAccount,
    pub bindings: &'a [RoleBinding],
}

/// With `expected`, only where that is still its role. Gives what takes it back: the bindings are the truth (SPEC D3), so
/// a role that was only wished for is not given then.
pub(super) async fn change(
    acting: &Acting,
    (project, name, uid): (&str, &str, &str),
    role: Option<&RoleRef>,
    expected: Option<Option<&RoleRef>>,
) -> Result<Option<Record>, AppError> {
    let calls = acting.calls();
    let controller = acting.shared.kubesphere.sure().await?;
    let of = Of { project, name, uid, controller };
    let (account, mut found) = look(&calls, of, expected).await?;
    let bindings = calls.in_project::<RoleBinding>(&LIST_BINDINGS, project);
    let record = record(of, &account, &found, role);
    if let Some((controller, role)) = controller.zip(role).filter(|(controller, role)| controller.binds(name, role)) {
        let seen = Seen { calls: &calls, project, account: &account, bindings: &found };
        return handover::change(acting, seen, controller, role).await.map(|()| record);
    }
    let (kept, mut old): (Vec<_>, Vec<_>) =
        managed(&account, &found).into_iter().partition(|binding| role.is_some_and(|role| binding.gives(role)));

    try_unbind(&calls, project, &found, &old).await?;
    let bound = match (role, kept.first()) {
        (Some(role), None) => Some(bind(&calls, For::account(project, &account.metadata), &of.bound_for(role)).await?),
        (_, kept) => kept.map(Bound::found),
    };
    let calls = calls.to_finish();
    let wished = convert::wish(&account.metadata);
    if let Err(failure) = wish(&calls, project, &account, role).await {
        let error = lost_race(&calls, project, name, uid, failure).await;
        return Err(take_back(&calls, of, bound, &old, wished, error).await);
    }
    if controller.is_some()
        && let Ok(now) = bindings.list::<RoleBinding>().await
    {
        // Until it knew that the wish is gone, KubeSphere's controller may have made its binding anew.
        found = now;
        old = managed(&account, &found);
        old.retain(|binding| role.is_none_or(|role| !binding.gives(role)));
    }
    for binding in &old {
        unbind(&calls, project, &found, binding, false)
            .await
            .map_err(|failure| not_removed(project, binding, &failure))?;
    }
    let nothing = old.is_empty() && wished.as_ref() == role && bound.as_ref().is_none_or(|bound| !bound.is_new);
    if !nothing {
        settle(&calls, of, role.cloned(), bound).await?;
    }
    Ok(record)
}

/// What [`change`] would meet, as far as dry runs can tell.
pub(super) async fn try_change(
    acting: &Acting,
    (project, name, uid): (&str, &str, &str),
    role: Option<&RoleRef>,
    expected: Option<&RoleRef>,
) -> Result<(), AppError> {
    let calls = acting.calls();
    let controller = acting.shared.kubesphere.sure().await?;
    let of = Of { project, name, uid, controller };
    let (account, found) = look(&calls, of, Some(expected)).await?;
    if let Some((controller, role)) = controller.zip(role).filter(|(controller, role)| controller.binds(name, role)) {
        return handover::check(acting, &calls, project, controller, role).await;
    }
    let (kept, old): (Vec<_>, Vec<_>) =
        managed(&account, &found).into_iter().partition(|binding| role.is_some_and(|role| binding.gives(role)));
    try_unbind(&calls, project, &found, &old).await?;
    if let Some(role) = role.filter(|_| kept.is_empty()) {
        let bindings = calls.in_project::<RoleBinding>(&CREATE_BINDING, project);
        let tried = bindings.try_create::<Value>(&trial(project, name, &of.bound_for(role))).await;
        tried.map_err(|failure| refused_role(failure, role))?;
    }
    Ok(())
}

/// The account, if it is still the one that is meant, and what is bound in its project.
async fn look(
    calls: &Calls,
    Of { project, name, uid, .. }: Of<'_>,
    expected: Option<Option<&RoleRef>>,
) -> Result<(ServiceAccount, Vec<RoleBinding>), AppError> {
    let mut account: ServiceAccount = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project).get(name).await?;
    if account.metadata.uid.as_deref() != Some(uid) {
        return Err(AppError::Replaced);
    }
    account.metadata.namespace = Some(project.to_owned());
    // After the account: a binding that was made since its version is one that the wish will not fit.
    let found = calls.in_project::<RoleBinding>(&LIST_BINDINGS, project).list::<RoleBinding>().await?;
    let is = |expected: Option<&RoleRef>| truth(&managed(&account, &found), expected) == Some(expected.cloned());
    if expected.is_some_and(|expected| !is(expected)) { Err(AppError::Conflict) } else { Ok((account, found)) }
}

/// The role that these bindings give, by the name of `wish` where that is it; `None` where there are several.
fn truth(bindings: &[Binding], wish: Option<&RoleRef>) -> Option<Option<RoleRef>> {
    let Some(first) = bindings.first() else { return Some(None) };
    let role = wish.filter(|wish| first.gives(wish)).unwrap_or(&first.role);
    bindings.iter().all(|binding| binding.gives(role)).then(|| Some(role.clone()))
}

/// `None` where the account had several roles, which no change brings back, or has the same one again.
fn record(of: Of<'_>, account: &ServiceAccount, found: &[RoleBinding], to: Option<&RoleRef>) -> Option<Record> {
    let from = truth(&managed(account, found), convert::wish(&account.metadata).as_ref())?;
    let act = Act::RoleChanged { uid: of.uid.into(), from: from.clone(), to: to.cloned() };
    (from.as_ref() != to).then(|| Record { project: of.project.into(), name: of.name.into(), act })
}

/// An old binding that can't be deleted would leave the account with both roles: ask before anything is done.
async fn try_unbind(calls: &Calls, project: &str, seen: &[RoleBinding], old: &[Binding]) -> Result<(), AppError> {
    for binding in old {
        unbind(calls, project, seen, binding, true).await?;
    }
    Ok(())
}

impl Of<'_> {
    /// What is bound for a role that Musterbook binds.
    fn bound_for<'a>(&self, role: &'a RoleRef) -> Cow<'a, RoleRef> {
        self.controller.map_or(Cow::Borrowed(role), |controller| controller.bound_for(role))
    }
}

impl Bound {
    fn found(binding: &Binding) -> Self {
        Self { name: binding.name.clone(), uid: binding.uid.clone(), is_new: false }
    }
}

/// The bindings of the account's project role. Those of another account that had the name, or has it now, carry its label
/// as well.
fn managed(account: &ServiceAccount, bindings: &[RoleBinding]) -> Vec<Binding> {
    let uid = account.metadata.uid.as_deref();
    let is_its = |held: &Binding| {
        let mut same = bindings.iter().filter(|binding| binding.metadata.uid.as_ref() == Some(&held.uid));
        same.all(|binding| convert::only_owner(binding).is_none_or(|owner| uid == Some(owner)))
    };
    let held = convert::bindings_of(&account.metadata, bindings).into_iter();
    held.filter(|binding| binding.managed && is_its(binding)).collect()
}

/// The new role is there, and so is this binding to an old one.
pub(super) fn not_removed(project: &str, binding: &Binding, failure: &Failure) -> AppError {
    tracing::error!(project, binding = binding.name, ?failure, "old role still bound");
    half_done(failure, HalfDone::OldRoleStillBound { old_binding: binding.name.clone() })
}

/// Makes the binding, or finds that it is there.
pub(super) async fn bind(calls: &Calls, account: For<'_>, role: &RoleRef) -> Result<Bound, AppError> {
    let wanted = binding(account, role);
    let bindings = calls.in_project::<RoleBinding>(&CREATE_BINDING, account.project).once();
    match bindings.create::<RoleBinding>(&wanted).await {
        Ok(made) => {
            let name = made.metadata.name.unwrap_or_default();
            Ok(Bound { name, uid: made.metadata.uid.unwrap_or_default(), is_new: true })
        }
        Err(failure) if failure.is_already_exists() => {
            let name = wanted["metadata"]["name"].as_str().unwrap_or_default();
            let calls = calls.to_finish();
            match calls.in_project::<RoleBinding>(&GET_BINDING, account.project).get::<Value>(name).await {
                Ok(found) if is_same(&found, &wanted) => Ok(Bound {
                    name: name.into(),
                    uid: found["metadata"]["uid"].as_str().unwrap_or_default().into(),
                    is_new: failure.again,
                }),
                Ok(_) => Err(AppError::Conflict),
                Err(gone) if gone.is_not_found() => Err(AppError::Conflict),
                Err(_) if failure.again => Err(AppError::HalfDone(HalfDone::Unknown)),
                Err(unseen) => Err(unseen.into()),
            }
        }
        Err(failure) => Err(refused_role(failure, role)),
    }
}

/// Why a binding to `role` was refused.
pub(super) fn refused_role(failure: Failure, role: &RoleRef) -> AppError {
    if let Some(missing) = failure.beyond() {
        return AppError::RoleBeyond { role: role.to_string(), missing, to_hold: RulesText::default() };
    }
    if failure.is_not_found() {
        // The API server looks the role up to see what it holds.
        return AppError::Invalid(vec![FieldError { field: Field::Role, problem: Problem::NotOffered }]);
    }
    failure.into()
}

/// Deletes this binding as it is in `seen`: not one of the same name that was made since, nor one to which somebody has
/// added another subject. One that is gone is as good.
pub(super) async fn unbind(
    calls: &Calls,
    project: &str,
    seen: &[RoleBinding],
    binding: &Binding,
    dry_run: bool,
) -> Result<(), Failure> {
    let seen = seen.iter().find(|seen| seen.metadata.uid.as_ref() == Some(&binding.uid));
    let version = seen.and_then(|seen| seen.metadata.resource_version.clone());
    let params = DeleteParams { dry_run, ..as_seen(&binding.uid, version) };
    delete(calls, project, &binding.name, &params).await
}

/// In the middle of an act a refusal would leave half of it: one that may pass is asked for once more.
async fn delete(calls: &Calls, project: &str, name: &str, params: &DeleteParams) -> Result<(), Failure> {
    let bindings = calls.in_project::<RoleBinding>(&DELETE_BINDING, project).once();
    let asked = match bindings.delete(name, params).await {
        Err(failure) if failure.may_pass() && !params.dry_run => {
            tokio::time::sleep(A_MOMENT).await;
            bindings.delete(name, params).await
        }
        asked => asked,
    };
    match asked {
        Err(failure) if !failure.is_not_found() => Err(failure),
        _ => Ok(()),
    }
}

/// The wish wasn't written. Takes the new binding back; what can't be, is told.
async fn take_back(
    calls: &Calls,
    of: Of<'_>,
    bound: Option<Bound>,
    old: &[Binding],
    seen: Option<RoleRef>,
    error: AppError,
) -> AppError {
    let Some(made) = bound.filter(|bound| bound.is_new) else { return error };
    if error == AppError::HalfDone(HalfDone::Unknown) {
        // Perhaps it was written: then the binding belongs there.
        return error;
    }
    if let Err(failure) = delete(calls, of.project, &made.name, &exactly(&made.uid)).await {
        tracing::error!(project = of.project, binding = made.name, ?failure, ?error, "new role still bound");
        let left = match old.first() {
            Some(old) => HalfDone::OldRoleStillBound { old_binding: old.name.clone() },
            None => HalfDone::AnnotationNotWritten,
        };
        return half_done(&failure, left);
    }
    settle(calls, of, seen, None).await.err().unwrap_or(error)
}

/// What is `left` where a call failed that was to end the act, unless it isn't known what became of it.
pub(super) fn half_done(failure: &Failure, left: HalfDone) -> AppError {
    AppError::HalfDone(if failure.is_unknown() { HalfDone::Unknown } else { left })
}

/// Others may have changed the role at the same time: relied on a binding that this act has taken away, overlooked the one
/// that it made, or taken that away. Looks at the account again until it has the role that this act gave it and `bound`
/// is there; else takes away what it made, and binds what is wished now.
pub(super) async fn settle(
    calls: &Calls,
    of: Of<'_>,
    mut role: Option<RoleRef>,
    mut bound: Option<Bound>,
) -> Result<(), AppError> {
    let unknown = |_| AppError::HalfDone(HalfDone::Unknown);
    for _ in 0..ROUNDS {
        let accounts = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, of.project);
        let now = match accounts.get::<ServiceAccount>(of.name).await {
            Ok(now) => Some(now).filter(|now| now.metadata.uid.as_deref() == Some(of.uid)),
            Err(failure) if failure.is_not_found() => None,
            // Not for the actor to see, who has done what was asked.
            Err(failure) if failure.is_denied() => return Ok(()),
            Err(failure) => return Err(unknown(failure)),
        };
        let wish = now.as_ref().and_then(|now| convert::wish(&now.metadata));
        let stays = now.is_some() && wish == role;
        if stays && is_there(calls, of.project, bound.as_ref()).await.map_err(unknown)? {
            return Ok(());
        }
        if let Some(made) = bound.take().filter(|bound| bound.is_new && !stays) {
            delete(calls, of.project, &made.name, &exactly(&made.uid)).await.map_err(unknown)?;
        }
        // Deleted meanwhile, and its bindings with it.
        let Some(mut now) = now else { return Ok(()) };
        now.metadata.namespace = Some(of.project.to_owned());
        if let Some(wish) = &wish {
            if of.controller.is_some_and(|controller| controller.binds(of.name, wish)) {
                return Ok(());
            }
            let all = calls.in_project::<RoleBinding>(&LIST_BINDINGS, of.project).list::<RoleBinding>().await;
            let found = managed(&now, &all.map_err(unknown)?);
            bound = Some(match found.iter().find(|binding| binding.gives(wish)) {
                Some(found) => Bound::found(found),
                None => bind(calls, For::account(of.project, &now.metadata), &of.bound_for(wish))
                    .await
                    .map_err(|_| AppError::HalfDone(HalfDone::Unknown))?,
            });
        }
        role = wish;
    }
    Err(AppError::HalfDone(HalfDone::Unknown))
}

async fn is_there(calls: &Calls, project: &str, bound: Option<&Bound>) -> Result<bool, Failure> {
    let Some(bound) = bound else { return Ok(true) };
    match calls.in_project::<RoleBinding>(&GET_BINDING, project).get::<RoleBinding>(&bound.name).await {
        Ok(found) => Ok(found.metadata.uid.as_ref() == Some(&bound.uid)),
        Err(failure) if failure.is_not_found() => Ok(false),
        // Not for the actor to see.
        Err(failure) if failure.is_denied() => Ok(true),
        Err(failure) => Err(failure),
    }
}
