//! A new account between the form and YAML, and copies (SPEC C1): what is written is read again.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use musterbook_cluster::draft::{as_form, as_yaml, copy};
use musterbook_core::{
    AppError,
    draft::{Copied, Draft},
    form::{CreateInput, Field, FieldError, Problem},
    role::RoleRef,
};
use serde_json::{Value, json};

fn parse(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { serde_saphyr::from_str(text).unwrap() }
}

const TEXT: &str = "\
# Made by hand
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ci # the one
  labels: {team: a}
  annotations:
    kubesphere.io/alias-name: CI
    x.example/owner: me
futureField:
  - kept
";

fn form(text: &str) -> CreateInput {
    as_form("demo", text).unwrap().input
}

#[test]
fn c1_to_yaml_and_back_and_again_nothing_is_lost() {
    for (alias, description) in [("", ""), ("CI 预", "a\nb: c # d"), ("'\"{}[]", "---\n...\n- x"), ("yes", "007")] {
        for role in ["", "Role/viewer", "ClusterRole/view"] {
            let input = CreateInput {
                name: "ci".into(),
                alias: alias.into(),
                description: description.into(),
                role: role.into(),
            };
            for base in ["", TEXT] {
                let yaml = as_yaml("demo", &input, base).unwrap();
                assert_eq!(form(&yaml.text), input, "{}", yaml.text);
                let again = as_yaml("demo", &input, &yaml.text).unwrap();
                assert_eq!(again.text, yaml.text);
                assert_eq!(parse(&again.text).get("futureField"), parse(base).get("futureField"));
            }
        }
    }
}

#[test]
fn c1_comments_and_layout_stay_where_a_field_changes() {
    let input = CreateInput { alias: "New".into(), role: "Role/viewer".into(), ..form(TEXT) };
    let text = as_yaml("demo", &input, TEXT).unwrap().text;
    for line in ["# Made by hand\n", "  name: ci # the one\n", "  labels: {team: a}\n", "alias-name: New\n"] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    assert!(text.contains("    iam.kubesphere.io/role: viewer\n") && text.contains("  namespace: demo\n"), "{text}");
}

#[test]
fn c1_what_lines_can_not_say_is_written_anew() {
    let flow = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: ci, annotations: {a/b: c}}, x: [1]}\n";
    let yaml = as_yaml("demo", &CreateInput { alias: "A".into(), ..form(flow) }, flow).unwrap();
    assert_eq!(form(&yaml.text).alias, "A");
    assert_eq!(parse(&yaml.text)["x"], json!([1]));
    assert_eq!(yaml.kept, ["annotations: a/b", "x"]);
}

#[test]
fn c1_a_text_that_is_wrong_says_at_which_line() {
    let error = as_form("demo", "apiVersion: v1\nkind: [\n").unwrap_err();
    assert!(matches!(error, AppError::Yaml { line: Some(2..), .. }), "{error:?}");
    let error = as_form("demo", &TEXT.replace("ServiceAccount", "Secret")).unwrap_err();
    assert_eq!(error, AppError::Invalid(vec![FieldError { field: Field::Kind, problem: Problem::NotOffered }]));
}

#[test]
fn c1_a_copy_is_nobodys_and_says_what_it_lacks() {
    let text = "\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ci
  namespace: demo
  uid: u1
  resourceVersion: '7'
  creationTimestamp: '2026-01-01T00:00:00Z'
  ownerReferences: [{uid: o}]
  labels: {team: a, app.kubernetes.io/managed-by: Helm}
  annotations:
    kubesphere.io/alias-name: CI
    kubesphere.io/description: Rolls out
    kubesphere.io/creator: admin
    creator: admin
    iam.kubesphere.io/role: viewer
    meta.helm.sh/release-name: x
    kubectl.kubernetes.io/last-applied-configuration: '{}'
    eks.amazonaws.com/role-arn: arn
imagePullSecrets: [{name: registry}]
automountServiceAccountToken: false
secrets: [{name: ci-token}]
";
    let Copied { draft, not_copied } = copy("demo", text, Some(&RoleRef::role("viewer"))).unwrap();
    assert_eq!(
        draft.input,
        CreateInput {
            name: String::new(),
            alias: "CI".into(),
            description: "Rolls out".into(),
            role: "Role/viewer".into()
        }
    );
    let sorted = |mut paths: Vec<String>| {
        paths.sort();
        paths
    };
    assert_eq!(
        sorted(draft.kept),
        ["annotations: eks.amazonaws.com/role-arn", "automountServiceAccountToken", "imagePullSecrets", "labels: team"]
    );
    assert_eq!(
        sorted(not_copied),
        [
            "annotations: kubectl.kubernetes.io/last-applied-configuration",
            "annotations: meta.helm.sh/release-name",
            "labels: app.kubernetes.io/managed-by",
            "ownerReferences",
            "secrets"
        ]
    );
    let object = parse(&draft.text);
    assert_eq!(object["metadata"]["name"], "");
    for gone in ["/metadata/uid", "/metadata/ownerReferences", "/metadata/resourceVersion", "/secrets"] {
        assert_eq!(object.pointer(gone), None, "{gone}");
    }
    let plain = copy("demo", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ci, uid: u}\n", None).unwrap();
    assert_eq!((plain.draft, plain.not_copied), (Draft::default(), vec![]));
}
