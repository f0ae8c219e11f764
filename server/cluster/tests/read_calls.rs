//! What pages read, and what they are told is missing (SPEC P2, A6).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::time::Duration;

use musterbook_cluster::{
    ConnectOptions, KubeSphere,
    testing::{FakeApi, Reply},
};
use musterbook_core::{
    AppError, Missing,
    answer::{Part, Why},
    error::Denial,
    list::{ListQuery, Row, Scope},
    role::{Grant, RoleRef, RoleState},
};
use serde_json::{Value, json};
use support::*;

fn readable() -> FakeApi {
    let api = FakeApi::new();
    with_demo(&api);
    api.list(&get(ACCOUNTS), json!([ci(json!({ "iam.kubesphere.io/role": "viewer" }))])).on(
        &get(CI),
        200,
        ci(json!({ "iam.kubesphere.io/role": "viewer" })),
    );
    api
}

fn denied(what: Part, verb: &str, group: &str, resource: &str) -> Missing {
    Missing { what, why: Why::Denied(Denial::new(verb, group, resource, Some("demo"))) }
}

const RBAC: &str = "rbac.authorization.k8s.io";

#[tokio::test]
async fn d3_an_account_comes_with_its_role_and_the_state_of_it() {
    let api = readable();
    api.list(&get(BINDINGS), json!([managed("b", "viewer")])).list(&get(ROLES), json!([role("viewer")]));
    let answer = accounts(&*api.cluster().reads(&jane())).await.unwrap();
    let account = &answer.value[0];
    assert_eq!((account.name.as_str(), account.role.state), ("ci", RoleState::Bound));
    assert!(account.role.bindings[0].managed);
    assert_eq!(answer.missing, []);
}

#[tokio::test]
async fn p2_bindings_that_may_not_be_read_make_the_state_unknown_not_none() {
    let api = readable();
    api.deny(&get(BINDINGS)).deny(&get(ROLES));
    for answer in [
        accounts(&*api.cluster().reads(&jane())).await.unwrap().map(|mut all| all.remove(0)),
        api.cluster().reads(&jane()).account("demo", "ci").await.unwrap(),
    ] {
        assert_eq!(answer.value.role.state, RoleState::Unknown);
        assert_eq!(answer.value.role.wish, Some(RoleRef::role("viewer")));
        assert_eq!(
            answer.missing,
            [denied(Part::Bindings, "list", RBAC, "rolebindings"), denied(Part::Roles, "list", RBAC, "roles")]
        );
    }
}

#[tokio::test]
async fn d3_roles_that_may_not_be_read_are_not_called_missing() {
    let api = readable();
    api.list(&get(BINDINGS), json!([managed("b", "viewer")])).deny(&get(ROLES));
    let answer = api.cluster().reads(&jane()).account("demo", "ci").await.unwrap();
    assert_eq!(answer.value.role.state, RoleState::Bound);

    let api = readable();
    api.list(&get(BINDINGS), json!([managed("b", "viewer")])).list(&get(ROLES), json!([]));
    let answer = api.cluster().reads(&jane()).account("demo", "ci").await.unwrap();
    assert_eq!(answer.value.role.state, RoleState::RoleMissing);
}

#[tokio::test]
async fn z5_a_part_that_hangs_is_missing_and_the_rest_is_shown() {
    let api = readable();
    api.reply(&get(BINDINGS), Reply::Silence).list(&get(ROLES), json!([]));
    let answer = accounts(&*api.cluster().reads(&jane())).await.unwrap();
    assert_eq!(answer.lacks(Part::Bindings), Some(&Why::Unavailable));
    assert_eq!(answer.value.len(), 1);
}

#[tokio::test]
async fn a_busy_api_server_is_asked_again_for_reads() {
    let api = FakeApi::new();
    api.refuse(&get(CI), 429, "TooManyRequests", "slow down")
        .on(&get(CI), 200, ci(json!({})))
        .list(&get(BINDINGS), json!([]))
        .list(&get(ROLES), json!([]));
    let options = ConnectOptions { caches: false, kubesphere: KubeSphere::Off, ..Default::default() };
    let answer = api.cluster_with(&options).reads(&jane()).account("demo", "ci").await.unwrap();
    assert_eq!(answer.value.name, "ci");

    let busy = FakeApi::new();
    busy.refuse(&get(CI), 429, "TooManyRequests", "slow down");
    let error = busy.cluster_with(&options).reads(&jane()).yaml("demo", "ci").await.unwrap_err();
    assert_eq!(error, AppError::Busy { retry_after_seconds: 1 });
    assert_eq!(busy.routes().len(), 3);
}

#[tokio::test]
async fn a7_each_right_is_a_review_and_asked_once_in_thirty_seconds() {
    let api = FakeApi::new();
    api.on(REVIEWS, 201, allowed(true));
    let cluster = api.cluster();
    for _ in 0..3 {
        let rights = cluster.reads(&jane()).rights("demo").await.unwrap().value;
        assert_eq!((rights.create, rights.read_secrets, rights.unbind), (Some(true), Some(true), Some(true)));
    }
    let mut asked: Vec<_> = api
        .calls()
        .iter()
        .map(|asked| {
            let of = &asked.body["spec"]["resourceAttributes"];
            let text = |key: &str| of[key].as_str().unwrap_or_default().to_owned();
            assert_eq!(of["namespace"], "demo");
            format!("{} {}/{}", text("verb"), text("resource"), text("subresource"))
        })
        .collect();
    asked.sort();
    assert_eq!(
        asked,
        [
            "create rolebindings/",
            "create serviceaccounts/",
            "create serviceaccounts/token",
            "delete rolebindings/",
            "delete serviceaccounts/",
            "get secrets/",
            "patch serviceaccounts/",
            "update serviceaccounts/",
        ]
    );
}

#[tokio::test]
async fn a7_a_review_that_fails_is_neither_yes_nor_no() {
    let api = FakeApi::new();
    api.refuse(REVIEWS, 500, "InternalError", "etcd is away");
    let rights = api.cluster().reads(&jane()).rights("demo").await.unwrap().value;
    assert_eq!(rights.create, None);
}

fn picker() -> FakeApi {
    let api = FakeApi::new();
    api.list(&get(ROLES), json!([role("viewer"), role("admin"), { "metadata": { "name": "leader-election" } }]))
        .list(&get(BINDINGS), json!([]));
    api
}

#[tokio::test]
async fn a3_each_role_is_tried_as_the_actor() {
    let api = picker();
    api.deny(&format!("GET {CLUSTER_ROLES}?labelSelector=musterbook.dev%2Fproject-role%3Dtrue"))
        .on(&try_post(BINDINGS), 201, json!({}))
        .refuse(&try_post(BINDINGS), 403, "Forbidden", BEYOND)
        .deny(&try_post(BINDINGS))
        .refuse(&try_post(BINDINGS), 404, "NotFound", "no such role")
        .on(&try_post(BINDINGS), 201, json!({}));
    let cluster = api.cluster();
    let answer = cluster.reads(&jane()).role_options("demo").await.unwrap();
    let options: Vec<_> =
        answer.value.options.iter().map(|option| (option.role.to_string(), option.grant.clone())).collect();
    let cannot = |missing: &[&str]| Grant::Cannot {
        missing: missing.iter().map(|rule| (*rule).into()).collect(),
        to_hold: vec![],
    };
    assert_eq!(
        options,
        [
            ("Role/admin".into(), Grant::Can),
            ("Role/viewer".into(), cannot(&["* on pods, secrets"])),
            ("ClusterRole/admin".into(), cannot(&[])),
            ("ClusterRole/edit".into(), Grant::Unknown),
            ("ClusterRole/view".into(), Grant::Can),
        ]
    );
    assert_eq!(
        answer.missing,
        [Missing { what: Part::ClusterRoles, why: Why::Denied(Denial::new("list", RBAC, "clusterroles", None)) }]
    );
    // A yes and a no are kept; what was neither is asked again.
    let before = api.routes().len();
    cluster.reads(&jane()).role_options("demo").await.unwrap();
    assert_eq!(api.routes().len(), before + 4);
}

#[tokio::test]
async fn d5_marked_cluster_roles_come_last_and_once() {
    let api = picker();
    api.list(
        &format!("GET {CLUSTER_ROLES}?labelSelector=musterbook.dev%2Fproject-role%3Dtrue"),
        json!([role("deployer"), role("view")]),
    );
    let answer = api.cluster().reads(&jane()).role_options("demo").await.unwrap();
    let names: Vec<_> = answer.value.options.iter().map(|option| option.role.to_string()).collect();
    assert_eq!(
        names,
        [
            "Role/admin",
            "Role/viewer",
            "ClusterRole/admin",
            "ClusterRole/edit",
            "ClusterRole/view",
            "ClusterRole/deployer"
        ]
    );
}

#[tokio::test]
async fn a6_not_theirs_and_not_there_look_the_same() {
    let there = FakeApi::new();
    there.deny("GET /api/v1/namespaces/demo").on(REVIEWS, 201, allowed(false));
    let gone = FakeApi::new();
    for api in [there, gone] {
        assert_eq!(api.cluster().reads(&jane()).project("demo").await, Err(AppError::NotFound));
    }
    let works_there = FakeApi::new();
    works_there.deny("GET /api/v1/namespaces/demo").on(REVIEWS, 201, allowed(true));
    let answer = works_there.cluster().reads(&jane()).project("demo").await.unwrap();
    assert_eq!((answer.value.name.as_str(), answer.value.workspace.as_str()), ("demo", "-"));
    assert!(answer.lacks(Part::Namespace).is_some());
}

fn namespace(name: &str, workspace: &str) -> Value {
    json!({ "metadata": { "name": name, "labels": { "kubesphere.io/workspace": workspace } } })
}

fn binding(namespace: &str, subject: Value) -> Value {
    json!({
        "metadata": { "name": "b", "namespace": namespace, "uid": namespace, "resourceVersion": "1" },
        "roleRef": { "apiGroup": RBAC, "kind": "Role", "name": "r" }, "subjects": [subject],
    })
}

/// What is watched lists as empty, but for these bindings.
fn watched(api: &FakeApi, bindings: Value) {
    let rbac = format!("/apis/{RBAC}/v1");
    for (path, items) in [
        ("/api/v1/serviceaccounts".into(), json!([])),
        ("/api/v1/namespaces".into(), json!([])),
        ("/api/v1/pods".into(), json!([])),
        (format!("{rbac}/roles"), json!([])),
        (format!("{rbac}/rolebindings"), bindings),
    ] {
        let list = json!({ "metadata": { "resourceVersion": "1" }, "items": items });
        api.on(&format!("GET {path}?limit=1000"), 200, list);
    }
}

async fn with_cache(api: &FakeApi) -> musterbook_cluster::Cluster {
    let cluster = api.cluster_with(&ConnectOptions {
        kubesphere: KubeSphere::Off,
        call_timeout: Duration::from_millis(500),
        ..Default::default()
    });
    api.reply("GET /readyz", Reply::Text(200, "ok".into()));
    for _ in 0..50 {
        if cluster.ready().await.is_ok() {
            return cluster;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not ready: {:#?}", api.routes());
}

#[tokio::test]
async fn s2_who_may_list_namespaces_gets_them_all_by_workspace() {
    let api = FakeApi::new();
    api.on(REVIEWS, 201, allowed(true))
        .list("GET /api/v1/namespaces", json!([namespace("b", "w1"), namespace("a", "w2")]));
    let reads = api.cluster().reads(&jane());
    let names = |answer: musterbook_core::Answer<Vec<musterbook_core::project::Project>>| {
        answer.value.into_iter().map(|project| project.name).collect::<Vec<_>>()
    };
    assert_eq!(names(reads.projects("").await.unwrap()), ["b", "a"]);
    assert_eq!(names(reads.projects("W2").await.unwrap()), ["a"]);
    assert_eq!(api.calls()[0].body["spec"]["resourceAttributes"], json!({ "verb": "list", "resource": "namespaces" }));
}

#[tokio::test]
async fn s2_candidates_come_from_the_cache_and_are_confirmed_as_the_actor() {
    let api = FakeApi::new();
    watched(
        &api,
        json!([
            binding("mine", json!({ "kind": "User", "name": "jane" })),
            binding("teams", json!({ "kind": "Group", "name": "team" })),
            binding("bobs", json!({ "kind": "User", "name": "bob" })),
        ]),
    );
    api.on(REVIEWS, 201, allowed(false))
        .on(REVIEWS, 201, allowed(true))
        .on("GET /api/v1/namespaces/mine", 200, namespace("mine", "w"))
        .deny("GET /api/v1/namespaces/teams");
    let answer = with_cache(&api).await.reads(&jane()).projects("").await.unwrap();
    let found: Vec<_> =
        answer.value.iter().map(|project| (project.workspace.as_str(), project.name.as_str())).collect();
    assert_eq!(found, [("-", "teams"), ("w", "mine")]);
    assert_eq!(answer.missing, []);
    let reviews: Vec<_> = api
        .calls()
        .into_iter()
        .filter(|asked| asked.route == REVIEWS)
        .map(|asked| asked.body["spec"]["resourceAttributes"]["namespace"].clone())
        .collect();
    assert_eq!(reviews, [Value::Null, "mine".into(), "teams".into()]);
}

#[tokio::test]
async fn s2_a_right_to_list_namespaces_that_is_gone_since_its_review_leaves_the_actors_own() {
    let api = FakeApi::new();
    watched(&api, json!([binding("mine", json!({ "kind": "User", "name": "jane" }))]));
    api.on(REVIEWS, 201, allowed(true)).deny("GET /api/v1/namespaces").on(
        "GET /api/v1/namespaces/mine",
        200,
        namespace("mine", "w"),
    );
    let answer = with_cache(&api).await.reads(&jane()).projects("").await.unwrap();
    let found: Vec<_> = answer.value.iter().map(|project| project.name.as_str()).collect();
    assert_eq!((found, answer.missing), (vec!["mine"], vec![]));
}

#[tokio::test]
async fn s2_at_most_sixty_reviews_and_what_is_searched_for_first() {
    let api = FakeApi::new();
    let bindings: Vec<_> =
        (0..100).map(|n| binding(&format!("ns-{n:03}"), json!({ "kind": "User", "name": "jane" }))).collect();
    watched(&api, json!(bindings));
    api.on(REVIEWS, 201, allowed(false));
    let cluster = with_cache(&api).await;
    let reviews = || api.routes().iter().filter(|route| *route == REVIEWS).count();
    let answer = cluster.reads(&jane()).projects("ns-099").await.unwrap();
    assert_eq!(reviews(), 61, "one of them: may they list namespaces");
    assert_eq!(answer.lacks(Part::Namespace), Some(&Why::Unavailable));
    assert!(api.calls().iter().any(|asked| asked.body["spec"]["resourceAttributes"]["namespace"] == "ns-099"));
    let answer = cluster.reads(&jane()).projects("").await.unwrap();
    assert_eq!((reviews(), answer.missing), (101, vec![]));
}

#[tokio::test]
async fn s2_without_a_cache_it_is_said() {
    let api = FakeApi::new();
    api.on(REVIEWS, 201, allowed(false));
    let answer = api.cluster().reads(&jane()).projects("").await.unwrap();
    assert_eq!((answer.value, answer.missing), (vec![], vec![Missing { what: Part::Namespace, why: Why::NoCache }]));
}

#[tokio::test]
async fn e3_token_secrets_by_listing_and_by_annotation_and_of_nobody_else() {
    let secret = |name: &str, account: &str| {
        json!({
            "metadata": { "name": name, "creationTimestamp": "2026-01-01T00:00:00Z",
                "annotations": { "kubernetes.io/service-account.name": account } },
            "data": { "token": "dA==" },
        })
    };
    let mut account = ci(json!({}));
    account["secrets"] = json!([{ "name": "listed" }]);
    let api = FakeApi::new();
    let first = format!("GET {SECRETS}{TOKENS}&limit=500");
    api.on(&get(CI), 200, account)
        .on(&first, 200, json!({ "metadata": { "continue": "next" }, "items": [secret("by-annotation", "ci"), secret("not-its", "other")] }))
        .list(&format!("{first}&continue=next"), json!([secret("listed", "")]));
    let answer = api.cluster().reads(&jane()).token_secrets("demo", "ci").await.unwrap();
    let names: Vec<_> = answer.value.iter().map(|secret| secret.name.as_str()).collect();
    assert_eq!(names, ["by-annotation", "listed"]);
    assert_eq!(answer.value[0].keys[0].bytes, 1);

    let viewer = FakeApi::new();
    viewer.on(&get(CI), 200, ci(json!({}))).deny(&first);
    let answer = viewer.cluster().reads(&jane()).token_secrets("demo", "ci").await.unwrap();
    assert_eq!(answer.missing, [denied(Part::TokenSecrets, "list", "", "secrets")]);
}

#[tokio::test]
async fn l8_a_list_of_several_projects_leaves_out_what_may_not_be_looked_into() {
    let api = FakeApi::new();
    api.on(REVIEWS, 201, allowed(true))
        .list(
            "GET /api/v1/namespaces",
            json!([namespace("a", "w1"), namespace("b", "w2"), namespace("kube-system", "-")]),
        )
        .deny("GET /api/v1/namespaces/kube-system/serviceaccounts");
    for project in ["a", "b", "kube-system"] {
        if project != "kube-system" {
            let account = json!({ "metadata": { "name": format!("of-{project}"), "namespace": project } });
            api.list(&format!("GET /api/v1/namespaces/{project}/serviceaccounts"), json!([account]));
        }
        for kind in ["rolebindings", "roles"] {
            api.list(&format!("GET /apis/rbac.authorization.k8s.io/v1/namespaces/{project}/{kind}"), json!([]));
        }
        api.list(&format!("GET /api/v1/namespaces/{project}/pods"), json!([]));
    }
    let reads = api.cluster().reads(&jane());
    let list = async |scope: Scope| {
        let page = reads.list(&scope, &ListQuery::default()).await?.value;
        let named = |row: &Row| {
            let project = &row.account.project;
            format!("{}/{project}/{}", page.workspace_of(&scope, project), row.account.name)
        };
        Ok::<_, AppError>(page.rows.iter().map(named).collect::<Vec<_>>())
    };
    let workspace = |name: &str| Scope::Workspace { workspace: name.into() };
    assert_eq!(list(Scope::Cluster).await.unwrap(), ["w1/a/of-a", "w2/b/of-b"]);
    assert_eq!(list(workspace("w2")).await.unwrap(), ["w2/b/of-b"]);
    // Nothing to look into, and not there: the same (SPEC A6).
    assert_eq!(list(workspace("-")).await, Err(AppError::NotFound));
    assert_eq!(list(workspace("w3")).await, Err(AppError::NotFound));
}
