//! Beside KubeSphere: whose controller binds roles is found out, and asked for them (SPEC D4).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::time::{Duration, Instant};

use musterbook_cluster::{
    Cluster, ConnectOptions, KubeSphere,
    testing::{FakeApi, Reply},
};
use musterbook_core::{
    AppError,
    error::HalfDone,
    form::{CreateInput, Field, FieldError, Problem},
    role::{Grant, RoleRef, RoleState},
    rules::covers,
};
use serde_json::{Value, json};
use support::*;

const KEY: &str = "iam.kubesphere.io/role";
const GROUP: &str = "GET /apis/iam.kubesphere.io/v1beta1";
const DEPLOYMENT: &str = "GET /apis/apps/v1/namespaces/kubesphere-system/deployments/ks-controller-manager";
const OWN_ROLES: &str = "GET /apis/iam.kubesphere.io/v1beta1/namespaces/demo/roles";
const MARKED: &str = "?labelSelector=musterbook.dev%2Fproject-role%3Dtrue";

fn beside(api: &FakeApi, kubesphere: KubeSphere) -> Cluster {
    api.cluster_with(&ConnectOptions {
        caches: false,
        kubesphere,
        call_timeout: Duration::from_secs(6),
        ..Default::default()
    })
}

/// The Roles `viewer` and `plain` of KubeSphere 3, and what KubeSphere 4 makes of its own.
fn with_roles(api: &FakeApi) -> &FakeApi {
    let rules = json!([
        { "apiGroups": ["", "apps"], "resources": ["pods", "pods/log"], "verbs": ["get", "*"] },
        { "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["a"], "verbs": ["get"] },
    ]);
    let mut viewer = role("viewer");
    viewer["rules"] = rules.clone();
    let mirror = json!({
        "metadata": { "name": "kubesphere:iam:viewer", "labels": { "iam.kubesphere.io/role-ref": "viewer" } },
        "rules": rules,
    });
    let unmarked = json!({ "metadata": { "name": "kubesphere:iam:operator" }, "rules": [] });
    api.list(&get(ROLES), json!([viewer, role("plain"), mirror, unmarked]))
}

/// `ci` wishes for this, and is bound by these.
fn account(wish: &str, bindings: Value) -> FakeApi {
    let api = FakeApi::new();
    let notes = if wish.is_empty() { json!({}) } else { json!({ KEY: wish }) };
    api.on(&get(CI), 200, ci(notes)).list(&get(BINDINGS), bindings).on(&patch(CI), 200, ci(json!({})));
    with_roles(&api).on(REVIEWS, 201, allowed(true));
    api
}

async fn give(cluster: &Cluster, role: Option<RoleRef>) -> Result<(), AppError> {
    cluster.acting_as(&jane()).change_role("demo", "ci", "u1", role.as_ref()).await.map(drop)
}

fn viewer() -> Option<RoleRef> {
    Some(RoleRef::role("viewer"))
}

/// Without reviews and dry runs.
fn writes(api: &FakeApi) -> Vec<String> {
    let is_write = |asked: &musterbook_cluster::testing::Asked| {
        !asked.route.starts_with("GET") && asked.route != REVIEWS && asked.body.get("dryRun").is_none()
    };
    api.calls().into_iter().filter(is_write).map(|asked| asked.route).collect()
}

fn by_uid(name: &str) -> Value {
    let mut binding = managed(name, "view");
    binding["metadata"]["labels"] = json!({ "musterbook.dev/serviceaccount-uid": "u1" });
    binding["roleRef"]["kind"] = "ClusterRole".into();
    binding
}

fn gone() -> Value {
    json!({ "kind": "Status", "status": "Success" })
}

#[tokio::test]
async fn d4_version_4_is_known_by_its_group_and_version_3_by_its_deployment() {
    let not_offered = AppError::Invalid(vec![FieldError { field: Field::Role, problem: Problem::NotOffered }]);
    for (mark, plain) in [(GROUP, Err(not_offered.clone())), (DEPLOYMENT, Ok(()))] {
        let api = account("", json!([]));
        api.on(mark, 200, json!({}));
        let cluster = beside(&api, KubeSphere::Auto);
        give(&cluster, viewer()).await.unwrap();
        assert_eq!(writes(&api), [patch(CI)], "{mark}");
        // Version 4 takes no Role but those that it made.
        assert_eq!(give(&cluster, Some(RoleRef::role("plain"))).await, plain, "{mark}");
        // One that has the name, but not the mark, is none.
        assert_eq!(give(&cluster, Some(RoleRef::role("operator"))).await, Err(not_offered.clone()), "{mark}");
    }
}

#[tokio::test]
async fn d4_unknown_refuses_a_change_of_role_and_an_account_with_one() {
    let api = account("", json!([]));
    api.deny(DEPLOYMENT);
    let cluster = beside(&api, KubeSphere::Auto);
    assert_eq!(give(&cluster, viewer()).await, Err(AppError::RolesElsewhere));
    let input = CreateInput { name: "new".into(), role: "Role/viewer".into(), ..Default::default() };
    let created = cluster.acting_as(&jane()).create_account("demo", &input).await;
    assert_eq!(created, Err(AppError::RolesElsewhere));
    assert_eq!(writes(&api), Vec::<String>::new());
}

#[tokio::test]
async fn d4_z5_no_page_waits_for_the_answer_whether_kubesphere_is_there() {
    let api = account("viewer", json!([managed("b", "viewer")]));
    api.reply(GROUP, Reply::Silence);
    let cluster = beside(&api, KubeSphere::Auto);
    let reads = cluster.reads(&jane());
    let began = Instant::now();
    let state = reads.account("demo", "ci").await.unwrap().value.role.state;
    reads.rights("demo").await.unwrap();
    reads.role_options("demo").await.unwrap();
    assert_eq!(state, RoleState::Bound);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn d4_what_was_found_in_the_background_is_what_pages_show() {
    let api = account("viewer", json!([]));
    api.on(DEPLOYMENT, 200, json!({}));
    let cluster = beside(&api, KubeSphere::Auto);
    let reads = cluster.reads(&jane());
    for _ in 0..50 {
        if reads.account("demo", "ci").await.unwrap().value.role.state == RoleState::Waiting {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never waiting: {:#?}", api.routes());
}

#[tokio::test]
async fn d4_each_right_of_the_role_is_reviewed_as_the_actor_and_a_star_is_asked_as_one() {
    for kubesphere in [KubeSphere::V3, KubeSphere::V4] {
        let api = account("", json!([]));
        give(&beside(&api, kubesphere), viewer()).await.unwrap();
        let mut asked: Vec<String> = api
            .calls()
            .into_iter()
            .filter(|asked| asked.route == REVIEWS)
            .map(|asked| {
                assert_eq!(asked.headers["impersonate-user"], "jane");
                let of = &asked.body["spec"]["resourceAttributes"];
                let text = |key: &str| of[key].as_str().unwrap_or_default().to_owned();
                assert_eq!(of["namespace"], "demo");
                ["verb", "group", "resource", "subresource", "name"].map(text).join(" ")
            })
            .collect();
        asked.sort();
        let wanted = [
            "*  pods  ",
            "*  pods log ",
            "* apps pods  ",
            "* apps pods log ",
            "get  pods  ",
            "get  pods log ",
            "get  secrets  a",
            "get apps pods  ",
            "get apps pods log ",
        ];
        assert_eq!(asked, wanted, "{kubesphere:?}");
        assert_eq!(
            api.body(&patch(CI))["metadata"],
            json!({ "uid": "u1", "resourceVersion": "7", "annotations": {
                KEY: "viewer", "musterbook.dev/cluster-role": null,
            } })
        );
        assert_eq!(writes(&api), [patch(CI)]);
    }
}

#[tokio::test]
async fn d4_one_right_that_is_lacking_or_not_known_refuses() {
    // Nine rights: the last one is lacking, or isn't answered.
    let all_but_one = || {
        let api = account("", json!([]));
        for _ in 1..8 {
            api.on(REVIEWS, 201, allowed(true));
        }
        api
    };
    let lacking = all_but_one();
    lacking.on(REVIEWS, 201, allowed(false));
    let beyond = give(&beside(&lacking, KubeSphere::V3), viewer()).await.unwrap_err();
    let AppError::RoleBeyond { role, missing, to_hold } = beyond else { panic!("{beyond:?}") };
    assert_eq!((role.as_str(), missing.len(), to_hold.read().len()), ("Role/viewer", 1, 1));

    let failing = all_but_one();
    failing.refuse(REVIEWS, 500, "InternalError", "etcd is away");
    let error = give(&beside(&failing, KubeSphere::V4), viewer()).await.unwrap_err();
    assert!(matches!(error, AppError::Internal { .. }), "{error:?}");

    let hidden = FakeApi::new();
    hidden.on(&get(CI), 200, ci(json!({}))).list(&get(BINDINGS), json!([])).deny(&get(ROLES));
    let error = give(&beside(&hidden, KubeSphere::V3), viewer()).await.unwrap_err();
    assert!(matches!(error, AppError::Denied(_)), "{error:?}");
    for api in [&lacking, &failing, &hidden] {
        assert_eq!(writes(api), Vec::<String>::new());
    }
}

#[tokio::test]
async fn d4_an_account_with_a_role_is_made_and_its_binding_left_to_kubesphere() {
    let api = account("", json!([]));
    api.on(&post(ACCOUNTS), 201, ci(json!({})));
    let input = CreateInput { name: "ci".into(), role: "Role/viewer".into(), ..Default::default() };
    let cluster = beside(&api, KubeSphere::V4);
    cluster.acting_as(&jane()).create_account("demo", &input).await.unwrap();
    assert_eq!(writes(&api), [post(ACCOUNTS)]);
    assert_eq!(api.body(&post(ACCOUNTS))["metadata"]["annotations"][KEY], "viewer");

    let refused = account("", json!([]));
    let input = CreateInput { role: "Role/gone".into(), ..input };
    let error = beside(&refused, KubeSphere::V4).acting_as(&jane()).create_account("demo", &input).await.unwrap_err();
    assert!(matches!(error, AppError::Invalid(_)), "{error:?}");
    assert_eq!(writes(&refused), Vec::<String>::new());
}

#[tokio::test]
async fn d4_a_role_that_is_written_into_the_yaml_is_asked_about_as_well() {
    let yaml = |role: &str| {
        format!(
            "{{apiVersion: v1, kind: ServiceAccount, metadata: {{name: ci, namespace: demo, uid: u1, resourceVersion: '7', \
             annotations: {{{KEY}: {role}}}}}}}"
        )
    };
    let save = async |api: &FakeApi, kubesphere: KubeSphere, role: &str| {
        let client = beside(api, kubesphere).acting_as(&jane());
        client.save_yaml("demo", "ci", &yaml(role), "u1", "7").await
    };
    let put = format!("PUT {CI}");
    let willing = account("operator", json!([]));
    willing.on(&put, 200, ci(json!({})));
    save(&willing, KubeSphere::V3, "viewer").await.unwrap();
    // What was there before is nobody's request.
    let mut reviews = willing.routes().iter().filter(|route| *route == REVIEWS).count();
    assert_eq!(reviews, 9);
    save(&willing, KubeSphere::V3, "operator").await.unwrap();
    reviews -= willing.routes().iter().filter(|route| *route == REVIEWS).count();
    assert_eq!((reviews, writes(&willing).len()), (0, 2));

    let lacking = FakeApi::new();
    lacking.on(&get(CI), 200, ci(json!({}))).on(REVIEWS, 201, allowed(false));
    with_roles(&lacking);
    let error = save(&lacking, KubeSphere::V4, "viewer").await.unwrap_err();
    assert!(matches!(error, AppError::RoleBeyond { .. }), "{error:?}");
    assert_eq!(writes(&lacking), Vec::<String>::new());
}

#[tokio::test]
async fn d4_revoking_takes_the_wish_away_and_then_what_kubesphere_left() {
    let api = account("viewer", json!([managed("ci-viewer-x1", "viewer")]));
    // It was made anew meanwhile, under another name.
    api.list(&get(BINDINGS), json!([managed("ci-viewer-x2", "viewer")]));
    let (old, new) = (format!("{BINDINGS}/ci-viewer-x1"), format!("{BINDINGS}/ci-viewer-x2"));
    api.on(&delete(&old), 200, gone()).on(&delete(&new), 200, gone());
    give(&beside(&api, KubeSphere::V3), None).await.unwrap();
    assert_eq!(writes(&api), [patch(CI), delete(&new)]);
    assert_eq!(api.body(&delete(&new))["preconditions"]["uid"], "uid-of-ci-viewer-x2");
}

#[tokio::test]
async fn d2_d4_a_cluster_role_is_bound_by_us_out_of_kubespheres_reach() {
    let api = account("viewer", json!([managed("ci-viewer-x1", "viewer")]));
    let old = format!("{BINDINGS}/ci-viewer-x1");
    api.on(&post(BINDINGS), 201, by_uid("made")).on(&delete(&old), 200, gone());
    // It is looked at again when all is done.
    api.on(&get(CI), 200, ci(json!({ "musterbook.dev/cluster-role": "view" })));
    api.on(&get(&format!("{BINDINGS}/made")), 200, by_uid("made"));
    give(&beside(&api, KubeSphere::V4), Some(RoleRef::cluster_role("view"))).await.unwrap();
    assert_eq!(writes(&api), [post(BINDINGS), patch(CI), delete(&old)]);
    assert_eq!(api.body(&post(BINDINGS))["metadata"]["labels"], json!({ "musterbook.dev/serviceaccount-uid": "u1" }));
    let notes = &api.body(&patch(CI))["metadata"]["annotations"];
    assert_eq!(notes, &json!({ KEY: null, "musterbook.dev/cluster-role": "view" }));
}

#[tokio::test]
async fn d4_our_binding_to_a_cluster_role_goes_when_kubespheres_has_come_and_not_before() {
    let old = format!("{BINDINGS}/ours");
    let bound = account("", json!([by_uid("ours")]));
    bound
        .list(&get(BINDINGS), json!([by_uid("ours")]))
        .list(&get(BINDINGS), json!([by_uid("ours"), managed("b", "viewer")]));
    bound.on(&delete(&old), 200, gone());
    give(&beside(&bound, KubeSphere::V3), viewer()).await.unwrap();
    assert_eq!(writes(&bound), [patch(CI), delete(&old)]);

    let never = account("", json!([by_uid("ours")]));
    never.on(&delete(&old), 200, gone());
    assert_eq!(
        give(&beside(&never, KubeSphere::V3), viewer()).await,
        Err(AppError::HalfDone(HalfDone::OldRoleUntilBound { old_binding: "ours".into() }))
    );
    assert_eq!(writes(&never), [patch(CI)]);
}

#[tokio::test]
async fn d4_a_wish_that_was_not_heard_is_written_anew() {
    let api = account("viewer", json!([]));
    give(&beside(&api, KubeSphere::V4), viewer()).await.unwrap();
    assert_eq!(writes(&api), [patch(CI), patch(CI)]);
    let wishes: Vec<_> = api.calls().into_iter().filter(|asked| asked.route == patch(CI)).collect();
    assert_eq!(wishes[0].body["metadata"]["annotations"][KEY], Value::Null);
    assert_eq!(wishes[1].body["metadata"]["annotations"][KEY], "viewer");

    let bound = account("viewer", json!([managed("b", "kubesphere:iam:viewer")]));
    give(&beside(&bound, KubeSphere::V4), viewer()).await.unwrap();
    assert_eq!(writes(&bound), Vec::<String>::new());
}

#[tokio::test]
async fn d2_d4_an_account_whose_name_is_no_label_is_bound_by_us() {
    let name = "x".repeat(64);
    let path = format!("{ACCOUNTS}/{name}");
    let mut long = ci(json!({}));
    long["metadata"]["name"] = name.as_str().into();
    let api = FakeApi::new();
    api.on(&get(&path), 200, long.clone()).list(&get(BINDINGS), json!([])).on(&patch(&path), 200, long);
    api.on(&post(BINDINGS), 201, by_uid("made"));
    let cluster = beside(&api, KubeSphere::V4);
    cluster.acting_as(&jane()).change_role("demo", &name, "u1", viewer().as_ref()).await.unwrap();
    let made = api.body(&post(BINDINGS));
    assert_eq!(made["roleRef"]["name"], "kubesphere:iam:viewer");
    assert_eq!(made["metadata"]["labels"], json!({ "musterbook.dev/serviceaccount-uid": "u1" }));
}

#[tokio::test]
async fn d3_d4_what_is_asked_for_and_not_bound_is_waiting() {
    let state = async |wish: &str, bindings: Value, kubesphere: KubeSphere| {
        let api = account(wish, bindings);
        let role = beside(&api, kubesphere).reads(&jane()).account("demo", "ci").await.unwrap().value.role;
        role.state
    };
    assert_eq!(state("viewer", json!([]), KubeSphere::V3).await, RoleState::Waiting);
    assert_eq!(state("viewer", json!([]), KubeSphere::V4).await, RoleState::Waiting);
    assert_eq!(state("viewer", json!([managed("b", "kubesphere:iam:viewer")]), KubeSphere::V4).await, RoleState::Bound);
    assert_eq!(state("gone", json!([]), KubeSphere::V3).await, RoleState::RoleMissing);
    assert_eq!(state("viewer", json!([]), KubeSphere::Off).await, RoleState::NotBound);
}

#[tokio::test]
async fn d4_d5_kubesphere_4s_own_roles_are_offered_by_reviews_and_cluster_roles_by_dry_runs() {
    let api = account("", json!([]));
    api.list(OWN_ROLES, json!([role("viewer"), role("operator")])).deny(&format!("GET {CLUSTER_ROLES}{MARKED}")).on(
        &try_post(BINDINGS),
        201,
        json!({}),
    );
    let choices = beside(&api, KubeSphere::V4).reads(&jane()).role_options("demo").await.unwrap().value;
    let offered: Vec<_> =
        choices.options.iter().map(|option| (option.role.to_string(), option.grant == Grant::Can)).collect();
    let wanted = ["Role/viewer", "ClusterRole/admin", "ClusterRole/edit", "ClusterRole/view"];
    assert_eq!(offered, wanted.map(|role| (role.to_owned(), true)));
    assert!(choices.waits);
    let tried = api.calls().into_iter().filter(|asked| asked.route == try_post(BINDINGS));
    assert!(tried.map(|asked| asked.body["roleRef"]["kind"].clone()).eq(["ClusterRole"; 3]));

    let refused = FakeApi::new();
    with_roles(&refused).list(OWN_ROLES, json!([role("viewer")])).on(REVIEWS, 201, allowed(false));
    let choices = beside(&refused, KubeSphere::V4).reads(&jane()).role_options("demo").await.unwrap().value;
    let Grant::Cannot { missing, to_hold } = &choices.options[0].grant else { panic!("{:?}", choices.options[0]) };
    assert_eq!(missing.len(), 5);
    assert!(missing.contains(&"*, get on pods/log in apps".to_owned()), "{missing:?}");
    let held = |group: &str, resource: &str, verb: &str, name| covers(to_hold, group, resource, verb, name);
    assert!(held("apps", "pods/log", "*", None) && held("", "secrets", "get", Some("a")), "{to_hold:?}");
    assert!(!held("", "secrets", "get", None), "{to_hold:?}");
}
