//! Accounts with their bindings as YAML (SPEC L7).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use futures::{StreamExt, TryStreamExt};
use musterbook_cluster::{ToExport, testing::FakeApi};
use musterbook_core::AppError;
use serde_json::{Value, json};
use support::*;

fn wanted(names: &[&str]) -> ToExport {
    ToExport {
        project: "demo".into(),
        accounts: names.iter().map(ToString::to_string).collect(),
        bindings: true,
        says_project: false,
    }
}

fn page(items: Value, next: &str) -> Value {
    json!({ "kind": "List", "apiVersion": "v1", "metadata": { "continue": next }, "items": items })
}

fn documents(text: &str) -> Vec<Value> {
    serde_saphyr::from_multiple::<Value>(text).unwrap().into_iter().filter(|object| !object.is_null()).collect()
}

async fn export(api: &FakeApi, wanted: ToExport) -> Result<String, AppError> {
    client(api).export(vec![wanted]).try_collect().await
}

/// An account as years of Kubernetes leave it.
fn worn() -> Value {
    let mut account = ci(json!({
        "kubesphere.io/alias-name": "CI: \"yes\"", "iam.kubesphere.io/role": "viewer",
        "kubectl.kubernetes.io/last-applied-configuration": "{\"metadata\":{\"namespace\":\"demo\"}}",
    }));
    account["secrets"] = json!([{ "name": "ci-token-x" }]);
    account["imagePullSecrets"] = json!([{ "name": "registry" }]);
    account["automountServiceAccountToken"] = false.into();
    let metadata = account["metadata"].as_object_mut().unwrap();
    metadata.insert("finalizers".into(), json!(["example.com/hold"]));
    metadata.insert("ownerReferences".into(), json!([{ "uid": "o" }]));
    metadata.insert("labels".into(), json!({ "team": "a" }));
    metadata.insert("generateName".into(), "ci-".into());
    account
}

const FIRST: &str = "?limit=500";

#[tokio::test]
async fn l7_the_yaml_is_what_somebody_wrote_and_nothing_of_the_api_servers() {
    let api = FakeApi::new();
    let mut hand_made = managed("hand-made", "viewer");
    hand_made["metadata"]["labels"] = json!({ "musterbook.dev/serviceaccount-uid": "u1" });
    hand_made["subjects"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "jane" }));
    let foreign = json!({ "kind": "ServiceAccount", "name": "ci", "namespace": "other" });
    hand_made["subjects"].as_array_mut().unwrap().push(foreign);
    api.on(&get(&format!("{ACCOUNTS}{FIRST}")), 200, page(json!([worn()]), "")).on(
        &get(&format!("{BINDINGS}{FIRST}")),
        200,
        page(json!([managed("b", "viewer"), hand_made]), ""),
    );
    let text = export(&api, wanted(&["ci"])).await.unwrap();
    insta::assert_snapshot!(text);
    assert_eq!(documents(&text).len(), 3);
    let told = export(&api, ToExport { says_project: true, ..wanted(&["ci"]) }).await.unwrap();
    assert!(documents(&told).iter().all(|object| object["metadata"]["namespace"] == "demo"), "{told}");
}

#[tokio::test]
async fn l7_it_is_read_page_by_page_and_a_binding_of_two_is_written_once() {
    let named = |name: &str| {
        let mut account = ci(json!({}));
        account["metadata"]["name"] = name.into();
        account
    };
    let mut shared = managed("shared", "viewer");
    shared["subjects"] = json!([{ "kind": "ServiceAccount", "name": "a" }, { "kind": "ServiceAccount", "name": "c" }]);
    let api = FakeApi::new();
    api.on(&get(&format!("{BINDINGS}{FIRST}")), 200, page(json!([managed("b1", "x")]), "more"))
        .on(&get(&format!("{BINDINGS}{FIRST}&continue=more")), 200, page(json!([shared]), ""))
        .on(&get(&format!("{ACCOUNTS}{FIRST}")), 200, page(json!([named("a"), named("b")]), "next"))
        .on(&get(&format!("{ACCOUNTS}{FIRST}&continue=next")), 200, page(json!([named("c")]), ""));
    let parts: Vec<_> = client(&api).export(vec![wanted(&["a", "c"])]).collect().await;
    assert_eq!(parts.len(), 2, "one for each page");
    let text: String = parts.into_iter().map(Result::unwrap).collect();
    let names: Vec<_> = documents(&text).iter().map(|object| object["metadata"]["name"].clone()).collect();
    assert_eq!(names, ["a", "shared", "c"]);
}

#[tokio::test]
async fn l7_what_may_not_be_read_is_not_asked_for_and_what_fails_ends_it() {
    let api = FakeApi::new();
    api.on(&get(&format!("{ACCOUNTS}{FIRST}")), 200, page(json!([worn()]), "next"));
    let parts: Vec<_> = client(&api).export(vec![ToExport { bindings: false, ..wanted(&["ci"]) }]).collect().await;
    assert_eq!((parts.len(), parts[0].is_ok(), &parts[1]), (2, true, &Err(AppError::NotFound)));
    assert!(!api.routes().iter().any(|route| route.contains("rolebindings")), "{:?}", api.routes());
}

#[tokio::test]
async fn l7_an_account_that_is_going_is_left_out_with_a_word() {
    let api = FakeApi::new();
    let mut going = worn();
    going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    api.on(&get(&format!("{ACCOUNTS}{FIRST}")), 200, page(json!([going]), ""));
    let text = export(&api, ToExport { bindings: false, ..wanted(&["ci"]) }).await.unwrap();
    assert_eq!(text, "---\n# ci is being deleted, and left out.\n");
}
