//! An account that isn't there: each page and each dialog says so, and none goes on waiting for it (SPEC A6).

use http::StatusCode;
use serde_json::json;

use crate::export::{app, project};

const LIST: &str = "/w/clusters/local/projects/demo/serviceaccounts";

#[tokio::test]
async fn a6_each_page_and_dialog_of_an_account_that_is_not_there_says_so() {
    let api = project(&json!([]));
    api.list("GET /api/v1/namespaces/demo/pods", json!([]));
    let (app, cookie) = app(&api).await;
    let dialogs = ["?edit=gone", "?settings=gone", "?role=gone", "?delete=gone", "?create&from=gone"];
    for path in dialogs.into_iter().chain(["/gone", "/gone/yaml", "/gone?issue"]) {
        let answer = app.get(&format!("{LIST}{path}")).header("cookie", &cookie).send().await;
        let is_dialog = dialogs.contains(&path);
        assert_eq!(answer.status, if is_dialog { StatusCode::OK } else { StatusCode::NOT_FOUND }, "{path}");
        assert!(answer.text.contains("It isn't there"), "{path}: {}", answer.text);
        assert!(!answer.text.contains("Loading"), "{path}");
    }
}
