//! Edit YAML: the dry run, the save, and the merge with what somebody else did (SPEC X2).

use k8s_openapi::api::core::v1::ServiceAccount;
use musterbook_core::{
    AppError,
    account::ROLE,
    diff::merge_lines,
    error::HalfDone,
    merge::{Conflict, Merge, merge_choosing},
    role::RoleRef,
    yaml::{MergedYaml, Problem, Verdict, YamlConflict, YamlDocument, fold_managed_fields, set_version, to_replace},
};
use serde_json::Value;

use super::handover;
use crate::{
    acting::Acting,
    calls::{Calls, Replace},
    failure::{Failure, shortened},
    permissions::UPDATE_ACCOUNT,
    yaml::{
        self, place,
        refusal::{Finding, findings, strict},
    },
};

/// The text in the editor, and the object that it was loaded from.
pub(super) struct Edited<'a> {
    pub text: &'a str,
    pub uid: &'a str,
    pub resource_version: &'a str,
}

/// Stores the text, if it is still over the version that was loaded.
pub(super) async fn save(
    acting: &Acting,
    project: &str,
    name: &str,
    edited: Edited<'_>,
) -> Result<YamlDocument, AppError> {
    let calls = acting.calls();
    let object = to_put(acting, &calls, project, name, &edited).await?;
    match put(&calls, project, name, &object, Replace::Store).await {
        Ok(stored) => yaml::document(stored),
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

/// What the API server would store. What is wrong with the text is an answer, not an error.
pub(super) async fn check(acting: &Acting, project: &str, name: &str, edited: Edited<'_>) -> Result<Verdict, AppError> {
    let calls = acting.calls();
    let object = match to_put(acting, &calls, project, name, &edited).await {
        Err(AppError::Yaml { line, column, message }) => {
            return Ok(Verdict::Bad(vec![Problem { line, column, message }]));
        }
        object => object?,
    };
    let problem = |finding: Finding| problem(edited.text, finding);
    let (tried, warnings) = match put(&calls, project, name, &object, Replace::TryStrictly).await {
        Err(failure) => match failure.refusal().and_then(|status| strict(&status.message)) {
            Some(unknown) => {
                let again = put(&calls, project, name, &object, Replace::Try).await;
                (again, unknown.into_iter().map(problem).collect())
            }
            None => (Err(failure), Vec::new()),
        },
        stored => (stored, Vec::new()),
    };
    match tried {
        Ok(stored) => Ok(Verdict::Good { stored: yaml::document(stored)?, warnings }),
        Err(failure) => match failure.refusal().map(findings) {
            Some(found) => Ok(Verdict::Bad(found.into_iter().map(problem).collect())),
            None => Err(failure.into()),
        },
    }
}

fn problem(text: &str, Finding { field, message }: Finding) -> Problem {
    let (line, column) = field.and_then(|field| place::of(text, &field)).unzip();
    Problem { line, column, message: shortened(&message) }
}

async fn put(calls: &Calls, project: &str, name: &str, object: &Value, how: Replace) -> Result<Value, Failure> {
    calls.in_project::<ServiceAccount>(&UPDATE_ACCOUNT, project).once().replace(name, object, how).await
}

/// The object in the text, with the version that was loaded, where it is still the same account.
async fn to_put(
    acting: &Acting,
    calls: &Calls,
    project: &str,
    name: &str,
    edited: &Edited<'_>,
) -> Result<Value, AppError> {
    let object = yaml::parse(edited.text)?;
    let now = of_uid(calls, project, name, edited.uid).await?;
    // Without a version a PUT overwrites whatever is there.
    if edited.resource_version.is_empty() {
        return Err(AppError::Conflict);
    }
    let object = to_replace(object, &now, edited.resource_version).map_err(|locked| {
        let path = locked.path.strip_prefix('/').map_or(locked.path.into(), |path| path.replace('/', "."));
        let (line, column) = place::of(edited.text, &path).unzip();
        AppError::Yaml { line, column, message: locked.to_string() }
    })?;
    if let Some(role) = wished(&object)
        && wished(&now).as_ref() != Some(&role)
        && let Some(controller) = acting.shared.kubesphere.sure().await?
        && controller.binds(name, &role)
    {
        handover::check(acting, calls, project, controller, &role).await?;
    }
    Ok(object)
}

async fn of_uid(calls: &Calls, project: &str, name: &str, uid: &str) -> Result<Value, AppError> {
    let now = yaml::load(calls, project, name).await?;
    if now.pointer("/metadata/uid").and_then(Value::as_str) == Some(uid) { Ok(now) } else { Err(AppError::Replaced) }
}

/// What was loaded, what was made of it, and where the cluster's value is wanted although both changed it.
pub(super) struct ToMerge<'a> {
    pub base: &'a str,
    pub text: &'a str,
    pub uid: &'a str,
    pub theirs: &'a [String],
}

pub(super) async fn merge(
    acting: &Acting,
    project: &str,
    name: &str,
    to_merge: ToMerge<'_>,
) -> Result<MergedYaml, AppError> {
    let ToMerge { base: base_text, text, uid, theirs } = to_merge;
    let (mut base, mut mine) = (yaml::parse(base_text)?, yaml::parse(text)?);
    let mut now = of_uid(&acting.calls(), project, name, uid).await?;
    fold_managed_fields(&mut now);
    let current = yaml::document(now.clone())?;
    // Nobody's change: it is another one each time.
    set_version(&mut base, &current.resource_version);
    set_version(&mut mine, &current.resource_version);
    let Merge { merged, conflicts } = merge_choosing(&base, &mine, &now, |path| theirs.iter().any(|it| it == path));
    let text = merged_text(&merged, base_text, text, &current.text)?;
    let conflicts = conflicts.into_iter().map(conflict).collect::<Result<_, _>>()?;
    Ok(MergedYaml { text, current, conflicts })
}

/// Line by line, so that comments stay, where that comes to the same.
fn merged_text(merged: &Value, base: &str, mine: &str, theirs: &str) -> Result<String, AppError> {
    let by_lines = [merge_lines(base, mine, theirs), merge_lines(base, theirs, mine)];
    let same = |text: &String| yaml::parse(text).is_ok_and(|value| value == *merged);
    by_lines.into_iter().find(same).map_or_else(|| yaml::written(merged), Ok)
}

fn conflict(Conflict { path, base, mine, theirs }: Conflict) -> Result<YamlConflict, AppError> {
    let shown = |value: Option<Value>| value.map(|value| yaml::written(&value)).transpose();
    Ok(YamlConflict { path, base: shown(base)?, mine: shown(mine)?, theirs: shown(theirs)? })
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
