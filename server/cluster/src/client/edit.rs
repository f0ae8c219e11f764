//! Edit Information and Edit Settings (SPEC X1, D6): only what the person changed is written, onto what is there now.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ServiceAccount;
use musterbook_core::{
    AppError,
    account::{ALIAS, DESCRIPTION, texts},
    form::{EditInput, Texts},
    settings::{Settings, SettingsInput},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    acting::Acting,
    calls::Calls,
    failure::{Failure, broken},
    permissions::{GET_ACCOUNT, PATCH_ACCOUNT},
};

/// So often a change is made on what somebody else just wrote: after that, the person is told.
const TRIES: usize = 3;

pub(super) async fn information(acting: &Acting, project: &str, name: &str, input: EditInput) -> Result<(), AppError> {
    let (wanted, seen) = input.wanted_and_seen();
    patched(acting, project, name, &input.uid, |current| {
        let notes = notes(current);
        let (alias, description, _) = texts(&notes);
        let now = Texts::of(alias.as_deref(), description.as_deref());
        let merged = wanted.merged(&seen, &now);
        if merged.alias_clashes || merged.description_clashes {
            return Err(AppError::Conflict);
        }
        let changed = changes(&notes, &now, &merged.texts);
        Ok(if changed.is_empty() { Map::new() } else { object(json!({ "metadata": { "annotations": changed } })) })
    })
    .await
}

pub(super) async fn settings(
    acting: &Acting,
    project: &str,
    name: &str,
    input: &SettingsInput,
) -> Result<(), AppError> {
    let seen = input.seen();
    // What is wrong is told by the form's own check of what was typed.
    let wanted = input.wanted(&seen).ok_or_else(|| AppError::Invalid(Vec::new()))?;
    patched(acting, project, name, &input.uid, |current| {
        let (now, _) = Settings::deserialize(current).map_err(|error| broken(&error))?.parted();
        let (merged, clashes) = wanted.merged(&seen, &now);
        if clashes.is_empty() { Ok(now.patch(&merged)) } else { Err(AppError::Conflict) }
    })
    .await
}

/// Merges `change` into the account as it is now, and is refused where that is another one, or has changed again: then
/// it looks anew. An empty change is no write.
async fn patched(
    acting: &Acting,
    project: &str,
    name: &str,
    uid: &str,
    change: impl Fn(&Value) -> Result<Map<String, Value>, AppError>,
) -> Result<(), AppError> {
    let mut calls = acting.calls();
    let mut tries = 1;
    let mut unsure: Option<Failure> = None;
    loop {
        let current: Value =
            match (calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project).get(name).await, unsure.take()) {
                (Ok(current), _) => current,
                (Err(failure), Some(lost)) if !failure.is_not_found() => return Err(lost.lost().into()),
                (Err(failure), _) => return Err(failure.into()),
            };
        if current.pointer("/metadata/uid").and_then(Value::as_str) != Some(uid) {
            return Err(AppError::Replaced);
        }
        let mut patch = Value::from(change(&current)?);
        if patch.as_object().is_some_and(Map::is_empty) {
            return Ok(());
        }
        patch["metadata"]["uid"] = uid.into();
        patch["metadata"]["resourceVersion"] = current["metadata"]["resourceVersion"].clone();
        match calls.in_project::<ServiceAccount>(&PATCH_ACCOUNT, project).once().merge::<Value>(name, &patch).await {
            Ok(_) => return Ok(()),
            Err(failure) if failure.is_conflict() && tries < TRIES => {
                tries += 1;
                // The first answer was lost: what is in the way may be one's own work, which the next look finds.
                if failure.again {
                    unsure = Some(failure);
                    calls = calls.to_finish();
                }
            }
            Err(failure) => return Err(lost_race(&calls, project, name, uid, failure).await),
        }
    }
}

fn notes(account: &Value) -> BTreeMap<String, String> {
    let notes = account.pointer("/metadata/annotations").map(BTreeMap::deserialize);
    notes.and_then(Result::ok).unwrap_or_default()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
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

/// The annotations that make `wanted` of `shown`; `null` removes one. A text that is changed leaves its older key, too.
fn changes(notes: &BTreeMap<String, String>, shown: &Texts, wanted: &Texts) -> Map<String, Value> {
    let mut changed = Map::new();
    for (keys, shown, wanted) in [
        ([ALIAS, "displayName"], &shown.alias, &wanted.alias),
        ([DESCRIPTION, "desc"], &shown.description, &wanted.description),
    ] {
        if shown == wanted {
            continue;
        }
        changed.extend(keys.iter().filter(|key| notes.contains_key(**key)).map(|key| ((*key).into(), Value::Null)));
        if !wanted.is_empty() {
            changed.insert(keys[0].into(), wanted.as_str().into());
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(before: &[(&str, &str)], alias: &str, description: &str) -> Value {
        let notes = before.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        let (shown_alias, shown_description, _) = texts(&notes);
        let of = |alias: &str, description: &str| Texts { alias: alias.into(), description: description.into() };
        let shown = of(&shown_alias.unwrap_or_default(), &shown_description.unwrap_or_default());
        Value::Object(changes(&notes, &shown, &of(alias, description)))
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
