//! What the API server has against an object, taken apart: its answers name fields in several ways.

use kube::core::Status;

/// One thing that is wrong, and the field that it is about where that is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub field: Option<String>,
    pub message: String,
}

/// In front of what a strict reading finds (apimachinery, `strictDecodingError`).
const STRICT: &str = "strict decoding error: ";

/// Validation lists its causes by field; a value of the wrong type is named in the words of Go's decoder.
pub(crate) fn findings(status: &Status) -> Vec<Finding> {
    let causes = status.details.as_ref().map(|details| details.causes.as_slice()).unwrap_or_default();
    if causes.is_empty() {
        return vec![Finding { field: wrong_type(&status.message), message: status.message.clone() }];
    }
    let of_cause = |field: &str, message: &str| {
        let (field, message) = (field.trim(), message.trim());
        let named = !field.is_empty() && field != "<nil>";
        let told = if named { format!("{field}: {message}") } else { message.to_owned() };
        Finding { field: named.then(|| field.to_owned()), message: told }
    };
    causes.iter().map(|cause| of_cause(&cause.field, &cause.message)).collect()
}

/// `json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string`
fn wrong_type(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("into Go struct field ")?;
    let (field, _) = rest.split_once(" of type")?;
    field.split_once('.').map(|(_, path)| path.to_owned())
}

/// What a strict reading found: fields that the API server doesn't know, and so would leave out.
/// `… strict decoding error: unknown field "spec", unknown field "metadata.x"`
pub(crate) fn strict(message: &str) -> Option<Vec<Finding>> {
    let (_, found) = message.split_once(STRICT)?;
    let finding = |part: &str| {
        let quoted = part.split('"').nth(1).map(str::to_owned);
        Finding { field: quoted, message: part.to_owned() }
    };
    Some(found.split(", ").map(finding).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(status: serde_json::Value) -> Vec<(Option<String>, String)> {
        let status: Status = serde_json::from_value(status).unwrap();
        findings(&status).into_iter().map(|finding| (finding.field, finding.message)).collect()
    }

    #[test]
    fn x2_causes_name_their_fields() {
        let status = json!({
            "status": "Failure", "code": 422, "reason": "Invalid", "message": "ServiceAccount \"ci\" is invalid: …",
            "details": { "causes": [
                { "reason": "FieldValueInvalid", "message": "Invalid value: \"a b\"", "field": "metadata.labels" },
                { "message": "something", "field": "<nil>" },
            ] },
        });
        let labels = (Some("metadata.labels".into()), "metadata.labels: Invalid value: \"a b\"".into());
        assert_eq!(found(status), [labels, (None, "something".into())]);
    }

    #[test]
    fn x2_a_wrong_type_names_its_field() {
        let message = "ServiceAccount in version \"v1\" cannot be handled as a ServiceAccount: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string";
        let status = json!({ "status": "Failure", "code": 400, "reason": "BadRequest", "message": message });
        assert_eq!(found(status), [(Some("metadata.labels".into()), message.into())]);
        let plain = json!({ "status": "Failure", "code": 403, "reason": "Forbidden", "message": "not on Fridays" });
        assert_eq!(found(plain), [(None, "not on Fridays".into())]);
    }

    #[test]
    fn x2_a_strict_reading_names_unknown_fields() {
        let message = "ServiceAccount in version \"v1\" cannot be handled as a ServiceAccount: strict decoding error: unknown field \"metadata.x\", unknown field \"spec\"";
        let fields: Vec<_> = strict(message).unwrap().into_iter().map(|finding| finding.field).collect();
        assert_eq!(fields, [Some("metadata.x".to_owned()), Some("spec".into())]);
        assert_eq!(strict("not on Fridays"), None);
    }
}
