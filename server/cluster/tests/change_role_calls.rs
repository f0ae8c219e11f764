//! Change Role: the new binding first, then the wish, then the old one (SPEC X3).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use musterbook_cluster::testing::{FakeApi, Reply};
use musterbook_core::{AppError, error::HalfDone, role::RoleRef};
use serde_json::{Value, json};
use support::*;

const KEY: &str = "iam.kubesphere.io/role";

fn old() -> String {
    format!("{BINDINGS}/old")
}

fn made() -> String {
    format!("{BINDINGS}/made")
}

fn success() -> Value {
    json!({ "kind": "Status", "status": "Success" })
}

/// `ci` is an operator; reading works, and so do the dry runs.
fn operator() -> FakeApi {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ KEY: "operator" }))).list(&get(BINDINGS), json!([managed("old", "operator")])).on(
        &delete(&old()),
        200,
        success(),
    );
    api
}

/// What is there when the role is changed.
fn then(api: &FakeApi, notes: Value) {
    api.on(&get(CI), 200, ci(notes)).on(&get(&made()), 200, managed("made", "viewer"));
}

async fn to_viewer(api: &FakeApi) -> Result<(), AppError> {
    client(api).change_role("demo", "ci", "u1", Some(&RoleRef::role("viewer"))).await.map(drop)
}

/// Writes only, dry runs of deletes left out.
fn writes(api: &FakeApi) -> Vec<String> {
    let is_write = |asked: &musterbook_cluster::testing::Asked| {
        !asked.route.starts_with("GET") && asked.body.get("dryRun").is_none()
    };
    api.calls().into_iter().filter(is_write).map(|asked| asked.route).collect()
}

#[tokio::test]
async fn x3_new_binding_first_then_the_wish_then_the_old_one_goes() {
    let api = operator();
    api.on(&post(BINDINGS), 201, managed("made", "viewer")).on(&patch(CI), 200, ci(json!({})));
    then(&api, json!({ KEY: "viewer" }));
    to_viewer(&api).await.unwrap();
    assert_eq!(writes(&api), [post(BINDINGS), patch(CI), delete(&old())]);
    assert_eq!(
        api.body(&patch(CI)),
        json!({ "metadata": { "uid": "u1", "resourceVersion": "7", "annotations": {
            KEY: "viewer", "musterbook.dev/cluster-role": null,
        } } })
    );
    let calls = api.calls();
    let last = calls.iter().rfind(|asked| asked.route == delete(&old())).unwrap();
    assert_eq!(last.body["preconditions"]["uid"], "uid-of-old");
}

#[tokio::test]
async fn x3_an_old_binding_that_can_not_go_stops_it_before_anything_is_done() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ KEY: "operator" })))
        .list(&get(BINDINGS), json!([managed("old", "operator")]))
        .deny(&delete(&old()));
    let AppError::Denied(denial) = to_viewer(&api).await.unwrap_err() else { panic!() };
    assert_eq!(denial.to_string(), "delete rolebindings in demo");
    assert_eq!(writes(&api), Vec::<String>::new());
}

#[tokio::test]
async fn x3_only_own_made_bindings_of_the_account_go() {
    let mut by_hand = managed("by-hand", "operator");
    by_hand["metadata"]["labels"] = json!({});
    let mut shared = managed("shared", "operator");
    shared["subjects"].as_array_mut().unwrap().push(json!({ "kind": "User", "name": "bob" }));
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ KEY: "operator" })))
        .list(&get(BINDINGS), json!([managed("old", "operator"), by_hand, shared]))
        .on(&delete(&old()), 200, success())
        .on(&post(BINDINGS), 201, managed("made", "viewer"))
        .on(&patch(CI), 200, ci(json!({})));
    then(&api, json!({ KEY: "viewer" }));
    to_viewer(&api).await.unwrap();
    assert_eq!(writes(&api), [post(BINDINGS), patch(CI), delete(&old())]);
}

#[tokio::test]
async fn x3_a_binding_to_which_somebody_added_a_subject_is_not_taken_away() {
    let mut seen = managed("old", "operator");
    seen["metadata"]["resourceVersion"] = "3".into();
    let conflict = || json!({ "kind": "Status", "reason": "Conflict", "code": 409, "message": "Precondition failed" });
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ KEY: "operator" }))).list(&get(BINDINGS), json!([seen])).on(
        &delete(&old()),
        409,
        conflict(),
    );
    assert_eq!(to_viewer(&api).await, Err(AppError::Conflict));
    assert_eq!(writes(&api), [""; 0]);
    let asked = api.calls().into_iter().rfind(|asked| asked.route == delete(&old())).unwrap();
    assert_eq!(asked.body["preconditions"], json!({ "uid": "uid-of-old", "resourceVersion": "3" }));

    // Between the dry run and the act.
    let late = FakeApi::new();
    late.on(&get(CI), 200, ci(json!({ KEY: "operator" })))
        .list(&get(BINDINGS), json!([seen]))
        .on(&delete(&old()), 200, success())
        .on(&delete(&old()), 409, conflict())
        .on(&post(BINDINGS), 201, managed("made", "viewer"))
        .on(&patch(CI), 200, ci(json!({})));
    assert_eq!(
        to_viewer(&late).await,
        Err(AppError::HalfDone(HalfDone::OldRoleStillBound { old_binding: "old".into() }))
    );
    let asked = late.calls().pop().unwrap();
    assert_eq!(asked.body["preconditions"]["resourceVersion"], "3", "{}", asked.route);
}

#[tokio::test]
async fn x3_the_role_that_it_has_is_no_write() {
    let api = operator();
    client(&api).change_role("demo", "ci", "u1", Some(&RoleRef::role("operator"))).await.unwrap();
    assert_eq!(api.routes(), [get(CI), get(BINDINGS)]);
    let none = FakeApi::new();
    none.on(&get(CI), 200, ci(json!({}))).list(&get(BINDINGS), json!([]));
    client(&none).change_role("demo", "ci", "u1", None).await.unwrap();
    assert_eq!(none.routes(), [get(CI), get(BINDINGS)]);
}

#[tokio::test]
async fn x3_a_role_and_a_cluster_role_of_one_name_are_two() {
    let mut bound = managed("old", "viewer");
    bound["metadata"]["labels"] = json!({ "musterbook.dev/serviceaccount-uid": "u1" });
    bound["roleRef"]["kind"] = "ClusterRole".into();
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ "musterbook.dev/cluster-role": "viewer" })))
        .list(&get(BINDINGS), json!([bound]))
        .on(&post(BINDINGS), 201, managed("made", "viewer"))
        .on(&patch(CI), 200, ci(json!({})))
        .on(&delete(&old()), 200, success());
    then(&api, json!({ KEY: "viewer" }));
    to_viewer(&api).await.unwrap();
    assert_eq!(writes(&api), [post(BINDINGS), patch(CI), delete(&old())]);
    assert_eq!(api.body(&post(BINDINGS))["roleRef"]["kind"], "Role");
}

#[tokio::test]
async fn x3_all_bindings_to_the_old_role_go_whatever_their_names_are() {
    const ODD: &str = "it's <b>?dryRun=All#预";
    let odd = format!("{BINDINGS}/it%27s%20%3Cb%3E%3FdryRun%3DAll%23%E9%A2%84");
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ KEY: "operator" })))
        .list(&get(BINDINGS), json!([managed(ODD, "operator"), managed("old", "operator")]))
        .on(&patch(CI), 200, ci(json!({})));
    for gone in [&odd, &old()] {
        api.on(&delete(gone), 200, success());
    }
    then(&api, json!({}));
    client(&api).change_role("demo", "ci", "u1", None).await.unwrap();
    assert_eq!(writes(&api), [patch(CI), delete(&odd), delete(&old())]);
}

#[tokio::test]
async fn x3_none_revokes() {
    let api = operator();
    api.on(&patch(CI), 200, ci(json!({})));
    then(&api, json!({}));
    client(&api).change_role("demo", "ci", "u1", None).await.unwrap();
    assert_eq!(writes(&api), [patch(CI), delete(&old())]);
    let notes = &api.body(&patch(CI))["metadata"]["annotations"];
    assert_eq!(notes, &json!({ KEY: null, "musterbook.dev/cluster-role": null }));
}

#[tokio::test]
async fn d3_a_wish_without_a_binding_is_bound_and_a_binding_without_a_wish_is_annotated() {
    let not_bound = FakeApi::new();
    not_bound.on(&get(CI), 200, ci(json!({ KEY: "viewer" }))).list(&get(BINDINGS), json!([])).on(
        &post(BINDINGS),
        201,
        managed("made", "viewer"),
    );
    then(&not_bound, json!({ KEY: "viewer" }));
    to_viewer(&not_bound).await.unwrap();
    assert_eq!(writes(&not_bound), [post(BINDINGS)]);

    let not_annotated = FakeApi::new();
    not_annotated.on(&get(CI), 200, ci(json!({}))).list(&get(BINDINGS), json!([managed("kept", "viewer")])).on(
        &patch(CI),
        200,
        ci(json!({})),
    );
    not_annotated.on(&get(CI), 200, ci(json!({ KEY: "viewer" }))).on(
        &get(&format!("{BINDINGS}/kept")),
        200,
        managed("kept", "viewer"),
    );
    to_viewer(&not_annotated).await.unwrap();
    assert_eq!(writes(&not_annotated), [patch(CI)]);
}

#[tokio::test]
async fn x3_a_role_beyond_the_actor_leaves_the_old_one() {
    let api = operator();
    api.refuse(&post(BINDINGS), 403, "Forbidden", BEYOND);
    let error = to_viewer(&api).await.unwrap_err();
    assert!(matches!(error, AppError::RoleBeyond { .. }), "{error:?}");
    assert_eq!(writes(&api), [post(BINDINGS)]);
}

#[tokio::test]
async fn x3_a_wish_that_is_not_written_takes_the_new_binding_back() {
    let api = operator();
    api.on(&post(BINDINGS), 201, managed("made", "viewer"))
        .refuse(&patch(CI), 409, "Conflict", "the object has been modified")
        .on(&delete(&made()), 200, success());
    assert_eq!(to_viewer(&api).await, Err(AppError::Conflict));
    assert_eq!(writes(&api), [post(BINDINGS), patch(CI), delete(&made())]);
    assert_eq!(api.body(&delete(&made()))["preconditions"]["uid"], "uid-of-made");
}

#[tokio::test]
async fn x3_a_new_binding_that_can_not_be_taken_back_is_told() {
    let api = operator();
    api.on(&post(BINDINGS), 201, managed("made", "viewer")).deny(&patch(CI)).deny(&delete(&made()));
    assert_eq!(
        to_viewer(&api).await,
        Err(AppError::HalfDone(HalfDone::OldRoleStillBound { old_binding: "old".into() }))
    );

    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({})))
        .list(&get(BINDINGS), json!([]))
        .on(&post(BINDINGS), 201, managed("made", "viewer"))
        .deny(&patch(CI))
        .deny(&delete(&made()));
    assert_eq!(to_viewer(&api).await, Err(AppError::HalfDone(HalfDone::AnnotationNotWritten)));
}

#[tokio::test]
async fn x3_an_old_binding_that_stays_is_told_by_name() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ KEY: "operator" })))
        .list(&get(BINDINGS), json!([managed("old", "operator")]))
        // The dry run, then the act.
        .on(&delete(&old()), 200, success())
        .deny(&delete(&old()))
        .on(&post(BINDINGS), 201, managed("made", "viewer"))
        .on(&patch(CI), 200, ci(json!({})));
    assert_eq!(
        to_viewer(&api).await,
        Err(AppError::HalfDone(HalfDone::OldRoleStillBound { old_binding: "old".into() }))
    );
}

#[tokio::test]
async fn x3_a_lost_wish_is_unknown_and_keeps_the_new_binding() {
    let api = operator();
    api.on(&post(BINDINGS), 201, managed("made", "viewer")).reply(&patch(CI), Reply::Silence);
    assert_eq!(to_viewer(&api).await, Err(AppError::HalfDone(HalfDone::Unknown)));
    assert_eq!(writes(&api), [post(BINDINGS), patch(CI), patch(CI)]);
}

#[tokio::test]
async fn x3_a_namesake_made_since_is_not_touched() {
    let api = operator();
    let error = client(&api).change_role("demo", "ci", "u0", None).await.unwrap_err();
    assert_eq!(error, AppError::Replaced);
    assert_eq!(writes(&api), Vec::<String>::new());
}
