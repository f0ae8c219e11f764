//! What the list says where there are no rows (SPEC L6).

use http::StatusCode;
use musterbook_cluster::testing::FakeApi;
use serde_json::json;

use crate::export::{app, project};

const LIST: &str = "/w/clusters/local/projects/demo/serviceaccounts";

async fn page(api: &FakeApi, query: &str) -> (StatusCode, String) {
    let (app, cookie) = app(api).await;
    let answer = app.get(&format!("{LIST}{query}")).header("cookie", &cookie).send().await;
    (answer.status, answer.text)
}

#[tokio::test]
async fn l6_none_yet_none_matching_and_failed_are_told_apart() {
    let api = project(&json!([]));
    api.list("GET /api/v1/namespaces/demo/pods", json!([]));
    let (status, text) = page(&api, "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("No service accounts yet") && !text.contains("Nothing matches"), "{text}");

    let (status, text) = page(&api, "?q=x").await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("Nothing matches") && !text.contains("No service accounts yet"), "{text}");

    let away = FakeApi::new();
    let labels = json!({ "kubesphere.io/workspace": "w" });
    away.on("GET /api/v1/namespaces/demo", 200, json!({ "metadata": { "name": "demo", "labels": labels } }));
    away.refuse("GET /api/v1/namespaces/demo/serviceaccounts", 503, "ServiceUnavailable", "not now");
    let (status, text) = page(&away, "").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(text.contains("The cluster does not answer") && !text.contains("No service accounts yet"), "{text}");
}
