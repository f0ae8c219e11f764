//! From Kubernetes' types to ours.

/// The rules in the API server's escalation refusal, made readable; `None` when the message is another one.
pub(crate) fn missing_rules(message: &str) -> Option<Vec<String>> {
    None
}
