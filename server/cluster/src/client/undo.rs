//! Taking an act back, as its actor (SPEC X5): by the same ways as creating and changing a role, dry runs first.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use k8s_openapi::api::{core::v1::ServiceAccount, rbac::v1::RoleBinding};
use musterbook_core::{AppError, draft::role_key, form::NAME_MAX, role::RoleRef, undo::Replay};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    create::{made_by_what_was_lost, taken},
    handover,
    role::{self, bind, refused_role},
};
use crate::{
    acting::Acting,
    binding::{For, REF_LABEL, UID_LABEL, owner, trial},
    calls::Calls,
    convert,
    failure::{Failure, broken},
    permissions::{CREATE_ACCOUNT, CREATE_BINDING, LIST_BINDINGS},
    undo::{Act, Lost, Record},
};

/// Deleting doesn't wait longer for what only undoing it needs.
const PATIENCE: Duration = Duration::from_secs(2);

/// The bindings that Kubernetes will delete with the account: those with the labels that KubeSphere and Musterbook put on
/// theirs, and those that somebody made by hand. `None` where they can't be seen.
pub(super) async fn going(acting: &Acting, calls: &Calls, project: &str, name: &str, uid: &str) -> Option<Vec<Lost>> {
    let bindings = calls.in_project::<RoleBinding>(&LIST_BINDINGS, project);
    let (of_uid, of_name) = (format!("{UID_LABEL}={uid}"), format!("{REF_LABEL}={name}"));
    let by_name = async {
        // No label holds a longer name.
        if name.len() > NAME_MAX { Ok(Vec::new()) } else { bindings.list_labelled::<RoleBinding>(&of_name).await }
    };
    // Kept for a moment: many accounts of the project may be deleted at once.
    let by_hand = acting.by_hand.get(project.to_owned(), async {
        let mut all = bindings.list_labelled::<RoleBinding>(&format!("!{UID_LABEL},!{REF_LABEL}")).await?;
        all.retain(|binding| convert::only_owner(binding).is_some());
        Ok::<_, Failure>(Arc::new(all))
    });
    let all = async { tokio::join!(bindings.list_labelled::<RoleBinding>(&of_uid), by_name, by_hand) };
    let (by_uid, by_name, by_hand) = timeout(PATIENCE, all).await.ok()?;
    let (mut found, by_name, by_hand) = (by_uid.ok()?, by_name.ok()?, by_hand.ok()?);
    let both = |binding: &RoleBinding| found.iter().any(|other| other.metadata.name == binding.metadata.name);
    let more: Vec<_> = by_name.into_iter().filter(|binding| !both(binding)).collect();
    found.extend(more);
    found.extend(by_hand.iter().cloned());
    found.retain(|binding| convert::only_owner(binding) == Some(uid));
    Some(found.iter().filter_map(|binding| Lost::owned(binding, project, name)).collect())
}

/// Takes it back as far as it can be; not `really`, as far as dry runs can tell.
pub(super) async fn replay(acting: &Acting, record: &Record, really: bool) -> Replay {
    let mut replay = record.replay();
    let went = match &record.act {
        Act::Deleted { account, bindings, .. } => {
            make_again(acting, record, account, bindings, &mut replay, really).await
        }
        Act::RoleChanged { uid, from, to } => {
            let of = (record.project.as_str(), record.name.as_str(), uid.as_str());
            match really {
                true => role::change(acting, of, from.as_ref(), Some(to.as_ref())).await.map(drop),
                false => role::try_change(acting, of, from.as_ref(), to.as_ref()).await,
            }
        }
    };
    replay.stops = went.err();
    replay
}

/// A binding that can't be made leaves the account without that role, and says why: the account alone is worth more than
/// nothing, and holds no more than before.
async fn make_again(
    acting: &Acting,
    record: &Record,
    account: &Value,
    lost: &[Lost],
    replay: &mut Replay,
    really: bool,
) -> Result<(), AppError> {
    let calls = acting.calls();
    let mut account = account.clone();
    let theirs = theirs(acting, &calls, record, &mut account, replay).await?;
    let accounts = calls.in_project::<ServiceAccount>(&CREATE_ACCOUNT, &record.project);
    // KubeSphere makes its own binding anew, and no other that gives the same role.
    let is_theirs = |lost: &Lost| lost.object.is_none() && theirs.as_ref() == Some(&lost.role);
    let bindings = join_all(lost.iter().map(async |lost| match is_theirs(lost) {
        true => Ok(()),
        false => try_bind(&calls, record, lost).await,
    }));
    let (tried, bindings) = tokio::join!(accounts.try_create::<Value>(&account), bindings);
    for ((_, why), tried) in replay.bindings.iter_mut().zip(bindings) {
        *why = why.take().or(tried.err());
    }
    tried.map_err(taken)?;
    if !really {
        return Ok(());
    }
    let made = match accounts.once().create::<ServiceAccount>(&account).await {
        Err(failure) if failure.again && failure.is_already_exists() => {
            made_by_what_was_lost(&calls, &record.project, &record.name, &account).await?
        }
        made => made.map_err(taken)?,
    };
    let (calls, made) = (calls.to_finish(), For::account(&record.project, &made.metadata));
    for ((_, why), lost) in replay.bindings.iter_mut().zip(lost) {
        if why.is_none() && !is_theirs(lost) {
            *why = bind_again(&calls, made, lost).await.err();
        }
    }
    Ok(())
}

/// The role that KubeSphere's controller will bind by the account's wish (SPEC D4). It asks nobody: a wish that the actor
/// may not have granted stays away, and is told.
async fn theirs(
    acting: &Acting,
    calls: &Calls,
    record: &Record,
    account: &mut Value,
    replay: &mut Replay,
) -> Result<Option<RoleRef>, AppError> {
    let metadata = serde_json::from_value(account["metadata"].clone()).map_err(|error| broken(&error))?;
    let Some(wish) = convert::wish(&metadata) else { return Ok(None) };
    let Some(controller) = acting.shared.kubesphere.sure().await? else { return Ok(None) };
    if !controller.binds(&record.name, &wish) {
        return Ok(None);
    }
    let bound = controller.bound_for(&wish).into_owned();
    if let Err(error) = handover::check(acting, calls, &record.project, controller, &wish).await {
        if let Some(notes) = account.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
            notes.remove(role_key(wish.kind));
        }
        match replay.bindings.iter_mut().find(|(role, _)| *role == bound) {
            Some((_, why)) => *why = Some(error),
            None => replay.bindings.push((wish, Some(error))),
        }
    }
    Ok(Some(bound))
}

async fn try_bind(calls: &Calls, record: &Record, lost: &Lost) -> Result<(), AppError> {
    let bindings = calls.in_project::<RoleBinding>(&CREATE_BINDING, &record.project);
    let made = trial(&record.project, &record.name, &lost.role);
    let tried = bindings.try_create::<Value>(lost.object.as_ref().unwrap_or(&made)).await;
    tried.map(drop).map_err(|failure| refused_role(failure, &lost.role))
}

async fn bind_again(calls: &Calls, account: For<'_>, lost: &Lost) -> Result<(), AppError> {
    let Some(object) = &lost.object else { return bind(calls, account, &lost.role).await.map(drop) };
    let mut object = object.clone();
    if lost.owned {
        object["metadata"]["ownerReferences"] = json!([owner(account)]);
    }
    if let Some(uid) = object.pointer_mut("/metadata/labels").and_then(|labels| labels.get_mut(UID_LABEL)) {
        *uid = account.uid.into();
    }
    let bindings = calls.in_project::<RoleBinding>(&CREATE_BINDING, account.project).once();
    match bindings.create::<Value>(&object).await {
        Err(failure) if failure.again && failure.is_already_exists() => Ok(()),
        made => made.map(drop).map_err(|failure| refused_role(failure, &lost.role)),
    }
}
