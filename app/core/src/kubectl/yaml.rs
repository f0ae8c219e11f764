//! Objects as YAML that kubectl reads: each text stays the same and on one line.

use crate::role::{RoleRef, binding_label};

pub(super) fn account(project: &str, name: &str, notes: &[(&str, &str)]) -> String {
    let notes: String = notes.iter().map(|(key, text)| format!("    {key}: {}\n", string(text))).collect();
    let [name, project] = [name, project].map(string);
    format!(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {name}\n  namespace: {project}\n  annotations:\n{notes}"
    )
}

/// The binding that gives the role (D2), under a name that the API server makes up: labels and owner say whose it is.
pub(super) fn binding(project: &str, account: &str, uid: &str, role: &RoleRef) -> String {
    let (label, value) = binding_label(account, uid, role);
    let [prefix, role_name] = [&format!("{account}-{}-", role.name), &role.name].map(|text| string(text));
    let [project, account, uid, value] = [project, account, uid, value].map(string);
    let kind = role.kind.as_str();
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  generateName: {prefix}
  namespace: {project}
  labels:
    {label}: {value}
  ownerReferences:
  - apiVersion: v1
    kind: ServiceAccount
    name: {account}
    uid: {uid}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {kind}
  name: {role_name}
subjects:
- kind: ServiceAccount
  name: {account}
  namespace: {project}
"
    )
}

/// In quotes, as JSON; what YAML takes for a line break, or doesn't take at all, is escaped as well (YAML 1.1, 5.1, 5.4).
pub(super) fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    for c in serde_json::Value::from(text).to_string().chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted
}
