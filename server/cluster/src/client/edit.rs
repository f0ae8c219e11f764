//! Edit Information (SPEC X1).

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ServiceAccount;
use musterbook_core::{
    AppError,
    account::{ALIAS, DESCRIPTION, texts},
    form::EditInput,
};
use serde_json::{Map, Value, json};

use crate::{
    acting::Acting,
    calls::Calls,
    failure::Failure,
    permissions::{GET_ACCOUNT, PATCH_ACCOUNT},
};

pub(super) async fn information(acting: &Acting, project: &str, name: &str, input: EditInput) -> Result<(), AppError> {
    let calls = acting.calls();
    let current: ServiceAccount = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project).get(name).await?;
    seen(&current, &input.uid, &input.resource_version)?;
    let changed = changes(&current.metadata.annotations.unwrap_or_default(), &input);
    if changed.is_empty() {
        return Ok(());
    }
    let patch = json!({ "metadata": {
        "uid": input.uid, "resourceVersion": input.resource_version, "annotations": changed,
    } });
    let accounts = calls.in_project::<ServiceAccount>(&PATCH_ACCOUNT, project).once();
    let Err(failure) = accounts.merge::<Value>(name, &patch).await else { return Ok(()) };
    let is_written = |now: &ServiceAccount| {
        changes(now.metadata.annotations.as_ref().unwrap_or(&BTreeMap::new()), &input).is_empty()
    };
    match was_written(&calls, project, name, &input.uid, failure, is_written).await {
        Ok(_) => Ok(()),
        Err(failure) => Err(lost_race(&calls, project, name, &input.uid, failure).await),
    }
}

fn seen(current: &ServiceAccount, uid: &str, version: &str) -> Result<(), AppError> {
    if current.metadata.uid.as_deref() != Some(uid) {
        return Err(AppError::Replaced);
    }
    if current.metadata.resource_version.as_deref() != Some(version) {
        return Err(AppError::Conflict);
    }
    Ok(())
}

/// The error of a patch with a uid and a version. Kubernetes finds a changed object a conflict, and another uid a
/// conflict or an invalid value, whichever it looks at first; the page has to know which it is.
pub(super) async fn lost_race(calls: &Calls, project: &str, name: &str, uid: &str, failure: Failure) -> AppError {
    if !failure.is_conflict() && !failure.is_invalid() {
        return failure.into();
    }
    let calls = calls.to_finish();
    match calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project).get::<ServiceAccount>(name).await {
        Ok(now) if now.metadata.uid.as_deref() != Some(uid) => AppError::Replaced,
        Err(gone) if gone.is_not_found() => AppError::NotFound,
        _ => failure.into(),
    }
}

/// Where the first answer to a patch was lost, what is in the way of the second one may be the first one's own work.
pub(super) async fn was_written(
    calls: &Calls,
    project: &str,
    name: &str,
    uid: &str,
    failure: Failure,
    is_written: impl Fn(&ServiceAccount) -> bool,
) -> Result<ServiceAccount, Failure> {
    if !failure.again {
        return Err(failure);
    }
    let calls = calls.to_finish();
    match calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project).get::<ServiceAccount>(name).await {
        Ok(now) if now.metadata.uid.as_deref() == Some(uid) && is_written(&now) => Ok(now),
        Ok(_) => Err(failure),
        Err(gone) if gone.is_not_found() => Err(failure),
        Err(_) => Err(failure.lost()),
    }
}

/// The annotations that differ from what is typed; `null` removes one. A text that is changed leaves its older key, too.
fn changes(notes: &BTreeMap<String, String>, input: &EditInput) -> Map<String, Value> {
    let (alias, description, _) = texts(notes);
    let mut changed = Map::new();
    for (keys, shown, typed) in
        [([ALIAS, "displayName"], alias, &input.alias), ([DESCRIPTION, "desc"], description, &input.description)]
    {
        if shown.as_deref().unwrap_or_default() == typed {
            continue;
        }
        changed.extend(keys.iter().filter(|key| notes.contains_key(**key)).map(|key| ((*key).into(), Value::Null)));
        if !typed.is_empty() {
            changed.insert(keys[0].into(), typed.as_str().into());
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(before: &[(&str, &str)], alias: &str, description: &str) -> Value {
        let notes = before.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        let input = EditInput { alias: alias.into(), description: description.into(), ..Default::default() };
        Value::Object(changes(&notes, &input))
    }

    #[test]
    fn x1_only_what_changed_is_written() {
        assert_eq!(changed(&[(ALIAS, "A"), (DESCRIPTION, "D")], "A", "D"), json!({}));
        assert_eq!(changed(&[(ALIAS, "A"), (DESCRIPTION, "D")], "B", "D"), json!({ ALIAS: "B" }));
        assert_eq!(changed(&[], "B", ""), json!({ ALIAS: "B" }));
    }

    #[test]
    fn d1_an_emptied_text_leaves_no_key() {
        assert_eq!(
            changed(&[(ALIAS, "A"), ("displayName", "Old")], "", ""),
            json!({ ALIAS: null, "displayName": null })
        );
    }

    #[test]
    fn d1_a_changed_text_moves_to_the_new_key() {
        assert_eq!(changed(&[("desc", "Old")], "", "New"), json!({ DESCRIPTION: "New", "desc": null }));
        assert_eq!(changed(&[("desc", "Old")], "", "Old"), json!({}));
    }
}
