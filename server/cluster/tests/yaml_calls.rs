//! Edit YAML (SPEC X2).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use musterbook_cluster::testing::FakeApi;
use musterbook_core::{
    AppError,
    yaml::{Problem, Verdict},
};
use serde_json::{Value, json};
use support::*;

const STRICT: &str = "?dryRun=All&fieldValidation=Strict";
const TEXT: &str = "apiVersion: v1
kind: ServiceAccount
metadata:
  name: ci
  namespace: demo
  uid: u1
  labels: {a: b c}
spec: {}
";

fn put(query: &str) -> String {
    format!("PUT {CI}{query}")
}

fn bad(line: Option<u32>, column: Option<u32>, message: &str) -> Result<Verdict, AppError> {
    Ok(Verdict::Bad(vec![Problem { line, column, message: message.into() }]))
}

fn loaded() -> Value {
    let mut account = ci(json!({}));
    account["futureField"] = json!({ "kept": [1, "yes"] });
    account["metadata"]["ownerReferences"] = json!([{ "uid": "o" }]);
    account
}

#[tokio::test]
async fn x2_what_is_loaded_is_put_back_with_its_version_and_its_unknown_fields() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, loaded()).on(&format!("PUT {CI}"), 200, loaded());
    let cluster = api.cluster();
    let document = cluster.reads(&jane()).yaml("demo", "ci").await.unwrap().value.document;
    assert!(!document.text.contains("managedFields"), "{}", document.text);
    let text = document.text.replace("resourceVersion: \"7\"", "resourceVersion: \"9\"");
    let client = cluster.acting_as(&jane());
    let saved = client.save_yaml("demo", "ci", &text, &document.uid, &document.resource_version).await.unwrap();
    assert_eq!((saved.uid.as_str(), saved.resource_version.as_str()), ("u1", "7"));
    let mut expected = loaded();
    expected["metadata"].as_object_mut().unwrap().remove("managedFields");
    assert_eq!(api.body(&format!("PUT {CI}")), expected);
}

#[tokio::test]
async fn x2_a_save_is_over_the_version_that_was_loaded_and_never_over_the_newest() {
    let mut newer = loaded();
    newer["metadata"]["resourceVersion"] = "8".into();
    let api = FakeApi::new();
    api.on(&get(CI), 200, loaded()).on(&get(CI), 200, newer).refuse(
        &put(""),
        409,
        "Conflict",
        "the object has been modified",
    );
    let cluster = api.cluster();
    let document = cluster.reads(&jane()).yaml("demo", "ci").await.unwrap().value.document;
    let client = cluster.acting_as(&jane());
    let saved = client.save_yaml("demo", "ci", &document.text, &document.uid, &document.resource_version).await;
    assert_eq!(saved, Err(AppError::Conflict));
    assert_eq!(api.body(&put(""))["metadata"]["resourceVersion"], "7");
}

#[tokio::test]
async fn d1_who_made_it_is_told_to_be_locked_at_its_line() {
    let mut made = loaded();
    made["metadata"]["annotations"] = json!({ "kubesphere.io/creator": "ann" });
    let api = FakeApi::new();
    api.on(&get(CI), 200, made.clone());
    let client = client(&api);
    let text = "apiVersion: v1
kind: ServiceAccount
metadata:
  name: ci
  namespace: demo
  uid: u1
  annotations:
    kubesphere.io/creator: mallory
";
    let message = "metadata.annotations[kubesphere.io/creator] can't be changed here";
    assert_eq!(client.check_yaml("demo", "ci", text, "u1", "7").await, bad(Some(8), Some(5), message));
    let saved = client.save_yaml("demo", "ci", text, "u1", "7").await;
    assert!(matches!(&saved, Err(AppError::Yaml { line: Some(8), .. })), "{saved:?}");
    assert_eq!(api.routes(), [get(CI), get(CI)]);
}

#[tokio::test]
async fn z8_nothing_but_the_account_is_dry_run_merged_or_shown() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: ci, namespace: demo, uid: u1}\nstringData: {a: b}\n";
    let list = format!("apiVersion: v1\nkind: List\nitems:\n- {}", secret.replace('\n', "\n  "));
    let role =
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: ci, namespace: demo, uid: u1}\n";
    for text in [secret, &list, role] {
        let api = FakeApi::new();
        api.on(&get(CI), 200, loaded());
        let client = client(&api);
        let verdict = client.check_yaml("demo", "ci", text, "u1", "7").await;
        assert!(matches!(&verdict, Ok(Verdict::Bad(problems)) if problems.len() == 1), "{verdict:?}");
        let saved = client.save_yaml("demo", "ci", text, "u1", "7").await;
        assert!(matches!(saved, Err(AppError::Yaml { .. })), "{saved:?}");
        client.merge_yaml("demo", "ci", "u1", [text, text], &[]).await.unwrap();
        assert!(api.routes().iter().all(|route| *route == get(CI)), "{:?}", api.routes());
    }
}

#[tokio::test]
async fn x2_e4_managed_fields_stand_apart_and_who_manages_it_is_said() {
    let api = FakeApi::new();
    let mut account = loaded();
    account["metadata"]["labels"] = json!({ "kubefed.io/managed": "true", "app.kubernetes.io/managed-by": "Helm" });
    api.on(&get(CI), 200, account);
    let yaml = api.cluster().reads(&jane()).yaml("demo", "ci").await.unwrap().value;
    assert_eq!(yaml.managed_fields.as_deref(), Some("- manager: x\n"));
    assert_eq!((yaml.federated, yaml.managed_by.as_deref()), (true, Some("Helm")));
    assert!(!yaml.document.text.contains("managedFields"), "{}", yaml.document.text);
}

#[tokio::test]
async fn x2_checking_is_a_dry_run() {
    let api = FakeApi::new();
    let mut dry = loaded();
    dry["metadata"]["annotations"] = json!({ "defaulted": "true" });
    api.on(&get(CI), 200, loaded()).on(&put(STRICT), 200, dry);
    let Verdict::Good { stored, warnings } = client(&api).check_yaml("demo", "ci", TEXT, "u1", "7").await.unwrap()
    else {
        panic!()
    };
    assert!(stored.text.contains("defaulted: \"true\""), "{}", stored.text);
    assert_eq!(warnings, []);
    assert_eq!(api.routes(), [get(CI), put(STRICT)]);
}

#[tokio::test]
async fn x2_a_field_that_would_be_left_out_is_a_warning_at_its_line() {
    let api = FakeApi::new();
    let message = "ServiceAccount in version \"v1\" cannot be handled as a ServiceAccount: strict decoding error: unknown field \"spec\"";
    api.on(&get(CI), 200, loaded()).refuse(&put(STRICT), 400, "BadRequest", message).on(
        &put("?dryRun=All"),
        200,
        loaded(),
    );
    let Verdict::Good { warnings, .. } = client(&api).check_yaml("demo", "ci", TEXT, "u1", "7").await.unwrap() else {
        panic!()
    };
    assert_eq!(warnings, [Problem { line: Some(8), column: Some(1), message: "unknown field \"spec\"".into() }]);
}

#[tokio::test]
async fn x2_what_is_wrong_is_told_at_its_line() {
    let api = FakeApi::new();
    let mut invalid =
        json!({ "kind": "Status", "status": "Failure", "code": 422, "reason": "Invalid", "message": "…" });
    invalid["details"] = json!({ "causes": [{ "message": "Invalid value: \"b c\"", "field": "metadata.labels" }] });
    api.on(&get(CI), 200, loaded()).on(&put(STRICT), 422, invalid);
    let client = client(&api);
    let check = async |text: &str| client.check_yaml("demo", "ci", text, "u1", "7").await;
    assert_eq!(check(TEXT).await, bad(Some(7), Some(3), "metadata.labels: Invalid value: \"b c\""));
    let renamed = TEXT.replace("name: ci", "name: cd");
    assert_eq!(check(&renamed).await, bad(Some(4), Some(3), "/metadata/name can't be changed here"));
    let Ok(Verdict::Bad(problems)) = check("a: 1\nb: [\n").await else { panic!() };
    assert!(problems[0].line.is_some_and(|line| line >= 2), "{problems:?}");
}

#[tokio::test]
async fn x2_what_is_not_about_the_text_is_an_error() {
    for (code, reason, message, expected) in [
        (409, "Conflict", "Operation cannot be fulfilled", AppError::Conflict),
        (503, "ServiceUnavailable", "", AppError::Unavailable),
    ] {
        let api = FakeApi::new();
        api.on(&get(CI), 200, loaded()).refuse(&put(STRICT), code, reason, message);
        assert_eq!(client(&api).check_yaml("demo", "ci", TEXT, "u1", "7").await, Err(expected));
    }
    let api = FakeApi::new();
    api.on(&get(CI), 200, loaded()).deny(&put(STRICT));
    let denied = client(&api).check_yaml("demo", "ci", TEXT, "u1", "7").await;
    assert!(matches!(denied, Err(AppError::Denied(_))), "{denied:?}");
}

const LOADED: &str = "apiVersion: v1
kind: ServiceAccount
metadata:
  annotations:
    a: \"1\"
    b: \"1\"
  name: ci
  namespace: demo
  resourceVersion: \"7\"
  uid: u1
";

/// What `LOADED` is, with `a` and `b` and another version.
fn theirs(a: &str, b: &str) -> Value {
    let annotations = json!({ "a": a, "b": b });
    json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": {
            "name": "ci", "namespace": "demo", "uid": "u1", "resourceVersion": "8", "annotations": annotations,
            "managedFields": [{ "manager": "x" }],
        },
    })
}

#[tokio::test]
async fn x2_a_merge_has_both_changes_and_keeps_comments() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, theirs("1", "2"));
    let text = LOADED.replace("a: \"1\"", "a: \"2\" # mine");
    let merged = client(&api).merge_yaml("demo", "ci", "u1", [LOADED, &text], &[]).await.unwrap();
    let expected = text.replace("b: \"1\"", "b: \"2\"").replace("Version: \"7\"", "Version: \"8\"");
    assert_eq!((merged.text, merged.conflicts), (expected, vec![]));
    assert_eq!(merged.current.resource_version, "8");
    assert_eq!(api.routes(), [get(CI)], "nothing is written");
}

#[tokio::test]
async fn x2_a_conflict_has_all_three_values_and_is_decided_by_path() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, theirs("3", "2"));
    let client = client(&api);
    let text = LOADED.replace("a: \"1\"", "a: \"2\" # mine");
    let mine = client.merge_yaml("demo", "ci", "u1", [LOADED, &text], &[]).await.unwrap();
    assert!(mine.text.contains("a: \"2\" # mine\n    b: \"2\""), "{}", mine.text);
    let conflict = &mine.conflicts[0];
    assert_eq!((mine.conflicts.len(), conflict.path.as_str()), (1, "metadata.annotations.a"));
    let values = [&conflict.base, &conflict.mine, &conflict.theirs].map(|value| value.as_deref().unwrap().trim());
    assert_eq!(values, ["\"1\"", "\"2\"", "\"3\""]);
    let path = ["metadata.annotations.a".to_owned()];
    let theirs = client.merge_yaml("demo", "ci", "u1", [LOADED, &text], &path).await.unwrap();
    assert!(theirs.text.contains("a: \"3\"\n    b: \"2\""), "{}", theirs.text);
    let namesake = client.merge_yaml("demo", "ci", "u0", [LOADED, &text], &[]).await;
    assert_eq!(namesake, Err(AppError::Replaced));
}

#[tokio::test]
async fn x2_the_fields_are_asked_for_once() {
    let api = FakeApi::new();
    let property = json!({ "type": "boolean", "description": "Whether." });
    let schema = json!({
        "properties": { "automountServiceAccountToken": property },
        "x-kubernetes-group-version-kind": [{ "group": "", "kind": "ServiceAccount", "version": "v1" }],
    });
    let document = json!({ "components": { "schemas": { "ServiceAccount": schema } } });
    api.deny("GET /openapi/v3/api/v1").on("GET /openapi/v3/api/v1", 200, document);
    let cluster = api.cluster();
    // An error isn't kept.
    assert!(matches!(cluster.reads(&jane()).fields().await, Err(AppError::Denied(_))));
    for _ in 0..3 {
        let fields = cluster.reads(&jane()).fields().await.unwrap();
        assert_eq!((fields[0].name.as_str(), fields[0].about.as_str()), ("automountServiceAccountToken", "Whether."));
    }
    assert_eq!(api.routes().len(), 2);
}

#[tokio::test]
async fn x2_nothing_is_put_without_a_version_or_on_a_namesake_or_with_a_locked_field() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, loaded());
    let good = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: ci, namespace: demo, uid: u1}}";
    let renamed = good.replace("name: ci", "name: cd");
    let client = client(&api);
    assert_eq!(client.save_yaml("demo", "ci", good, "u1", "").await, Err(AppError::Conflict));
    assert_eq!(client.save_yaml("demo", "ci", good, "u0", "7").await, Err(AppError::Replaced));
    let error = client.save_yaml("demo", "ci", &renamed, "u1", "7").await.unwrap_err();
    assert!(matches!(&error, AppError::Yaml { message, .. } if message.contains("/metadata/name")), "{error:?}");
    assert!(matches!(client.save_yaml("demo", "ci", "a: [", "u1", "7").await, Err(AppError::Yaml { .. })));
    assert!(api.routes().iter().all(|route| route.starts_with("GET")), "{:?}", api.routes());
}

#[tokio::test]
async fn z4_the_api_servers_refusal_is_shown_short() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, loaded()).refuse(&format!("PUT {CI}"), 422, "Invalid", "metadata.labels: Invalid value");
    let text = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: ci, namespace: demo, uid: u1}}";
    assert_eq!(
        client(&api).save_yaml("demo", "ci", text, "u1", "7").await,
        Err(AppError::Refused { message: "metadata.labels: Invalid value".into() })
    );
}
