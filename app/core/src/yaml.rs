//! What the YAML editor may and may not change (SPEC X2), on plain JSON values: no field is known, none is lost.

use serde_json::Value;

use crate::account::CREATORS;

/// An account's YAML as it was loaded.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct YamlDocument {
    pub text: String,
    pub uid: String,
    pub resource_version: String,
}

/// An account as its YAML page begins with it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AccountYaml {
    pub document: YamlDocument,
    /// Who changed which field when, as YAML: left out of the document.
    pub managed_fields: Option<String>,
    /// See [`crate::account::Account`].
    pub federated: bool,
    pub managed_by: Option<String>,
}

/// What the API server says to an edited text, without storing it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Verdict {
    /// It would store this. Warnings name what it doesn't know, and so would leave out.
    Good {
        stored: YamlDocument,
        warnings: Vec<Problem>,
    },
    Bad(Vec<Problem>),
}

impl Verdict {
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Good { warnings, .. } => warnings,
            Self::Bad(problems) => problems,
        }
    }
}

/// Something wrong with a text, in the words of the parser or the API server.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// Both start at 1; `None`: it is about the whole.
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub message: String,
}

/// An edited text, and what somebody else did meanwhile, as one.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MergedYaml {
    pub text: String,
    /// What is in the cluster now: the merged text goes over this version, and over no other.
    pub current: YamlDocument,
    pub conflicts: Vec<YamlConflict>,
}

/// A field that both changed, each in another way, with its values as YAML; `None`: it isn't there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct YamlConflict {
    pub path: String,
    pub base: Option<String>,
    pub mine: Option<String>,
    pub theirs: Option<String>,
}

/// A locked field that was edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} can't be changed here")]
pub struct Locked {
    pub path: &'static str,
}

/// Fields that the editor locks: they say which object this is.
const LOCKED: [&str; 5] = ["/apiVersion", "/kind", "/metadata/name", "/metadata/namespace", "/metadata/uid"];
/// And who made it ([`CREATORS`]).
const LOCKED_NOTES: [&str; 2] = ["metadata.annotations[kubesphere.io/creator]", "metadata.annotations[creator]"];

/// Takes `metadata.managedFields` out of what is edited: the API server keeps its own.
pub fn fold_managed_fields(object: &mut Value) -> Option<Value> {
    object.pointer_mut("/metadata").and_then(Value::as_object_mut)?.remove("managedFields")
}

/// The object to PUT: the edited one, with the version that was loaded, so that somebody else's change in between is
/// a conflict and never overwritten. Refuses an edit of a locked field.
pub fn to_replace(edited: Value, loaded: &Value, resource_version: &str) -> Result<Value, Locked> {
    let mut object = match edited {
        Value::Object(object) => object,
        _ => return Err(Locked { path: "/kind" }),
    };
    for path in LOCKED {
        let root = Value::Object(object);
        let same = root.pointer(path) == loaded.pointer(path);
        let Value::Object(back) = root else { unreachable!("was made an object above") };
        object = back;
        if !same {
            return Err(Locked { path });
        }
    }
    let mut object = Value::Object(object);
    // Over another version the API server finds a conflict, and what differs need not be this person's doing.
    if loaded.pointer("/metadata/resourceVersion").and_then(Value::as_str) == Some(resource_version) {
        let note = |object: &Value, key: &str| object["metadata"]["annotations"].get(key).cloned();
        let mut notes = CREATORS.into_iter().zip(LOCKED_NOTES);
        if let Some((_, path)) = notes.find(|(key, _)| note(&object, key) != note(loaded, key)) {
            return Err(Locked { path });
        }
    }
    set_version(&mut object, resource_version);
    Ok(object)
}

/// The version is the API server's, whatever was typed.
pub fn set_version(object: &mut Value, resource_version: &str) {
    if let Some(metadata) = object.pointer_mut("/metadata").and_then(Value::as_object_mut) {
        metadata.insert("resourceVersion".into(), resource_version.into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn loaded() -> Value {
        json!({
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": { "name": "ci", "namespace": "demo", "uid": "u", "resourceVersion": "7", "ownerReferences": [{ "uid": "o" }] },
            "futureField": { "kept": true }
        })
    }

    #[test]
    fn x2_the_version_loaded_is_sent_and_unknown_fields_survive() {
        let mut edited = loaded();
        edited["metadata"]["resourceVersion"] = "9".into();
        edited["metadata"]["annotations"] = json!({ "a": "b" });
        let put = to_replace(edited, &loaded(), "7").unwrap();
        assert_eq!(put["metadata"]["resourceVersion"], "7");
        assert_eq!(put["futureField"]["kept"], true);
        assert_eq!(put["metadata"]["ownerReferences"][0]["uid"], "o");
    }

    #[test]
    fn x2_name_namespace_and_kind_are_locked() {
        for (path, value) in
            [("/metadata/name", "x"), ("/metadata/namespace", "x"), ("/kind", "Secret"), ("/metadata/uid", "x")]
        {
            let mut edited = loaded();
            *edited.pointer_mut(path).unwrap() = value.into();
            assert_eq!(to_replace(edited, &loaded(), "7").unwrap_err().path, path);
        }
        assert_eq!(to_replace(json!([1]), &loaded(), "7"), Err(Locked { path: "/kind" }));
    }

    #[test]
    fn d1_who_made_it_is_not_for_the_editor_to_say() {
        let mut made = loaded();
        made["metadata"]["annotations"] = json!({ "kubesphere.io/creator": "jane", "a": "b" });
        let locked = |edited: Value, now: &Value| to_replace(edited, now, "7").err().map(|locked| locked.path);
        for (key, path) in CREATORS.into_iter().zip(LOCKED_NOTES) {
            let mut forged = made.clone();
            forged["metadata"]["annotations"][key] = "mallory".into();
            assert_eq!(locked(forged.clone(), &made), Some(path));
            assert_eq!(locked(forged.clone(), &loaded()), Some(LOCKED_NOTES[0]));
            // Somebody else wrote it meanwhile: the API server will say so.
            forged["metadata"]["resourceVersion"] = "8".into();
            assert_eq!(locked(made.clone(), &forged), None);
        }
        assert_eq!(locked(loaded(), &made), Some(LOCKED_NOTES[0]));
        assert_eq!(locked(made.clone(), &made), None);
    }
}
