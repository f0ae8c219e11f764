//! What the caches cost, counted by the allocator: the same on every machine (SPEC P2).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::{sync::Arc, time::Duration};

use allocation_counter::measure;
use musterbook_cluster::{
    Cluster, ConnectOptions, KubeSphere, Reads,
    testing::{FakeApi, Reply},
};
use musterbook_core::list::{ListQuery, Sort};
use serde_json::{Value, json};
use support::*;
use tokio::runtime::Runtime;

fn account(number: usize) -> Value {
    json!({
        "metadata": {
            "name": format!("account-{number:06}"), "namespace": "demo", "resourceVersion": number.to_string(),
            "uid": format!("00000000-0000-4000-8000-{number:012}"),
            "creationTimestamp": format!("2026-01-{:02}T{:02}:00:00Z", number % 28 + 1, number % 24),
            "annotations": {
                "kubesphere.io/alias-name": format!("Account of team {number}"),
                "kubesphere.io/description": "Rolls out releases from the pipeline of that team",
                "kubesphere.io/creator": "project-regular",
                "iam.kubesphere.io/role": "viewer",
            },
        },
    })
}

fn binding(number: usize) -> Value {
    let name = format!("account-{number:06}");
    json!({
        "metadata": {
            "name": format!("{name}-viewer"), "namespace": "demo", "resourceVersion": "1",
            "uid": format!("00000000-0000-4000-9000-{number:012}"),
            "labels": { "iam.kubesphere.io/serviceaccount-ref": name },
        },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "viewer" },
        "subjects": [{ "kind": "ServiceAccount", "name": name, "namespace": "demo" }],
    })
}

/// An API server with so many accounts in one project, each bound. Its watches stay open and quiet.
fn with_accounts(count: usize) -> FakeApi {
    let api = FakeApi::new();
    let rbac = "/apis/rbac.authorization.k8s.io/v1";
    for (path, items) in [
        ("/api/v1/serviceaccounts".into(), (0..count).map(account).collect()),
        ("/api/v1/namespaces".into(), json!([{ "metadata": { "name": "demo", "resourceVersion": "1" } }])),
        ("/api/v1/pods".into(), json!([])),
        (format!("{rbac}/roles"), json!([{ "metadata": { "name": "viewer", "namespace": "demo" } }])),
        (format!("{rbac}/rolebindings"), (0..count).map(binding).collect()),
    ] {
        let list = json!({ "metadata": { "resourceVersion": "1" }, "items": items });
        api.on(&format!("GET {path}?limit=1000"), 200, list);
        let watch = "watch=true&timeoutSeconds=60&allowWatchBookmarks=true&resourceVersion=1";
        api.reply(&format!("GET {path}?{watch}"), Reply::Silence);
    }
    api.on(REVIEWS, 201, allowed(true)).reply("GET /readyz", Reply::Text(200, "ok".into()));
    api
}

/// Starts the caches and waits until they are filled. On one thread: its allocations are what is counted.
fn filled(runtime: &Runtime, api: &FakeApi) -> (Cluster, Arc<dyn Reads>) {
    runtime.block_on(async {
        let options = ConnectOptions { kubesphere: KubeSphere::Off, ..Default::default() };
        let cluster = api.cluster_with(&options);
        while cluster.ready().await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let reads = cluster.reads(&jane());
        assert!(reads.changes(&demo()).is_some(), "{:#?}", api.routes());
        (cluster, reads)
    })
}

fn one_thread() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn p2_an_account_and_its_binding_take_at_most_a_kilobyte() {
    let bytes = |count: usize| {
        let api = with_accounts(count);
        let mut kept = None;
        let runtime = one_thread();
        let info = measure(|| kept = Some(filled(&runtime, &api)));
        // What the scripted API server remembers of what it was asked is not much, and the same for both.
        info.bytes_current
    };
    let (few, many) = (bytes(100), bytes(5_100));
    let each = (many - few) / 5_000;
    assert!(each < 1024, "{each} bytes");
    println!("{each} bytes for an account with its binding");
}

#[test]
fn p2_a_page_costs_the_same_however_many_accounts_there_are() {
    let costs = |count: usize, query: &ListQuery| {
        let (runtime, api) = (one_thread(), with_accounts(count));
        let (_cluster, reads) = filled(&runtime, &api);
        let list = || runtime.block_on(reads.list(&demo(), query)).unwrap().value;
        // The reviews are asked by the first.
        assert_eq!((list().total, list().rows.len()), (count, 10));
        let info = measure(|| drop(list()));
        (info.count_total, info.bytes_max)
    };
    for sort in [Sort::Created, Sort::Name] {
        let query = ListQuery { sort, descending: sort == Sort::Created, ..ListQuery::default() };
        let ((few, few_bytes), (many, many_bytes)) = (costs(100, &query), costs(10_000, &query));
        assert!(many <= few + few / 10, "{sort:?}: {few} allocations at 100 accounts, {many} at 10,000");
        assert!(many_bytes <= few_bytes + few_bytes / 10, "{sort:?}: {few_bytes} bytes, {many_bytes} at 10,000");
        assert!(many_bytes < 48 * 1024, "{sort:?}: {many_bytes} bytes");
    }
}

#[test]
fn p2_a_search_holds_no_more_than_places_of_what_it_finds() {
    let (runtime, api) = (one_thread(), with_accounts(10_000));
    let (_cluster, reads) = filled(&runtime, &api);
    for query in [
        ListQuery { search: "TEAM 99".into(), ..ListQuery::default() },
        ListQuery { sort: Sort::Role, page: 700, ..ListQuery::default() },
    ] {
        let list = || runtime.block_on(reads.list(&demo(), &query)).unwrap().value;
        assert_eq!((list().total, list().rows.len()), (10_000, 10));
        let info = measure(|| drop(list()));
        assert!(info.count_total < 3_000, "{query:?}: {info:?}");
        assert!(info.bytes_max < 1024 * 1024, "{query:?}: {info:?}");
    }
}
