//! Mending a role whose wish and truth don't agree (SPEC D3).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use musterbook_cluster::{ConnectOptions, KubeSphere, testing::FakeApi};
use musterbook_core::{AppError, bulk::BindingId, repair::Repair, role::RoleRef};
use serde_json::{Value, json};
use support::*;

const KEY: &str = "iam.kubesphere.io/role";

fn success() -> Value {
    json!({ "kind": "Status", "status": "Success" })
}

/// Somebody's own: no label, no owner.
fn by_hand(role: &str) -> Value {
    let mut binding = managed("by-hand", role);
    binding["metadata"]["labels"] = json!({});
    binding["metadata"]["ownerReferences"] = json!([]);
    binding
}

fn by_hands_path() -> String {
    format!("{BINDINGS}/by-hand")
}

fn unbind(uid: &str) -> Repair {
    Repair::Unbind(BindingId { name: "by-hand".into(), uid: uid.into() })
}

async fn mend(api: &FakeApi, repair: Repair) -> Result<(), AppError> {
    client(api).repair_role("demo", "ci", "u1", &repair).await
}

fn writes(api: &FakeApi) -> Vec<String> {
    let is_write = |asked: &musterbook_cluster::testing::Asked| {
        !asked.route.starts_with("GET") && asked.body.get("dryRun").is_none()
    };
    api.calls().into_iter().filter(is_write).map(|asked| asked.route).collect()
}

#[tokio::test]
async fn d3_what_is_wished_is_bound_and_a_binding_to_nothing_goes() {
    let dangling = format!("{BINDINGS}/dangling");
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ KEY: "viewer" })))
        .list(&get(BINDINGS), json!([managed("dangling", "gone")]))
        .on(&post(BINDINGS), 201, managed("made", "viewer"))
        .on(&get(&format!("{BINDINGS}/made")), 200, managed("made", "viewer"))
        .on(&delete(&dangling), 200, success());
    mend(&api, Repair::Bind(RoleRef::role("viewer"))).await.unwrap();
    assert_eq!(writes(&api), [post(BINDINGS), delete(&dangling)]);
}

#[tokio::test]
async fn d3_a_role_that_is_not_there_is_not_bound_and_that_is_told() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ KEY: "gone" }))).list(&get(BINDINGS), json!([])).refuse(
        &post(BINDINGS),
        404,
        "NotFound",
        "roles.rbac.authorization.k8s.io \"gone\" not found",
    );
    assert_eq!(mend(&api, Repair::Bind(RoleRef::role("gone"))).await, Err(AppError::NotFound));
}

#[tokio::test]
async fn d3_adopting_writes_the_wish_and_binds_nothing() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({}))).list(&get(BINDINGS), json!([by_hand("viewer")])).on(
        &patch(CI),
        200,
        ci(json!({})),
    );
    mend(&api, Repair::Adopt(RoleRef::role("viewer"))).await.unwrap();
    assert_eq!(writes(&api), [patch(CI)]);
    assert_eq!(
        api.body(&patch(CI)),
        json!({ "metadata": { "uid": "u1", "resourceVersion": "7", "annotations": {
            KEY: "viewer", "musterbook.dev/cluster-role": null,
        } } })
    );
}

#[tokio::test]
async fn d3_what_is_not_bound_any_more_is_not_adopted_and_a_namesake_is_not_touched() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({}))).list(&get(BINDINGS), json!([by_hand("viewer")]));
    assert_eq!(mend(&api, Repair::Adopt(RoleRef::role("operator"))).await, Err(AppError::Conflict));
    let other = client(&api).repair_role("demo", "ci", "u0", &Repair::Adopt(RoleRef::role("viewer"))).await;
    assert_eq!(other, Err(AppError::Replaced));
    assert_eq!(writes(&api), [""; 0]);
}

#[tokio::test]
async fn d3_unbinding_takes_this_binding_of_this_account_alone() {
    let api = FakeApi::new();
    api.on(&get(&by_hands_path()), 200, by_hand("viewer")).on(&delete(&by_hands_path()), 200, success());
    mend(&api, unbind("uid-of-by-hand")).await.unwrap();
    assert_eq!(writes(&api), [delete(&by_hands_path())]);
    assert_eq!(api.body(&delete(&by_hands_path()))["preconditions"]["uid"], "uid-of-by-hand");

    // Another of its name.
    assert_eq!(mend(&api, unbind("u0")).await, Err(AppError::Replaced));
    let mut shared = by_hand("viewer");
    shared["subjects"].as_array_mut().unwrap().push(json!({ "kind": "User", "name": "bob" }));
    let api = FakeApi::new();
    api.on(&get(&by_hands_path()), 200, shared);
    assert_eq!(mend(&api, unbind("uid-of-by-hand")).await, Err(AppError::Conflict));
    assert_eq!(writes(&api), [""; 0]);
}

#[tokio::test]
async fn d4_beside_kubesphere_no_wish_is_written_before_each_right_was_reviewed() {
    let mut viewer = role("viewer");
    viewer["rules"] = json!([{ "apiGroups": [""], "resources": ["pods"], "verbs": ["get"] }]);
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({})))
        .list(&get(BINDINGS), json!([by_hand("viewer")]))
        .list(&get(ROLES), json!([viewer.clone()]))
        .on(&format!("GET {ROLES}/viewer"), 200, viewer)
        .on(REVIEWS, 201, allowed(false));
    let options = ConnectOptions { caches: false, kubesphere: KubeSphere::V3, ..Default::default() };
    let adopt = Repair::Adopt(RoleRef::role("viewer"));
    let refused = api.cluster_with(&options).acting_as(&jane()).repair_role("demo", "ci", "u1", &adopt).await;
    assert!(matches!(refused, Err(AppError::RoleBeyond { .. })), "{refused:?}");
    assert!(writes(&api).iter().all(|route| route == REVIEWS), "{:?}", writes(&api));
}
