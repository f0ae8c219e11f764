//! A new account between the form and YAML (SPEC C1): the form's fields are read out of an object and written into it.
//! On plain JSON values: no other field is known, none is lost.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    account::{ALIAS, CLUSTER_ROLE, CREATOR, CREATORS, DESCRIPTION, ROLE},
    form::{CreateInput, Field, FieldError, Problem},
    role::{RoleKind, RoleRef},
};

/// KubeSphere's older keys, which are read where the newer ones are missing (SPEC D1).
const LEGACY: [&str; 2] = ["displayName", "desc"];
/// Annotations that the form has a field for.
const FORM_KEYS: [&str; 6] = [ALIAS, DESCRIPTION, ROLE, CLUSTER_ROLE, LEGACY[0], LEGACY[1]];
/// What the API server gives an object. In the text of another one it says nothing about the new one.
const GIVEN: [&str; 7] =
    ["uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "generation", "selfLink", "managedFields"];

/// A new account, as the form has it and as YAML.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub input: CreateInput,
    /// With everything that the form can't show. Empty where there is nothing but the form.
    pub text: String,
    /// Paths of what the form can't show.
    pub kept: Vec<String>,
}

/// A copy of an account as a draft without a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    pub draft: Draft,
    /// Paths of what the account has and its copy hasn't.
    pub not_copied: Vec<String>,
}

/// The form's fields of an account of `project`. What they hold isn't checked yet.
///
/// # Errors
/// Names the fields where the object is none of `project`, or holds something that no form could: [`Field::Kind`],
/// [`Field::Namespace`], two roles, a text that is no text.
pub fn read(object: &Value, project: &str) -> Result<CreateInput, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let metadata = object.get("metadata").unwrap_or(&Value::Null);
    let is = |key: &str, text: &str| object.get(key).and_then(Value::as_str) == Some(text);
    if !is("apiVersion", "v1") || !is("kind", "ServiceAccount") {
        wrong.push(Field::Kind);
    }
    let maps = [Some(metadata), metadata.get("annotations"), metadata.get("labels")];
    if maps.into_iter().flatten().any(|map| !map.is_object() && !map.is_null()) {
        wrong.push(Field::Yaml);
    }
    let mut text = |field: Field, value: Option<&Value>| match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(_) => {
            wrong.push(field);
            String::new()
        }
    };
    let note = |key: &str| metadata.get("annotations").and_then(|notes| notes.get(key));
    let name = text(Field::Name, metadata.get("name"));
    let namespace = text(Field::Namespace, metadata.get("namespace"));
    let alias = text(Field::Alias, note(ALIAS).or_else(|| note(LEGACY[0])));
    let description = text(Field::Description, note(DESCRIPTION).or_else(|| note(LEGACY[1])));
    let role = text(Field::Role, note(ROLE));
    let cluster_role = text(Field::Role, note(CLUSTER_ROLE));
    if !namespace.is_empty() && namespace != project {
        wrong.push(Field::Namespace);
    }
    let role = match (role.trim(), cluster_role.trim()) {
        ("", "") => String::new(),
        (role, "") => RoleRef::role(role).to_string(),
        ("", role) => RoleRef::cluster_role(role).to_string(),
        _ => {
            wrong.push(Field::Role);
            String::new()
        }
    };
    if wrong.is_empty() {
        return Ok(CreateInput { name, alias, description, role });
    }
    wrong.dedup();
    Err(wrong.into_iter().map(|field| FieldError { field, problem: Problem::NotOffered }).collect())
}

/// `object` with the form's fields, as an account of `project`. What isn't filled in isn't there (SPEC D1, D6).
pub fn write(object: Value, project: &str, input: &CreateInput) -> Value {
    let mut object = map(object);
    object.insert("apiVersion".into(), "v1".into());
    object.insert("kind".into(), "ServiceAccount".into());
    let mut metadata = map(object.remove("metadata").unwrap_or_default());
    metadata.insert("name".into(), input.name.as_str().into());
    metadata.insert("namespace".into(), project.into());
    let mut notes = map(metadata.remove("annotations").unwrap_or_default());
    for key in FORM_KEYS {
        notes.remove(key);
    }
    for (key, text) in notes_of(input) {
        notes.insert(key.into(), text.into());
    }
    if !notes.is_empty() {
        metadata.insert("annotations".into(), notes.into());
    }
    object.insert("metadata".into(), metadata.into());
    object.into()
}

/// The form's annotations that are filled in.
pub(crate) fn notes_of(input: &CreateInput) -> Vec<(&'static str, String)> {
    let role = input.role.parse::<RoleRef>().ok().map(|role| (role_key(role.kind), role.name));
    let notes = [Some((ALIAS, input.alias.clone())), Some((DESCRIPTION, input.description.clone())), role];
    notes.into_iter().flatten().filter(|(_, text)| !text.is_empty()).collect()
}

/// The annotation that holds the wish for a role of this kind (SPEC D2).
pub fn role_key(kind: RoleKind) -> &'static str {
    match kind {
        RoleKind::Role => ROLE,
        RoleKind::ClusterRole => CLUSTER_ROLE,
    }
}

/// The object to create: without what only the API server gives, and made by `creator` (SPEC D1).
pub fn to_create(object: Value, creator: &str) -> Value {
    let mut object = map(object);
    let mut metadata = map(object.remove("metadata").unwrap_or_default());
    metadata.retain(|key, _| !GIVEN.contains(&key.as_str()));
    let mut notes = map(metadata.remove("annotations").unwrap_or_default());
    // "No key is left behind with an empty value" (SPEC D1).
    notes.retain(|key, value| {
        !(CREATORS.contains(&key.as_str()) || FORM_KEYS.contains(&key.as_str()) && is_empty(value))
    });
    notes.insert(CREATOR.into(), creator.into());
    metadata.insert("annotations".into(), notes.into());
    object.insert("metadata".into(), metadata.into());
    object.into()
}

/// Paths of what `object` holds beside the form's fields: it is created as well.
pub fn kept(object: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    for (key, value) in object.as_object().into_iter().flatten() {
        match key.as_str() {
            "apiVersion" | "kind" => {}
            "metadata" => kept_metadata(value, &mut paths),
            _ if value.is_null() => {}
            _ => paths.push(key.clone()),
        }
    }
    paths
}

fn kept_metadata(metadata: &Value, paths: &mut Vec<String>) {
    for (key, value) in metadata.as_object().into_iter().flatten() {
        match (key.as_str(), value) {
            ("name" | "namespace", _) | (_, Value::Null) => {}
            (given, _) if GIVEN.contains(&given) => {}
            ("labels" | "annotations", Value::Object(map)) => {
                let own = |key: &&String| !FORM_KEYS.contains(&key.as_str()) && !CREATORS.contains(&key.as_str());
                paths.extend(map.keys().filter(own).map(|inner| format!("{key}: {inner}")));
            }
            _ => paths.push(key.clone()),
        }
    }
}

/// What an account that is there has otherwise than it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Difference {
    BeingDeleted,
    Alias,
    Description,
    /// Another wish, or a wish without its binding, or bound without a wish.
    Role,
    /// Path of a field that has another value.
    Other(String),
}

/// What is different in `found`, an account that `bound` roles are bound to. Fields that nobody asked for may be there.
pub fn differences(found: &Value, bound: &[RoleRef], wanted: &Value, project: &str) -> Vec<Difference> {
    let mut differences = Vec::new();
    if found.pointer("/metadata/deletionTimestamp").is_some_and(|time| !time.is_null()) {
        differences.push(Difference::BeingDeleted);
    }
    match (read(found, project), read(wanted, project)) {
        (Ok(is), Ok(wish)) => {
            let (is, wish) = (is.normalised(), wish.normalised());
            let role = |input: &CreateInput| input.role.parse::<RoleRef>().ok();
            let fits = match role(&wish) {
                None => bound.is_empty(),
                Some(role) => bound == [role],
            };
            let compared = [
                (is.alias == wish.alias, Difference::Alias),
                (is.description == wish.description, Difference::Description),
                (role(&is) == role(&wish) && fits, Difference::Role),
            ];
            differences.extend(compared.into_iter().filter(|(same, _)| !same).map(|(_, difference)| difference));
        }
        _ => differences.push(Difference::Other("metadata".into())),
    }
    let different = kept(wanted).into_iter().filter(|path| at(found, path) != at(wanted, path));
    differences.extend(different.map(Difference::Other));
    differences
}

/// The value at a path of [`kept`].
fn at<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
    let metadata = object.get("metadata");
    match path.split_once(": ") {
        Some((map, key)) => metadata?.get(map)?.get(key),
        None => object.get(path).or_else(|| metadata?.get(path)),
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn input(role: &str) -> CreateInput {
        CreateInput { name: "ci".into(), alias: "CI 预".into(), description: "a\nb".into(), role: role.into() }
    }

    fn rich() -> Value {
        json!({
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": {
                "name": "old", "namespace": "demo", "finalizers": ["x.example/y"],
                "labels": { "team": "a" }, "annotations": { "x.example/owner": "me", ALIAS: "Old", ROLE: "viewer" },
            },
            "imagePullSecrets": [{ "name": "registry" }], "automountServiceAccountToken": false,
            "futureField": { "kept": [1, true, null] },
        })
    }

    #[test]
    fn c1_a_form_survives_its_way_through_yaml_and_back() {
        for role in ["", "Role/viewer", "ClusterRole/view"] {
            let object = write(Value::Null, "demo", &input(role));
            assert_eq!(read(&object, "demo"), Ok(input(role)));
            assert_eq!(kept(&object), Vec::<String>::new());
        }
        assert_eq!(
            write(Value::Null, "demo", &CreateInput { name: "ci".into(), ..Default::default() }),
            json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": "ci", "namespace": "demo" } })
        );
    }

    #[test]
    fn c1_what_the_form_can_not_show_is_kept_and_told() {
        let written = write(rich(), "demo", &input("ClusterRole/view"));
        assert_eq!(read(&written, "demo"), Ok(input("ClusterRole/view")));
        for path in ["/metadata/labels", "/metadata/finalizers", "/imagePullSecrets", "/futureField"] {
            assert_eq!(written.pointer(path), rich().pointer(path), "{path}");
        }
        assert_eq!(written["automountServiceAccountToken"], false);
        assert!(written["metadata"]["annotations"].get(ROLE).is_none(), "one role, not two: {written}");
        let mut paths = kept(&written);
        paths.sort();
        assert_eq!(
            paths,
            [
                "annotations: x.example/owner",
                "automountServiceAccountToken",
                "finalizers",
                "futureField",
                "imagePullSecrets",
                "labels: team"
            ]
        );
    }

    #[test]
    fn c1_what_is_no_account_of_the_project_is_told_by_field() {
        let fields = |object: Value| {
            let errors = read(&object, "demo").unwrap_err();
            errors.into_iter().map(|error| error.field).collect::<Vec<_>>()
        };
        let with = |path: &str, value: Value| {
            let mut object = rich();
            *object.pointer_mut(path).unwrap() = value;
            object
        };
        assert_eq!(fields(with("/kind", "Secret".into())), [Field::Kind]);
        assert_eq!(fields(with("/metadata/namespace", "other".into())), [Field::Namespace]);
        assert_eq!(fields(with("/metadata/name", 7.into())), [Field::Name]);
        assert_eq!(fields(with("/metadata/annotations/kubesphere.io~1alias-name", true.into())), [Field::Alias]);
        assert_eq!(fields(with("/metadata/labels", json!([1]))), [Field::Yaml]);
        let mut both = rich();
        both["metadata"]["annotations"][CLUSTER_ROLE] = "view".into();
        assert_eq!(fields(both), [Field::Role]);
        for nothing in [Value::Null, json!([]), json!("ci"), json!({})] {
            assert_eq!(fields(nothing), [Field::Kind]);
        }
    }

    #[test]
    fn d1_the_creator_is_never_the_texts_and_no_key_is_empty() {
        let mut object = rich();
        object["metadata"]["annotations"][CREATOR] = "root".into();
        object["metadata"]["annotations"]["creator"] = "root".into();
        object["metadata"]["annotations"][DESCRIPTION] = "".into();
        object["metadata"]["uid"] = "u1".into();
        object["metadata"]["resourceVersion"] = "7".into();
        let made = to_create(object, "jane");
        let notes = &made["metadata"]["annotations"];
        assert_eq!(notes[CREATOR], "jane");
        assert!(notes.get("creator").is_none() && notes.get(DESCRIPTION).is_none(), "{notes}");
        assert!(made["metadata"].get("uid").is_none() && made["metadata"].get("resourceVersion").is_none());
        assert_eq!(made["futureField"], rich()["futureField"]);
    }

    #[test]
    fn c5_the_same_wish_is_no_difference_and_each_other_one_is_named() {
        let viewer = [RoleRef::role("viewer")];
        let mut found = rich();
        found["metadata"]["annotations"][CREATOR] = "jane".into();
        found["metadata"]["uid"] = "u1".into();
        found["secrets"] = json!([{ "name": "token" }]);
        assert_eq!(differences(&found, &viewer, &rich(), "demo"), []);
        // Who made it is nobody's wish.
        for key in CREATORS {
            let mut elsewhere = rich();
            elsewhere["metadata"]["annotations"][key] = "root".into();
            assert_eq!(differences(&found, &viewer, &elsewhere, "demo"), []);
        }
        // The wish alone is no role, and neither is a second one unseen.
        let both = [RoleRef::role("viewer"), RoleRef::role("admin")];
        for bound in [&[][..], &both[..], &both[1..]] {
            assert_eq!(differences(&found, bound, &rich(), "demo"), [Difference::Role]);
        }
        let mut other = rich();
        other["metadata"]["annotations"][ALIAS] = "New".into();
        other["metadata"]["annotations"][DESCRIPTION] = "New".into();
        other["metadata"]["labels"]["team"] = "b".into();
        other["imagePullSecrets"] = json!([]);
        assert_eq!(
            differences(&found, &viewer, &other, "demo"),
            [
                Difference::Alias,
                Difference::Description,
                Difference::Other("imagePullSecrets".into()),
                Difference::Other("labels: team".into()),
            ]
        );
        found["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
        assert_eq!(differences(&found, &viewer, &rich(), "demo"), [Difference::BeingDeleted]);
    }

    #[test]
    fn c5_an_account_that_was_not_to_have_a_role_has_none() {
        let plain = write(Value::Null, "demo", &input(""));
        assert_eq!(differences(&plain, &[], &plain, "demo"), []);
        assert_eq!(differences(&plain, &[RoleRef::role("admin")], &plain, "demo"), [Difference::Role]);
    }
}
