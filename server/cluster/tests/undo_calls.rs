//! Undo: what is remembered of an act, and what is done with it (SPEC X5).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use musterbook_cluster::{
    ConnectOptions, KubeSphere, Record,
    testing::{FakeApi, Reply},
};
use musterbook_core::{
    AppError,
    bulk::{BindingId, Outcome, Target},
    error::HalfDone,
    form::{Field, FieldError, Problem},
    role::RoleRef,
    rules::RulesText,
    undo::{Replay, What},
};
use serde_json::{Value, json};
use support::*;

const KEY: &str = "iam.kubesphere.io/role";

fn labelled(label: &str) -> String {
    format!("GET {BINDINGS}?labelSelector={label}")
}

fn by_uid() -> String {
    labelled("musterbook.dev%2Fserviceaccount-uid%3Du1")
}

fn by_name() -> String {
    labelled("iam.kubesphere.io%2Fserviceaccount-ref%3Dci")
}

fn by_hand() -> String {
    labelled("%21musterbook.dev%2Fserviceaccount-uid%2C%21iam.kubesphere.io%2Fserviceaccount-ref")
}

fn before() -> Value {
    let mut account = ci(json!({ KEY: "viewer", "a": "b" }));
    account["automountServiceAccountToken"] = false.into();
    account["secrets"] = json!([{ "name": "ci-token" }]);
    account["metadata"]["ownerReferences"] = json!([{ "kind": "Deployment", "uid": "o" }]);
    account
}

/// `ci`, a viewer, is there to be deleted.
fn viewer() -> FakeApi {
    let api = FakeApi::new();
    api.list(&by_uid(), json!([])).list(&by_name(), json!([managed("old", "viewer")])).list(&by_hand(), json!([]));
    api.on(&delete(CI), 200, before());
    api
}

async fn deleted() -> Record {
    client(&viewer()).delete_account("demo", "ci", "u1").await.unwrap().record.unwrap()
}

/// Nothing of `ci` is there, and all of it may be made.
fn free() -> FakeApi {
    let api = FakeApi::new();
    let mut made = ci(json!({}));
    made["metadata"]["uid"] = "u2".into();
    api.on(&try_post(ACCOUNTS), 201, made.clone())
        .on(&try_post(BINDINGS), 201, managed("trial", "viewer"))
        .on(&post(ACCOUNTS), 201, made)
        .on(&post(BINDINGS), 201, managed("made", "viewer"));
    api
}

async fn undo(api: &FakeApi, record: &Record) -> Replay {
    client(api).undo_in_turn(vec![record.clone()]).await.pop().unwrap().unwrap()
}

fn taken() -> AppError {
    AppError::Invalid(vec![FieldError { field: Field::Name, problem: Problem::Taken }])
}

fn exists() -> Reply {
    Reply::Json(409, json!({ "kind": "Status", "reason": "AlreadyExists", "code": 409, "message": "already exists" }))
}

#[tokio::test]
async fn x5_the_account_and_its_binding_come_back_for_the_new_uid_after_dry_runs() {
    let api = free();
    let replay = undo(&api, &deleted().await).await;
    assert!(replay.is_whole(), "{replay:?}");
    assert_eq!((replay.name.as_str(), &replay.what), ("ci", &What::Deleted));
    assert_eq!(replay.bindings, [(RoleRef::role("viewer"), None)]);
    let mut routes = api.routes();
    routes[..2].sort();
    assert_eq!(routes, [try_post(ACCOUNTS), try_post(BINDINGS), post(ACCOUNTS), post(BINDINGS)]);
    let wanted = json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": {
            "name": "ci", "annotations": { KEY: "viewer", "a": "b" }, "ownerReferences": [{ "kind": "Deployment", "uid": "o" }],
        },
        "automountServiceAccountToken": false,
    });
    assert_eq!(api.body(&post(ACCOUNTS)), wanted);
    let binding = api.body(&post(BINDINGS));
    assert_eq!(binding["metadata"]["ownerReferences"][0]["uid"], "u2");
    assert_eq!(binding["metadata"]["labels"], json!({ "iam.kubesphere.io/serviceaccount-ref": "ci" }));
    assert_eq!((&binding["roleRef"]["kind"], &binding["roleRef"]["name"]), (&json!("Role"), &json!("viewer")));
}

#[tokio::test]
async fn x5_a_plan_changes_nothing() {
    let api = free();
    let plan = client(&api).plan_undo(&deleted().await).await;
    assert!(plan.is_whole());
    let mut routes = api.routes();
    routes.sort();
    assert_eq!(routes, [try_post(ACCOUNTS), try_post(BINDINGS)]);
}

#[tokio::test]
async fn x5_only_what_kubernetes_deletes_with_the_account_is_remembered() {
    let mut of_another = managed("of-another", "admin");
    of_another["metadata"]["ownerReferences"][0]["uid"] = "u0".into();
    let mut unowned = managed("stays", "admin");
    unowned["metadata"]["ownerReferences"] = json!([]);
    let api = FakeApi::new();
    let both = managed("both", "viewer");
    api.list(&by_uid(), json!([both])).list(&by_name(), json!([both, of_another, unowned]));
    api.list(&by_hand(), json!([unowned])).on(&delete(CI), 200, before());
    let record = client(&api).delete_account("demo", "ci", "u1").await.unwrap().record.unwrap();
    let plan = client(&free()).plan_undo(&record).await;
    assert_eq!(plan.bindings, [(RoleRef::role("viewer"), None)]);
}

#[tokio::test]
async fn x5_what_somebody_made_by_hand_and_the_account_owned_comes_back_as_it_was() {
    let mut hand_made = managed("by-hand", "viewer");
    hand_made["metadata"]["labels"] = json!({ "team": "a" });
    let api = FakeApi::new();
    api.list(&by_uid(), json!([])).list(&by_name(), json!([managed("old", "viewer")]));
    api.list(&by_hand(), json!([hand_made])).on(&delete(CI), 200, before());
    let client_of_both = client(&api);
    let record = client_of_both.delete_account("demo", "ci", "u1").await.unwrap().record.unwrap();
    // Of many that are deleted, each looks for its own, and one call is enough for what nobody labelled.
    client_of_both.delete_account("demo", "ci", "u1").await.unwrap();
    assert_eq!(api.routes().iter().filter(|route| **route == by_hand()).count(), 1);
    let api = free();
    let replay = undo(&api, &record).await;
    assert!(replay.is_whole(), "{replay:?}");
    assert_eq!(replay.bindings, [(RoleRef::role("viewer"), None), (RoleRef::role("viewer"), None)]);
    let made = api.calls().pop().unwrap();
    assert_eq!(made.route, post(BINDINGS));
    assert_eq!(
        (&made.body["metadata"]["name"], &made.body["metadata"]["labels"]),
        (&json!("by-hand"), &json!({ "team": "a" }))
    );
    assert_eq!(made.body["metadata"]["ownerReferences"][0]["uid"], "u2");
}

#[tokio::test]
async fn x5_a_namesake_made_since_is_not_touched() {
    let record = deleted().await;
    let api = FakeApi::new();
    api.reply(&try_post(ACCOUNTS), exists()).on(&try_post(BINDINGS), 201, managed("trial", "viewer"));
    let replay = undo(&api, &record).await;
    assert_eq!(replay.stops, Some(taken()));
    assert!(api.routes().iter().all(|route| route.ends_with("?dryRun=All")), "{:?}", api.routes());

    // Between the dry run and the act.
    let late = FakeApi::new();
    late.on(&try_post(ACCOUNTS), 201, before()).on(&try_post(BINDINGS), 201, managed("trial", "viewer"));
    late.reply(&post(ACCOUNTS), exists());
    assert_eq!(undo(&late, &record).await.stops, Some(taken()));
    assert!(!late.routes().contains(&post(BINDINGS)));
}

#[tokio::test]
async fn x5_a_role_that_is_gone_or_beyond_the_actor_stays_away_and_is_told() {
    let record = deleted().await;
    for (code, reason, message, why) in [
        (
            404,
            "NotFound",
            "roles \"viewer\" not found",
            AppError::Invalid(vec![FieldError { field: Field::Role, problem: Problem::NotOffered }]),
        ),
        (
            403,
            "Forbidden",
            BEYOND,
            AppError::RoleBeyond {
                role: "Role/viewer".into(),
                missing: vec!["* on pods, secrets".into()],
                to_hold: RulesText::default(),
            },
        ),
    ] {
        let api = FakeApi::new();
        api.on(&try_post(ACCOUNTS), 201, before()).on(&post(ACCOUNTS), 201, before()).refuse(
            &try_post(BINDINGS),
            code,
            reason,
            message,
        );
        let replay = undo(&api, &record).await;
        assert_eq!(replay.stops, None);
        assert_eq!(replay.bindings, [(RoleRef::role("viewer"), Some(why))]);
        assert!(!replay.is_whole());
        assert!(api.routes().contains(&post(ACCOUNTS)) && !api.routes().contains(&post(BINDINGS)));
    }
}

#[tokio::test]
async fn x5_who_may_not_make_accounts_is_told_and_nothing_is_made() {
    let api = FakeApi::new();
    api.deny(&try_post(ACCOUNTS)).on(&try_post(BINDINGS), 201, managed("trial", "viewer"));
    let replay = undo(&api, &deleted().await).await;
    assert!(matches!(replay.stops, Some(AppError::Denied(_))), "{replay:?}");
    assert!(api.routes().iter().all(|route| route.ends_with("?dryRun=All")));
}

#[tokio::test]
async fn x5_bindings_that_can_not_be_seen_are_said_not_to_come_back() {
    let api = FakeApi::new();
    api.deny(&by_uid()).deny(&by_name()).on(&delete(CI), 200, before());
    let record = client(&api).delete_account("demo", "ci", "u1").await.unwrap().record.unwrap();
    let replay = undo(&free(), &record).await;
    assert!(replay.unseen && !replay.is_whole());
    assert_eq!((replay.stops, replay.bindings), (None, vec![]));
}

#[tokio::test]
async fn x5_an_api_server_that_does_not_give_what_was_deleted_leaves_nothing_to_undo() {
    let api = viewer();
    let silent = FakeApi::new();
    silent.on(&delete(CI), 200, json!({ "kind": "Status", "status": "Success" }));
    assert_eq!(client(&silent).delete_account("demo", "ci", "u1").await.unwrap().record, None);
    // Kubernetes makes `default` again by itself.
    let path = format!("{ACCOUNTS}/default");
    api.on(&delete(&path), 200, before());
    assert_eq!(client(&api).delete_account("demo", "default", "u1").await.unwrap().record, None);
}

#[tokio::test]
async fn x5_bindings_that_were_deleted_along_come_back_as_they_were() {
    let path = format!("{BINDINGS}/by-hand");
    let by_hand = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": { "name": "by-hand", "namespace": "demo", "uid": "uid-of-by-hand", "resourceVersion": "3", "labels": { "team": "a" } },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view" },
        "subjects": [{ "kind": "ServiceAccount", "name": "ci", "namespace": "demo" }],
    });
    let api = viewer();
    api.on(&get(&path), 200, by_hand).on(&delete(&path), 200, json!({ "kind": "Status", "status": "Success" }));
    let bindings = vec![BindingId { name: "by-hand".into(), uid: "uid-of-by-hand".into() }];
    let target = Target { project: "demo".into(), name: "ci".into(), uid: "u1".into(), bindings };
    let (outcome, record) = client(&api).delete_target(target).await;
    assert_eq!(outcome, Outcome::Deleted);
    let api = free();
    let replay = undo(&api, &record.unwrap()).await;
    assert!(replay.is_whole(), "{replay:?}");
    assert_eq!(replay.bindings, [(RoleRef::role("viewer"), None), (RoleRef::cluster_role("view"), None)]);
    let made = api.calls().pop().unwrap();
    assert_eq!(made.route, post(BINDINGS));
    assert_eq!(made.body["metadata"], json!({ "name": "by-hand", "labels": { "team": "a" }, "annotations": null }));
    assert_eq!(made.body["subjects"][0]["namespace"], "demo", "the fence looks at it");
}

#[tokio::test]
async fn x5_a_binding_that_was_deleted_along_does_not_hide_that_others_could_not_be_seen() {
    let path = format!("{BINDINGS}/old");
    let api = FakeApi::new();
    let mut unowned = managed("old", "viewer");
    unowned["metadata"]["ownerReferences"] = json!([]);
    api.deny(&by_uid()).deny(&by_name()).on(&delete(CI), 200, before());
    api.on(&get(&path), 200, unowned).on(&delete(&path), 200, json!({ "kind": "Status", "status": "Success" }));
    let bindings = vec![BindingId { name: "old".into(), uid: "uid-of-old".into() }];
    let target = Target { project: "demo".into(), name: "ci".into(), uid: "u1".into(), bindings };
    let (_, record) = client(&api).delete_target(target).await;
    let plan = client(&free()).plan_undo(&record.unwrap()).await;
    assert!(plan.unseen && plan.bindings.len() == 1, "{plan:?}");
}

#[tokio::test]
async fn x5_beside_kubesphere_a_wish_comes_back_after_its_rights_were_reviewed_and_else_not_at_all() {
    let options = ConnectOptions { caches: false, kubesphere: KubeSphere::V3, ..Default::default() };
    let record = deleted().await;
    let way = async |api: &FakeApi| {
        let client = api.cluster_with(&options).acting_as(&jane());
        client.undo_in_turn(vec![record.clone()]).await.pop().unwrap().unwrap()
    };
    // Its controller binds what is wished for, and asks nobody whether the person may.
    let mut beyond = role("viewer");
    beyond["rules"] = json!([{ "apiGroups": [""], "resources": ["secrets"], "verbs": ["get"] }]);
    let api = free();
    api.list(&get(ROLES), json!([beyond])).on(REVIEWS, 201, allowed(false));
    let replay = way(&api).await;
    assert_eq!(replay.stops, None);
    assert!(matches!(&replay.bindings[..], [(_, Some(AppError::RoleBeyond { .. }))]), "{replay:?}");
    assert_eq!(api.body(&post(ACCOUNTS))["metadata"]["annotations"], json!({ "a": "b" }));

    let api = free();
    api.list(&get(ROLES), json!([role("viewer")]));
    let replay = way(&api).await;
    assert!(replay.is_whole(), "{replay:?}");
    assert_eq!(api.body(&post(ACCOUNTS))["metadata"]["annotations"][KEY], "viewer");
    assert!(!api.routes().iter().any(|route| route.contains(BINDINGS)), "the binding is the controller's");
}

/// `ci` has `role`, and everything about it may be changed.
fn with_role(role: &str) -> FakeApi {
    let api = FakeApi::new();
    let success = json!({ "kind": "Status", "status": "Success" });
    api.on(&get(CI), 200, ci(json!({ KEY: role })))
        .list(&get(BINDINGS), json!([managed("old", role)]))
        .on(&delete(&format!("{BINDINGS}/old")), 200, success)
        .on(&try_post(BINDINGS), 201, managed("trial", "viewer"))
        .on(&post(BINDINGS), 201, managed("made", "viewer"))
        .on(&patch(CI), 200, ci(json!({})));
    api
}

/// What is there when that is done.
fn then(api: &FakeApi, role: &str) {
    api.on(&get(CI), 200, ci(json!({ KEY: role })));
    api.on(&get(&format!("{BINDINGS}/made")), 200, managed("made", role));
}

async fn changed() -> Record {
    let api = with_role("viewer");
    then(&api, "operator");
    let changed = client(&api).change_role("demo", "ci", "u1", Some(&RoleRef::role("operator"))).await;
    changed.unwrap().unwrap()
}

#[tokio::test]
async fn x5_a_role_goes_back_to_what_it_was() {
    let (record, api) = (changed().await, with_role("operator"));
    let acted = with_role("operator");
    then(&acted, "viewer");
    let what = What::RoleChanged { from: Some(RoleRef::role("viewer")), to: Some(RoleRef::role("operator")) };
    let plan = client(&api).plan_undo(&record).await;
    assert_eq!((&plan.what, &plan.stops), (&what, &None));
    let dry = |asked: &musterbook_cluster::testing::Asked| {
        asked.route.starts_with("GET") || asked.route.ends_with("?dryRun=All") || asked.body.get("dryRun").is_some()
    };
    assert!(api.calls().iter().all(dry), "{:?}", api.routes());

    let replay = undo(&acted, &record).await;
    assert!(replay.is_whole(), "{replay:?}");
    assert_eq!(acted.body(&post(BINDINGS))["roleRef"]["name"], "viewer");
    assert_eq!(acted.body(&patch(CI))["metadata"]["annotations"][KEY], "viewer");
}

#[tokio::test]
async fn x5_a_role_that_was_changed_again_since_or_of_a_namesake_is_left_alone() {
    let record = changed().await;
    let again = with_role("admin");
    assert_eq!(undo(&again, &record).await.stops, Some(AppError::Conflict));
    let mut namesake = ci(json!({}));
    namesake["metadata"]["uid"] = "u2".into();
    let other = FakeApi::new();
    other.on(&get(CI), 200, namesake).list(&get(BINDINGS), json!([]));
    assert_eq!(undo(&other, &record).await.stops, Some(AppError::Replaced));
    let gone = FakeApi::new();
    gone.list(&get(BINDINGS), json!([]));
    assert_eq!(undo(&gone, &record).await.stops, Some(AppError::NotFound));
    for api in [again, other, gone] {
        assert!(api.routes().iter().all(|route| route.starts_with("GET")), "{:?}", api.routes());
    }
}

#[tokio::test]
async fn x5_undoing_never_gives_a_role_that_was_only_wished_for() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ KEY: "admin" })))
        .list(&get(BINDINGS), json!([]))
        .on(&post(BINDINGS), 201, managed("made", "viewer"))
        .on(&patch(CI), 200, ci(json!({})));
    then(&api, "viewer");
    let viewer = RoleRef::role("viewer");
    let record = client(&api).change_role("demo", "ci", "u1", Some(&viewer)).await.unwrap().unwrap();
    let plan = client(&with_role("viewer")).plan_undo(&record).await;
    assert_eq!((plan.what, plan.stops), (What::RoleChanged { from: None, to: Some(viewer) }, None));

    // Nothing changed, or more was there than one change gives back.
    let same = with_role("viewer");
    assert_eq!(client(&same).change_role("demo", "ci", "u1", Some(&RoleRef::role("viewer"))).await, Ok(None));
    let two = FakeApi::new();
    two.on(&get(CI), 200, ci(json!({ KEY: "viewer" })))
        .list(&get(BINDINGS), json!([managed("old", "viewer"), managed("second", "operator")]))
        .on(&get(&format!("{BINDINGS}/old")), 200, managed("old", "viewer"))
        .on(&delete(&format!("{BINDINGS}/second")), 200, json!({ "kind": "Status", "status": "Success" }));
    assert_eq!(client(&two).change_role("demo", "ci", "u1", Some(&RoleRef::role("viewer"))).await, Ok(None));
}

#[tokio::test]
async fn x5_an_answer_that_is_lost_is_not_called_undone() {
    let api = FakeApi::new();
    api.on(&try_post(ACCOUNTS), 201, before())
        .on(&try_post(BINDINGS), 201, managed("trial", "viewer"))
        .reply(&post(ACCOUNTS), Reply::Silence);
    let replay = undo(&api, &deleted().await).await;
    assert_eq!(replay.stops, Some(AppError::HalfDone(HalfDone::Unknown)));
}
