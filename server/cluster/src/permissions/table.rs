//! The table of docs/PERMISSIONS.md.

use super::{CALLS, Call, Scope};

/// The rows as a Markdown table: what is called, where, as whom and why.
pub fn permissions_markdown() -> String {
    let mut table = String::from("| as | verb | resource | where | what for |\n| --- | --- | --- | --- | --- |\n");
    for call in CALLS {
        let (who, place) = match call.scope {
            Scope::Project => ("the person", "in a project"),
            Scope::Cluster => ("the person", "in the cluster"),
            Scope::Own => ("Musterbook", "in all namespaces"),
        };
        table.push_str(&format!("| {who} | {} | {} | {place} | {} |\n", call.verb, resource(&call), call.why));
    }
    table
}

fn resource(call: &Call) -> String {
    let group = if call.group.is_empty() { String::new() } else { format!(".{}", call.group) };
    let name = call.name.map(|name| format!(" `{name}`")).unwrap_or_default();
    format!("`{}{group}`{name}", call.resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a8_the_document_has_the_tables_rows() {
        let document = include_str!("../../../../docs/PERMISSIONS.md");
        let (_, rest) = document.split_once("<!-- permissions:begin -->\n").expect("begin marker");
        let (table, _) = rest.split_once("<!-- permissions:end -->").expect("end marker");
        assert_eq!(table.trim(), permissions_markdown().trim(), "docs/PERMISSIONS.md is not what the table renders");
    }

    #[test]
    fn a8_no_call_is_listed_twice() {
        for (index, call) in CALLS.iter().enumerate() {
            let same = |other: &&Call| {
                (other.verb, other.group, other.resource, other.scope)
                    == (call.verb, call.group, call.resource, call.scope)
            };
            assert_eq!(CALLS[index + 1..].iter().find(same), None);
        }
    }

    #[test]
    fn a8_musterbook_itself_reads_no_secret_and_writes_nothing() {
        for call in CALLS.iter().filter(|call| call.scope == Scope::Own) {
            assert!(call.is_read() && call.resource != "secrets", "{call:?}");
        }
    }
}
