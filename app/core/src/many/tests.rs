use serde_json::json;

use super::*;
use crate::{account::ALIAS, form::Problem};

/// JSON is YAML, and all that these tests need of it.
fn parse(text: &str) -> Result<Value, (usize, String)> {
    serde_json::from_str(text).map_err(|error| (error.line(), error.to_string()))
}

fn seen(asked: &Asked) -> Vec<(usize, &str, &str, Option<RowProblem>)> {
    asked
        .rows
        .iter()
        .map(|Given { row, problem }| (row.line, row.name.as_str(), row.role.as_str(), problem.clone()))
        .collect()
}

fn account(name: &str) -> String {
    json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": name } }).to_string()
}

fn binding(account: &str, role: &str) -> String {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": { "name": format!("{account}-{role}") },
        "roleRef": { "kind": "Role", "name": role }, "subjects": [{ "kind": "ServiceAccount", "name": account }],
    })
    .to_string()
}

#[test]
fn c5_a_tables_columns_may_come_in_any_order_and_others_are_told() {
    let text =
        "\u{feff}Role;state;NAME;description\r\nviewer;bound;ci;\"a\r\nb\"\r\nClusterRole/view;;cd\r\n;;ce;;;\r\n";
    let asked = from_table(text, "demo");
    assert_eq!(
        seen(&asked),
        [
            (2, "ci", "Role/viewer", None),
            (4, "cd", "ClusterRole/view", None),
            (5, "ce", "", Some(RowProblem::TooManyCells { is: 6, most: 4 })),
        ]
    );
    assert_eq!(asked.ignored, ["state"]);
    let first = parse(&asked.rows[0].row.object).unwrap();
    assert_eq!(first["metadata"]["annotations"]["kubesphere.io/description"], "a\nb");
    assert_eq!(first["metadata"]["namespace"], "demo");
}

#[test]
fn c5_each_row_says_what_is_wrong_with_it_and_the_others_go_on() {
    let text =
        "name,alias,role,project\nOK,,,\nci,\u{7},,\nci2,,a/b,\nci3,,,other\nok,,,demo\nok,again,,\n,x,,\n\"open,,,\n";
    let asked = from_table(text, "demo");
    let field = |field, problem| Some(RowProblem::Fields(vec![FieldError { field, problem }]));
    assert_eq!(
        seen(&asked),
        [
            (2, "OK", "", field(Field::Name, Problem::NotAName)),
            (3, "ci", "", field(Field::Alias, Problem::NotPrintable { at: 1 })),
            (4, "ci2", "a/b", field(Field::Role, Problem::NotOffered)),
            (5, "ci3", "", Some(RowProblem::OtherProject("other".into()))),
            (6, "ok", "", None),
            (7, "ok", "", Some(RowProblem::Twice { line: 6 })),
            (8, "", "", field(Field::Name, Problem::Required)),
            (9, "", "", Some(RowProblem::Unclosed)),
        ]
    );
}

#[test]
fn c5_a_table_is_told_from_yaml_by_its_first_line() {
    for table in ["name\nci", "\n\u{feff}alias;name\n", "a\tname", "名称,别名", "\"name\",x"] {
        assert!(is_table(table), "{table:?}");
    }
    for yaml in ["", "name: ci", "---\nname", "# name,alias", "apiVersion: v1", "{\"name\": 1}"] {
        assert!(!is_table(yaml), "{yaml:?}");
    }
}

#[test]
fn l7_what_the_exported_list_guards_is_read_as_it_was() {
    let asked = from_table("name,alias\nci,'=1+1\ncd,'tis\n", "demo");
    let alias = |place: usize| parse(&asked.rows[place].row.object).unwrap()["metadata"]["annotations"][ALIAS].clone();
    assert_eq!((alias(0), alias(1)), (json!("=1+1"), json!("'tis")));
}

#[test]
fn c5_a_document_that_can_not_be_read_leaves_the_others_alone() {
    let text = format!("{}\n---\n{{\n\"a\"\n---\n{}\n---\n{}\n", account("a"), account("b"), account("a"));
    let asked = from_documents(&text, "demo", parse);
    let problems: Vec<_> = asked.rows.iter().map(|given| (given.row.line, &given.problem)).collect();
    assert!(matches!(problems[1], (5.., Some(RowProblem::Unreadable(_)))), "{problems:?}");
    assert_eq!((problems[0], problems[2]), ((1, &None), (6, &None)));
    assert_eq!(problems[3], (8, &Some(RowProblem::Twice { line: 1 })));
}

#[test]
fn c5_other_kinds_and_other_projects_are_refused_by_name() {
    let secret = json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "s" } });
    let foreign = json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": "x", "namespace": "kube-system" } });
    let text = format!("{secret}\n---\n{foreign}\n---\n7\n");
    let asked = from_documents(&text, "demo", parse);
    assert_eq!(
        seen(&asked),
        [
            (1, "s", "", Some(RowProblem::OtherKind("Secret".into()))),
            (3, "x", "", Some(RowProblem::OtherProject("kube-system".into()))),
            (5, "", "", Some(RowProblem::OtherKind(String::new()))),
        ]
    );
}

#[test]
fn c5_an_accounts_binding_is_its_role_and_any_other_is_left_out() {
    let texts = [account("a"), binding("a", "viewer"), binding("a", "admin"), binding("b", "viewer"), account("b")];
    let asked = from_documents(&texts.join("\n---\n"), "demo", parse);
    assert_eq!(
        seen(&asked),
        [
            (1, "a", "Role/viewer", None),
            (5, "a-admin", "", Some(RowProblem::OtherBinding)),
            (7, "b-viewer", "", Some(RowProblem::OtherBinding)),
            (9, "b", "", None),
        ]
    );
    let object = parse(&asked.rows[0].row.object).unwrap();
    assert_eq!(object["metadata"]["annotations"]["iam.kubesphere.io/role"], "viewer");
}

#[test]
fn c5_a_list_is_its_items() {
    let list = format!(r#"{{"apiVersion":"v1","kind":"List","items":[{},{}]}}"#, account("a"), account("b"));
    let asked = from_documents(&list, "demo", parse);
    assert_eq!(seen(&asked), [(1, "a", "", None), (1, "b", "", None)]);
}

/// Texts that are nearly tables and nearly documents, the same ones in every run.
#[test]
fn z7_no_text_makes_the_readers_panic() {
    const PARTS: [&str; 36] = [
        "name",
        ",",
        ";",
        "\t",
        "\"",
        "\"\"",
        "\n",
        "\r\n",
        "\r",
        "\u{feff}",
        "---",
        "...",
        "--- ",
        "\n---\n",
        ":",
        ": ",
        "- ",
        "#",
        " ",
        "ci",
        "预",
        "\0",
        "'=",
        "{",
        "}",
        "[",
        "]",
        "kind",
        "\"kind\":\"List\"",
        "items",
        "\u{1f980}",
        "|",
        "&a",
        "*a",
        "role",
        "Role/",
    ];
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |most: usize| {
        // xorshift64*: no crate is needed to be unpredictable enough.
        seed ^= seed >> 12;
        seed ^= seed << 25;
        seed ^= seed >> 27;
        usize::try_from(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap_or(0) % most
    };
    for _ in 0..20_000 {
        let length = next(24);
        let text: String = (0..length).map(|_| PARTS[next(PARTS.len())]).collect();
        let lines = text.lines().count() + 1;
        for asked in [from_table(&text, "demo"), from_documents(&text, "demo", parse)] {
            assert!(asked.rows.iter().all(|given| (1..=lines + 1).contains(&given.row.line)), "{text:?}");
        }
        _ = is_table(&text);
        for path in [&["metadata", "name"][..], &["a", "b", "kind"], &["name"]] {
            _ = crate::yaml_text::set(&text, path, Some("x"));
            _ = crate::yaml_text::set(&text, path, None);
        }
    }
}
