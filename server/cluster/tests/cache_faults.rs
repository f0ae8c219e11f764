//! A watch that has fallen too far behind (SPEC Z5).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::time::Duration;

use musterbook_cluster::{
    ConnectOptions, KubeSphere,
    testing::{FakeApi, Reply},
};
use serde_json::json;
use support::*;

#[tokio::test]
async fn z5_a_watch_that_is_too_old_lists_anew_and_what_went_meanwhile_is_gone() {
    let api = FakeApi::new();
    let rbac = "/apis/rbac.authorization.k8s.io/v1";
    let list =
        |version: &str, items: serde_json::Value| json!({ "metadata": { "resourceVersion": version }, "items": items });
    let watch = |path: &str, version: &str| {
        format!("GET {path}?watch=true&timeoutSeconds=60&allowWatchBookmarks=true&resourceVersion={version}")
    };
    for (path, items) in [
        ("/api/v1/namespaces".into(), json!([{ "metadata": { "name": "demo" } }])),
        ("/api/v1/pods".into(), json!([])),
        (format!("{rbac}/roles"), json!([])),
        (format!("{rbac}/rolebindings"), json!([])),
    ] {
        api.on(&format!("GET {path}?limit=1000"), 200, list("1", items));
        api.reply(&watch(&path, "1"), Reply::Silence);
    }
    let account =
        |name: &str| json!({ "metadata": { "name": name, "namespace": "demo", "uid": name, "resourceVersion": "1" } });
    let accounts = "/api/v1/serviceaccounts";
    api.on(&format!("GET {accounts}?limit=1000"), 200, list("1", json!([account("stays"), account("goes")])));
    api.on(&format!("GET {accounts}?limit=1000"), 200, list("9", json!([account("stays"), account("comes")])));
    let gone = json!({ "type": "ERROR", "object": { "kind": "Status", "code": 410, "reason": "Expired", "message": "too old" } });
    api.reply(&watch(accounts, "1"), Reply::Text(200, format!("{gone}\n")));
    api.reply(&watch(accounts, "9"), Reply::Silence);
    api.on(REVIEWS, 201, allowed(true)).reply("GET /readyz", Reply::Text(200, "ok".into()));

    let cluster = api.cluster_with(&ConnectOptions { kubesphere: KubeSphere::Off, ..Default::default() });
    let reads = cluster.reads(&jane());
    let mut names = Vec::new();
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if reads.changes(&demo()).is_some() {
            names = accounts_of(&*reads).await;
            if names == ["comes", "stays"] {
                return;
            }
        }
    }
    panic!("{names:?}: {:#?}", api.routes());
}

async fn accounts_of(reads: &dyn musterbook_cluster::Reads) -> Vec<String> {
    let mut names: Vec<_> = accounts(reads).await.unwrap().value.into_iter().map(|account| account.name).collect();
    names.sort();
    names
}
