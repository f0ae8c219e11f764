//! A new account between the form and YAML (SPEC C1), and a copy of one that is there. Asks nobody: YAML is read and written
//! here, as the browser has no parser.

use musterbook_core::{
    AppError,
    account::CREATORS,
    draft::{Copied, Draft, kept, read, write},
    form::CreateInput,
    role::RoleRef,
    yaml_text::set,
};
use serde_json::Value;

use crate::{
    client::clean_account,
    yaml::{parse, written},
};

/// What those leave who manage an object (SPEC E4). Nobody manages its copy; with the marks, they would delete it.
const MARKS: [&str; 10] = [
    "app.kubernetes.io/instance",
    "app.kubernetes.io/managed-by",
    "argocd.argoproj.io/",
    "helm.sh/",
    "helm.toolkit.fluxcd.io/",
    "kubefed.io/",
    "kustomize.toolkit.fluxcd.io/",
    "meta.helm.sh/",
    "olm.owner",
    "operators.coreos.com/",
];

/// The form as YAML. On top of `base`, a YAML text that the form comes from: what the form can't show is kept, and so are
/// comments and layout where that can be.
///
/// # Errors
/// `base` can't be read.
pub fn as_yaml(project: &str, input: &CreateInput, base: &str) -> Result<Draft, AppError> {
    let input = input.clone().normalised();
    let (text, object) = if base.trim().is_empty() {
        let object = write(Value::Null, project, &input);
        (written(&object)?, object)
    } else {
        let before = parse(base)?;
        let object = write(before.clone(), project, &input);
        let text = match edited(base, &before, &object) {
            Some(text) => text,
            None => written(&object)?,
        };
        (text, object)
    };
    Ok(Draft { input, text, kept: kept(&object) })
}

/// The form's fields of a YAML text, which goes along.
///
/// # Errors
/// The text can't be read, or is no account of `project`: [`AppError::Yaml`], [`AppError::Invalid`].
pub fn as_form(project: &str, text: &str) -> Result<Draft, AppError> {
    let object = parse(text)?;
    let input = read(&object, project).map_err(AppError::Invalid)?;
    Ok(Draft { input, text: text.to_owned(), kept: kept(&object) })
}

/// A copy of an account's YAML: with its labels, annotations and image pull secrets, without its name and whatever says
/// who owns or manages it. `role` is the one it is shown with.
///
/// # Errors
/// The text can't be read, or is none of an account of `project`.
pub fn copy(project: &str, text: &str, role: Option<&RoleRef>) -> Result<Copied, AppError> {
    let mut object = parse(text)?;
    let before = kept(&object);
    clean_account(&mut object, None);
    for map in ["/metadata/labels", "/metadata/annotations"] {
        if let Some(map) = object.pointer_mut(map).and_then(Value::as_object_mut) {
            map.retain(|key, _| !CREATORS.contains(&key.as_str()) && !MARKS.iter().any(|mark| key.starts_with(mark)));
        }
    }
    let input = read(&object, project).map_err(AppError::Invalid)?;
    let input = CreateInput { name: String::new(), role: role.map(ToString::to_string).unwrap_or_default(), ..input };
    let mut object = write(object, project, &input);
    if let Some(metadata) = object.pointer_mut("/metadata").and_then(Value::as_object_mut) {
        metadata.retain(|_, value| value.as_object().is_none_or(|map| !map.is_empty()));
    }
    let kept = kept(&object);
    let not_copied = before.into_iter().filter(|path| !kept.contains(path)).collect();
    // Nothing but the form's fields: then there is no text to keep.
    let text = if kept.is_empty() { String::new() } else { written(&object)? };
    Ok(Copied { draft: Draft { input, text, kept }, not_copied })
}

/// `text` with those values changed that are different in `wanted`, if that says the same then.
fn edited(text: &str, before: &Value, wanted: &Value) -> Option<String> {
    let metadata = |object: &Value| object.get("metadata").cloned().unwrap_or_default();
    let (old, new) = (metadata(before), metadata(wanted));
    let mut edited = text.to_owned();
    for key in ["name", "namespace"] {
        if old.get(key) != new.get(key) {
            edited = set(&edited, &["metadata", key], new.get(key).and_then(Value::as_str))?;
        }
    }
    let notes = |metadata: &Value| metadata.get("annotations").and_then(Value::as_object).cloned().unwrap_or_default();
    let (old, new) = (notes(&old), notes(&new));
    for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
        if old.get(key) != new.get(key) {
            edited = set(&edited, &["metadata", "annotations", key], new.get(key).and_then(Value::as_str))?;
        }
    }
    (without_empty(parse(&edited).ok()?) == without_empty(wanted.clone())).then_some(edited)
}

/// No annotations are as good as an empty map of them.
fn without_empty(mut object: Value) -> Value {
    if let Some(metadata) = object.pointer_mut("/metadata").and_then(Value::as_object_mut) {
        metadata.retain(|key, value| key != "annotations" || value.as_object().is_some_and(|map| !map.is_empty()));
    }
    object
}
