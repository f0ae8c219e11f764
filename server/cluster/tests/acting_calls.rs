//! Every call is the actor's, and in the table of permissions (SPEC A1, A8).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use musterbook_cluster::{
    Actor, Cluster, ConnectOptions, KubeSphere,
    permissions::{CALLS, Scope},
    testing::{Asked, FakeApi, Reply},
};
use musterbook_core::{
    AppError,
    credential::IssueInput,
    form::{CreateInput, EditInput},
    role::RoleRef,
};
use serde_json::json;
use support::*;

/// Everything that a page or a person can ask for, whatever comes of it.
async fn everything(cluster: &Cluster, actor: &Actor) -> Vec<Option<AppError>> {
    let reads = cluster.reads(actor);
    let writes = cluster.acting_as(actor);
    let create = CreateInput { name: "ci".into(), role: "Role/viewer".into(), ..Default::default() };
    let plain = CreateInput { name: "ci".into(), ..Default::default() };
    let edit = EditInput { alias: "CI".into(), uid: "u1".into(), ..Default::default() };
    let yaml = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ci, namespace: demo, uid: u1}\n";
    let viewer = RoleRef::role("viewer");
    let deleted = writes.delete_account("demo", "ci", "u1").await;
    let undone = writes.undo_in_turn(deleted.iter().filter_map(|deleted| deleted.record.clone()).collect()).await;
    vec![
        reads.projects("").await.err(),
        reads.project("demo").await.err(),
        accounts(&*reads).await.err(),
        reads.account("demo", "ci").await.err(),
        reads.rights("demo").await.err(),
        reads.token_secrets("demo", "ci").await.err(),
        reads.impact("demo", "ci").await.err(),
        reads.role_options("demo").await.err(),
        reads.yaml("demo", "ci").await.err(),
        reads.fields().await.err(),
        writes.create_account("demo", &create).await.err(),
        writes.create_account("demo", &plain).await.err(),
        writes.edit_information("demo", "ci", &edit).await.err(),
        writes.change_role("demo", "ci", "u1", Some(&viewer)).await.err(),
        writes.change_role("demo", "ci", "u1", None).await.err(),
        deleted.err(),
        undone.into_iter().find_map(|way| way.unwrap().stops),
        writes.check_yaml("demo", "ci", yaml, "u1", "7").await.err(),
        writes.save_yaml("demo", "ci", yaml, "u1", "7").await.err(),
        writes.merge_yaml("demo", "ci", "u1", [yaml, yaml], &[]).await.err(),
        writes.issue_kubeconfig("demo", "ci", &IssueInput::default()).await.err(),
        writes.reveal("demo", "ci", "ci-token", "token").await.err(),
    ]
}

/// An API server on which all of that succeeds.
fn willing() -> FakeApi {
    let api = FakeApi::new();
    let namespace = json!({ "metadata": { "name": "demo" } });
    let made = managed("made", "viewer");
    api.on(REVIEWS, 201, allowed(true))
        .list("GET /api/v1/namespaces", json!([namespace]))
        .on("GET /api/v1/namespaces/demo", 200, namespace)
        .list(&get(ACCOUNTS), json!([ci(json!({}))]))
        .on(&get(CI), 200, ci(json!({ "iam.kubesphere.io/role": "operator" })))
        .list(&get(BINDINGS), json!([managed("old", "operator")]))
        .on(&get(&format!("{BINDINGS}/old")), 200, managed("old", "operator"))
        .list(&get(ROLES), json!([role("viewer")]))
        .list(&format!("GET {CLUSTER_ROLES}?labelSelector=musterbook.dev%2Fproject-role%3Dtrue"), json!([]))
        .list(&format!("GET {SECRETS}{TOKENS}&limit=500"), json!([]))
        .list(&format!("GET {SECRETS}{TOKENS}"), json!([]))
        .list("GET /api/v1/namespaces/demo/pods?fieldSelector=spec.serviceAccountName%3Dci%2Cstatus.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed", json!([]))
        .on(&try_post(BINDINGS), 201, made.clone())
        .on(&post(BINDINGS), 201, made)
        .on(&post(ACCOUNTS), 201, ci(json!({})))
        .on(&try_post(ACCOUNTS), 201, ci(json!({})))
        .list(&format!("GET {BINDINGS}?labelSelector=musterbook.dev%2Fserviceaccount-uid%3Du1"), json!([]))
        .list(&format!("GET {BINDINGS}?labelSelector=iam.kubesphere.io%2Fserviceaccount-ref%3Dci"), json!([]))
        .list(&format!("GET {BINDINGS}?labelSelector=%21musterbook.dev%2Fserviceaccount-uid%2C%21iam.kubesphere.io%2Fserviceaccount-ref"), json!([]))
        .on(&patch(CI), 200, ci(json!({})))
        .on(&delete(&format!("{BINDINGS}/old")), 200, json!({ "kind": "Status", "status": "Success" }))
        .on(&delete(CI), 200, ci(json!({})))
        .on(&format!("PUT {CI}?dryRun=All&fieldValidation=Strict"), 200, ci(json!({})))
        .on(&format!("PUT {CI}"), 200, ci(json!({})))
        .on("GET /openapi/v3/api/v1", 200, json!({}))
        .on("GET /api/v1/namespaces/demo/configmaps/kube-root-ca.crt", 200, json!({ "data": { "ca.crt": "PEM" } }))
        .on(&post(&format!("{CI}/token")), 201, json!({ "status": { "token": "t", "expirationTimestamp": "2026-01-01T01:00:00Z" } }))
        .on(&get(&format!("{SECRETS}/ci-token")), 200, json!({
            "metadata": { "name": "ci-token", "annotations": { "kubernetes.io/service-account.name": "ci" } },
            "type": "kubernetes.io/service-account-token", "data": { "token": "dA==" },
        }));
    api
}

#[tokio::test]
async fn a1_every_call_carries_the_actors_headers() {
    let api = willing();
    let actor = Actor {
        groups: vec!["team".into(), "other".into()],
        uid: Some("42".into()),
        extra: [("example.com/scope".to_owned(), vec!["a".to_owned()])].into(),
        ..jane()
    };
    let errors = everything(&api.cluster(), &actor).await;
    assert_eq!(errors.iter().flatten().collect::<Vec<_>>(), Vec::<&AppError>::new());
    for asked in api.calls() {
        let all = |name: &str| -> Vec<_> {
            asked.headers.get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
        };
        assert_eq!(all("impersonate-user"), ["jane"], "{}", asked.route);
        assert_eq!(all("impersonate-group"), ["team", "other"], "{}", asked.route);
        assert_eq!(all("impersonate-uid"), ["42"], "{}", asked.route);
        assert_eq!(all("impersonate-extra-example.com%2fscope"), ["a"], "{}", asked.route);
    }
}

#[tokio::test]
async fn a8_the_calls_are_the_table_no_more_and_no_less() {
    let api = willing();
    everything(&api.cluster(), &jane()).await;
    let beside = ConnectOptions { caches: false, kubesphere: KubeSphere::V4, ..Default::default() };
    api.cluster_with(&beside).reads(&jane()).role_options("demo").await.unwrap();
    let made: std::collections::BTreeSet<_> = api.calls().iter().map(call).collect();
    let listed: std::collections::BTreeSet<_> = CALLS
        .iter()
        .filter(|call| call.scope != Scope::Own)
        .map(|call| format!("{} {}/{}", call.verb, call.group, call.resource))
        .collect();
    assert_eq!(made, listed);
}

/// The call as the table names it.
fn call(asked: &Asked) -> String {
    let (method, url) = asked.route.split_once(' ').unwrap();
    if url.starts_with("/openapi/") {
        return format!("get /{url}");
    }
    let path: Vec<_> = url.split('?').next().unwrap().split('/').skip(1).collect();
    let (group, rest) = if path[0] == "api" { ("", &path[2..]) } else { (path[1], &path[3..]) };
    let rest = if rest[0] == "namespaces" && rest.len() > 2 { &rest[2..] } else { rest };
    let verb = match (method, rest.len()) {
        ("GET", 1) => "list",
        ("GET", _) => "get",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", _) => "delete",
        _ => panic!("{method}"),
    };
    let subresource = rest.get(2).map(|name| format!("/{name}")).unwrap_or_default();
    format!("{verb} {group}/{}{subresource}", rest[0])
}

#[tokio::test]
async fn a1_an_actor_without_a_name_reaches_nothing() {
    for user in ["", " jane"] {
        let api = willing();
        let errors = everything(&api.cluster(), &Actor { user: user.into(), ..jane() }).await;
        assert_eq!(api.routes(), Vec::<String>::new());
        // Rights and role options are answers of "not known".
        assert!(errors.iter().flatten().all(|error| matches!(error, AppError::Internal { .. })), "{errors:?}");
    }
}

#[tokio::test]
async fn a1_two_actors_never_share_headers() {
    let api = willing();
    let cluster = api.cluster();
    let bob = Actor { user: "bob".into(), groups: vec![], ..jane() };
    for actor in [jane(), bob, jane()] {
        cluster.reads(&actor).yaml("demo", "ci").await.unwrap();
    }
    let users: Vec<_> =
        api.calls().iter().map(|asked| asked.headers["impersonate-user"].to_str().unwrap().to_owned()).collect();
    assert_eq!(users, ["jane", "bob", "jane"]);
    assert!(api.calls()[1].headers.get("impersonate-group").is_none());
}

#[tokio::test]
async fn a5_health_and_kubespheres_traces_are_asked_as_itself() {
    let api = willing();
    api.reply("GET /readyz", Reply::Text(200, "ok".into()));
    let cluster = api.cluster_with(&ConnectOptions { caches: false, ..Default::default() });
    cluster.ready().await.unwrap();
    cluster.acting_as(&jane()).change_role("demo", "ci", "u1", None).await.unwrap();
    let mut own: Vec<_> = api
        .calls()
        .into_iter()
        .filter(|asked| !asked.headers.contains_key("impersonate-user"))
        .map(|asked| asked.route)
        .collect();
    own.sort();
    // In the background, too.
    own.dedup();
    assert_eq!(
        own,
        [
            "GET /apis/apps/v1/namespaces/kubesphere-system/deployments/ks-controller-manager",
            "GET /apis/iam.kubesphere.io/v1beta1",
            "GET /readyz",
        ]
    );
}

#[tokio::test]
async fn a6_where_musterbook_may_not_act_a_person_hears_what_they_may_not() {
    let api = FakeApi::new();
    let refused = "serviceaccounts is forbidden: User \"system:serviceaccount:m:m\" cannot impersonate-on:user-info:list resource \"serviceaccounts\"";
    with_demo(&api).refuse(&get(ACCOUNTS), 403, "Forbidden", refused).on(REVIEWS, 201, allowed(false));
    let AppError::Denied(denial) = accounts(&*api.cluster().reads(&jane())).await.unwrap_err() else { panic!() };
    assert_eq!(denial.to_string(), "list serviceaccounts in demo");

    let api = FakeApi::new();
    with_demo(&api).refuse(&get(ACCOUNTS), 403, "Forbidden", refused).on(REVIEWS, 201, allowed(true));
    let error = accounts(&*api.cluster().reads(&jane())).await.unwrap_err();
    assert!(matches!(error, AppError::Internal { .. }), "{error:?}");
}
