//! What Kubernetes says about the fields of an object, out of its OpenAPI v3 document: for completion and hover text in
//! the YAML editor (SPEC X2).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    /// As `kubectl explain` writes it: `string`, `[]OwnerReference`, `map[string]string`.
    pub kind: String,
    pub about: String,
    pub required: bool,
    /// Of the object, or of the list's elements.
    pub fields: Vec<Field>,
}

/// An account's deepest field is at level 3; a schema may refer to itself.
const DEEPEST: usize = 6;

/// Left out of the editor, and so not offered in it.
const FOLDED: &str = "managedFields";

/// The fields of a core `kind`; none where the document doesn't know it.
pub fn fields_of(document: &Value, kind: &str) -> Vec<Field> {
    let Some(schemas) = document.pointer("/components/schemas").and_then(Value::as_object) else { return Vec::new() };
    let is_wanted = |schema: &&Value| {
        let kinds = schema["x-kubernetes-group-version-kind"].as_array();
        kinds.is_some_and(|kinds| {
            kinds.iter().any(|it| it["kind"] == kind && it["group"] == "" && it["version"] == "v1")
        })
    };
    schemas.values().find(is_wanted).map(|schema| fields(schemas, schema, DEEPEST)).unwrap_or_default()
}

fn fields(schemas: &Map<String, Value>, schema: &Value, levels: usize) -> Vec<Field> {
    let Some(properties) = schema["properties"].as_object().filter(|_| levels > 0) else { return Vec::new() };
    let required = |name: &String| {
        schema["required"].as_array().is_some_and(|names| names.iter().any(|required| required == name.as_str()))
    };
    properties
        .iter()
        .filter(|(name, _)| *name != FOLDED)
        .map(|(name, property)| {
            let of = inner(schemas, property);
            Field {
                name: name.clone(),
                kind: kind(property),
                about: about(schemas, property),
                required: required(name),
                fields: fields(schemas, of, levels - 1),
            }
        })
        .collect()
}

/// `{ $ref }`, which has a default beside it as `{ allOf: [{ $ref }] }`.
fn reference(schema: &Value) -> Option<&str> {
    let plain = schema.get("$ref").or_else(|| schema.pointer("/allOf/0/$ref"))?;
    plain.as_str()?.rsplit('/').next()
}

/// The schema of the value itself, or of a list's elements.
fn inner<'a>(schemas: &'a Map<String, Value>, schema: &'a Value) -> &'a Value {
    let element = schema.get("items").unwrap_or(schema);
    reference(element).and_then(|name| schemas.get(name)).unwrap_or(element)
}

fn kind(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        // `io.k8s.api.core.v1.ObjectReference`
        return name.rsplit('.').next().unwrap_or(name).to_owned();
    }
    match (schema["type"].as_str(), schema.get("items"), schema.get("additionalProperties")) {
        (_, Some(items), _) => format!("[]{}", kind(items)),
        (_, _, Some(values)) => format!("map[string]{}", kind(values)),
        (Some(plain), ..) => plain.to_owned(),
        _ => "object".to_owned(),
    }
}

/// Its own description, else that of what it refers to.
fn about(schemas: &Map<String, Value>, schema: &Value) -> String {
    let described = |schema: &Value| schema["description"].as_str().map(str::to_owned);
    described(schema).or_else(|| described(inner(schemas, schema))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({ "components": { "schemas": {
            "io.k8s.api.core.v1.ServiceAccount": {
                "properties": {
                    "automountServiceAccountToken": { "type": "boolean", "description": "Whether pods…" },
                    "metadata": { "allOf": [{ "$ref": "#/components/schemas/io.k8s.meta.v1.ObjectMeta" }], "default": {} },
                    "secrets": { "type": "array", "items": { "$ref": "#/components/schemas/io.k8s.Reference" } },
                },
                "x-kubernetes-group-version-kind": [{ "group": "", "kind": "ServiceAccount", "version": "v1" }],
            },
            "io.k8s.meta.v1.ObjectMeta": { "description": "What all have.", "properties": {
                "labels": { "type": "object", "additionalProperties": { "type": "string" } },
                "managedFields": { "type": "array", "items": { "type": "object" } },
                "finalizers": { "type": "array", "items": { "type": "string" } },
            } },
            "io.k8s.Reference": { "required": ["name"], "properties": {
                "name": { "type": "string" }, "again": { "$ref": "#/components/schemas/io.k8s.Reference" },
            } },
        } } })
    }

    fn named<'a>(fields: &'a [Field], name: &str) -> &'a Field {
        fields.iter().find(|field| field.name == name).unwrap()
    }

    #[test]
    fn x2_fields_have_their_kind_and_text_and_what_is_below_them() {
        let fields = fields_of(&document(), "ServiceAccount");
        let automount = named(&fields, "automountServiceAccountToken");
        assert_eq!((automount.kind.as_str(), automount.about.as_str()), ("boolean", "Whether pods…"));
        let metadata = named(&fields, "metadata");
        assert_eq!((metadata.kind.as_str(), metadata.about.as_str()), ("ObjectMeta", "What all have."));
        assert_eq!(named(&metadata.fields, "labels").kind, "map[string]string");
        assert_eq!(named(&metadata.fields, "finalizers").kind, "[]string");
        assert!(metadata.fields.iter().all(|field| field.name != "managedFields"));
        let secrets = named(&fields, "secrets");
        assert_eq!(secrets.kind, "[]Reference");
        assert!(named(&secrets.fields, "name").required && !named(&secrets.fields, "again").required);
    }

    #[test]
    fn z7_what_refers_to_itself_or_is_no_schema_ends() {
        let mut depth = 0;
        let mut fields = fields_of(&document(), "ServiceAccount");
        while let Some(field) = fields.into_iter().find(|field| ["secrets", "again"].contains(&field.name.as_str())) {
            (depth, fields) = (depth + 1, field.fields);
        }
        assert_eq!(depth, DEEPEST);
        assert_eq!(fields_of(&document(), "Pod"), []);
        for odd in [json!(null), json!({ "components": { "schemas": { "a": 1, "b": { "properties": [] } } } })] {
            assert_eq!(fields_of(&odd, "ServiceAccount"), []);
        }
    }
}
