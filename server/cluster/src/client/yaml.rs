//! Edit YAML: the dry run, and the save (SPEC X2).

use k8s_openapi::api::core::v1::ServiceAccount;
use musterbook_core::{
    AppError,
    account::ROLE,
    error::HalfDone,
    role::RoleRef,
    yaml::{YamlDocument, to_replace},
};
use serde_json::Value;

use super::handover;
use crate::{acting::Acting, permissions::UPDATE_ACCOUNT, yaml};

/// The text in the editor, and the object that it was loaded from.
pub(super) struct Edited<'a> {
    pub text: &'a str,
    pub uid: &'a str,
    pub resource_version: &'a str,
}

pub(super) async fn replace(
    acting: &Acting,
    project: &str,
    name: &str,
    edited: Edited<'_>,
    dry_run: bool,
) -> Result<YamlDocument, AppError> {
    let object = yaml::parse(edited.text)?;
    let calls = acting.calls();
    let now = yaml::load(&calls, project, name).await?;
    if now.pointer("/metadata/uid").and_then(Value::as_str) != Some(edited.uid) {
        return Err(AppError::Replaced);
    }
    // Without a version a PUT overwrites whatever is there.
    if edited.resource_version.is_empty() {
        return Err(AppError::Conflict);
    }
    let object = to_replace(object, &now, edited.resource_version).map_err(|locked| AppError::Yaml {
        line: None,
        column: None,
        message: locked.to_string(),
    })?;
    if let Some(role) = wished(&object)
        && wished(&now).as_ref() != Some(&role)
        && let Some(controller) = acting.shared.kubesphere.sure().await?
        && controller.binds(name, &role)
    {
        handover::check(acting, &calls, project, controller, &role).await?;
    }
    let accounts = calls.in_project::<ServiceAccount>(&UPDATE_ACCOUNT, project).once();
    match accounts.replace(name, &object, dry_run).await {
        Ok(saved) => yaml::document(saved),
        Err(failure) if failure.again && failure.is_conflict() => {
            // The change that is in the way may be the one whose answer was lost.
            match yaml::load(&calls.to_finish(), project, name).await {
                Ok(now) if is_same(&now, &object) => yaml::document(now),
                Ok(_) => Err(failure.into()),
                Err(gone) if gone.is_not_found() => Err(AppError::NotFound),
                Err(_) => Err(AppError::HalfDone(HalfDone::Unknown)),
            }
        }
        Err(failure) => Err(failure.into()),
    }
}

/// But for what the API server itself writes.
fn is_same(now: &Value, put: &Value) -> bool {
    let written = |object: &Value| {
        let mut object = object.clone();
        if let Some(metadata) = object.pointer_mut("/metadata").and_then(Value::as_object_mut) {
            for own in ["managedFields", "resourceVersion", "creationTimestamp"] {
                metadata.remove(own);
            }
        }
        object
    };
    written(now) == written(put)
}

/// The role that KubeSphere's controller would give for it, whoever wrote it there (SPEC D4).
fn wished(object: &Value) -> Option<RoleRef> {
    let name = object["metadata"]["annotations"][ROLE].as_str()?;
    (!name.is_empty()).then(|| RoleRef::role(name))
}
