//! What the YAML editor may and may not change (SPEC X2), on plain JSON values: no field is known, none is lost.

use serde_json::{Map, Value};

/// An account's YAML as it was loaded.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct YamlDocument {
    pub text: String,
    pub uid: String,
    pub resource_version: String,
}

/// A locked field that was edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} can't be changed here")]
pub struct Locked {
    pub path: &'static str,
}

/// Fields that the editor locks: they say which object this is.
const LOCKED: [&str; 5] = ["/apiVersion", "/kind", "/metadata/name", "/metadata/namespace", "/metadata/uid"];

/// Takes `metadata.managedFields` out of what is shown: the API server keeps its own.
pub fn fold_managed_fields(object: &mut Value) {
    if let Some(metadata) = object.pointer_mut("/metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
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
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        set(metadata, "resourceVersion", resource_version);
    }
    Ok(Value::Object(object))
}

fn set(map: &mut Map<String, Value>, key: &str, value: &str) {
    map.insert(key.into(), Value::from(value));
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
}
