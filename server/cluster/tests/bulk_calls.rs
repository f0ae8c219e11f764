//! Deleting many accounts: the plan, and what is asked for each (SPEC L5).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::time::Duration;

use musterbook_cluster::{
    Cluster, ConnectOptions, KubeSphere, delete_plan,
    testing::{FakeApi, Reply},
};
use musterbook_core::{
    Answer, AppError,
    answer::Part,
    bulk::{BindingId, Chosen, LeftOut, MOST, Outcome, Pick, Plan, PlanRow, Target},
    list::{ListQuery, Scope},
    standing::Extent,
};
use serde_json::{Value, json};
use support::*;

const PODS: &str = "/api/v1/namespaces/demo/pods";
const HANDLES: &str = "?fieldSelector=type%3Dmusterbook.dev%2Fcredential";

fn account(name: &str, metadata: Value) -> Value {
    let mut account = ci(json!({}));
    let all = account["metadata"].as_object_mut().unwrap();
    all.insert("name".into(), name.into());
    all.insert("uid".into(), format!("uid-of-{name}").into());
    all.extend(metadata.as_object().unwrap().clone());
    account
}

fn binding(name: &str, accounts: &[&str]) -> Value {
    let mut binding = managed(name, "viewer");
    binding["metadata"].as_object_mut().unwrap().remove("ownerReferences");
    let subject = |name| json!({ "kind": "ServiceAccount", "name": name, "namespace": "demo" });
    binding["subjects"] = accounts.iter().map(subject).collect();
    binding
}

const EVERYWHERE: &str = "GET /apis/rbac.authorization.k8s.io/v1/clusterrolebindings?limit=500";
const KINDS: [&str; 5] =
    ["apps/v1:deployments", "apps/v1:statefulsets", "apps/v1:daemonsets", "batch/v1:jobs", "batch/v1:cronjobs"];

fn workloads(kind: &str) -> String {
    let (group, plural) = kind.split_once(':').unwrap();
    format!("GET /apis/{group}/namespaces/demo/{plural}")
}

/// A project with `accounts`, and nothing around them.
fn project(accounts: Value) -> FakeApi {
    let api = FakeApi::new();
    let namespace = json!({ "metadata": { "name": "demo", "labels": { "kubesphere.io/workspace": "w" } } });
    api.on(&get("/api/v1/namespaces/demo"), 200, namespace)
        .list(&get(ACCOUNTS), accounts)
        .list(&get(ROLES), json!([role("viewer")]));
    api
}

async fn plan(api: &FakeApi, chosen: &Chosen) -> Answer<Plan> {
    let scope = Scope::Project { workspace: "w".into(), project: "demo".into() };
    let query = ListQuery { search: "a".into(), ..ListQuery::default() };
    delete_plan(&*api.cluster().reads(&jane()), &scope, &query, chosen).await.unwrap()
}

fn rows(plan: Plan) -> Vec<PlanRow> {
    let Plan::Ready { rows, .. } = plan else { panic!("{plan:?}") };
    rows
}

fn picks(names: &[&str]) -> Chosen {
    Chosen::Picked(names.iter().map(|name| Pick::parse(name, "demo")).collect())
}

#[tokio::test]
async fn l5_a_plan_says_what_goes_with_each_account_and_asks_for_none_of_them() {
    let api = project(json!([
        account("plain", json!({})),
        account("busy", json!({})),
        account("bound", json!({})),
        account("leaving", json!({ "deletionTimestamp": "2026-01-01T00:00:00Z" })),
        account("not-chosen", json!({})),
    ]));
    let pod = json!({ "metadata": { "name": "p" }, "spec": { "serviceAccountName": "busy" } });
    let token = json!({ "metadata": { "name": "t", "annotations": {
        "kubernetes.io/service-account.name": "busy", "kubernetes.io/service-account.uid": "uid-of-busy",
    } } });
    api.list(&get(PODS), json!([pod, pod]))
        .list(&get(BINDINGS), json!([binding("own", &["bound"]), binding("shared", &["bound", "plain"])]))
        .list(&get(&format!("{SECRETS}{TOKENS}")), json!([token]))
        .list(&get(&format!("{SECRETS}{HANDLES}")), json!([]))
        .list(EVERYWHERE, json!([]));
    KINDS.iter().for_each(|kind| _ = api.list(&workloads(kind), json!([])));
    let Answer { value, missing, .. } = plan(&api, &picks(&["plain", "busy", "bound", "leaving", "gone"])).await;
    assert_eq!(missing, []);
    let rows = rows(value);
    let said: Vec<_> = rows
        .iter()
        .map(|row| {
            let names = row.target.bindings.iter().map(|binding| binding.name.as_str()).collect::<Vec<_>>();
            (
                row.target.name.as_str(),
                row.pods,
                row.credentials,
                names.join(","),
                row.shared_bindings.len(),
                row.left_out,
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("bound", 0, 0, "own".to_owned(), 1, None),
            ("busy", 2, 1, String::new(), 0, None),
            ("plain", 0, 0, String::new(), 1, None),
            ("leaving", 0, 0, String::new(), 0, Some(LeftOut::BeingDeleted)),
            ("gone", 0, 0, String::new(), 0, Some(LeftOut::Gone)),
        ]
    );
    assert_eq!(api.routes().len(), 13, "one for each kind of thing: {:#?}", api.routes());
}

#[tokio::test]
async fn x4_a_plan_says_what_names_each_account_elsewhere_and_how_far_that_was_looked_for() {
    let accounts = || json!([account("a", json!({})), account("b", json!({})), account("default", json!({}))]);
    let api = project(accounts());
    let template = |account: &str| json!({ "spec": { "serviceAccountName": account } });
    let (shop, plain) = (
        json!({ "metadata": { "name": "shop" }, "spec": { "replicas": 0, "template": template("a") } }),
        json!({ "metadata": { "name": "plain" }, "spec": { "template": template("") } }),
    );
    let nightly = json!({ "metadata": { "name": "nightly" }, "spec": { "jobTemplate": { "spec": { "template": template("a") } } } });
    api.list(&workloads(KINDS[0]), json!([shop, plain])).list(&workloads(KINDS[4]), json!([nightly]));
    let everywhere = |name: &str, subjects: Value| {
        json!({ "metadata": { "name": name }, "subjects": subjects,
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view" } })
    };
    let (itself, user) = (
        json!({ "kind": "ServiceAccount", "name": "b", "namespace": "demo" }),
        json!({ "kind": "User", "name": "system:serviceaccount:demo:b" }),
    );
    let others = json!([
        { "kind": "ServiceAccount", "name": "b", "namespace": "other" },
        { "kind": "Group", "name": "system:serviceaccounts" },
    ]);
    let bindings = [
        everywhere("twice", json!([itself, user])),
        everywhere("as-user", json!([user])),
        everywhere("others", others),
    ];
    api.on(EVERYWHERE, 200, json!({ "metadata": {}, "items": bindings }))
        .on(EVERYWHERE, 200, json!({ "metadata": { "continue": "next" }, "items": [] }))
        .deny(EVERYWHERE);
    let all = picks(&["a", "b", "default"]);
    let Plan::Ready { rows, cluster } = plan(&api, &all).await.value else { panic!() };
    let mut said: Vec<_> = rows
        .iter()
        .map(|row| (row.target.name.as_str(), row.workloads, row.cluster_bindings.join(","), row.has_impact()))
        .collect();
    said.sort_unstable();
    assert_eq!(
        said,
        [
            ("a", 2, String::new(), true),
            ("b", 0, "twice,as-user".to_owned(), true),
            ("default", 1, String::new(), true),
        ]
    );
    assert_eq!(cluster, Extent::All);
    let Plan::Ready { cluster, .. } = plan(&api, &all).await.value else { panic!() };
    assert_eq!(cluster, Extent::Part);
    let Plan::Ready { cluster, .. } = plan(&api, &all).await.value else { panic!() };
    assert!(matches!(cluster, Extent::Unseen(_)), "{cluster:?}");
}

#[tokio::test]
async fn l5_all_that_match_are_those_of_the_search_and_picks_are_whatever_is_searched_for() {
    let api = project(json!([account("a", json!({})), account("b", json!({}))]));
    let names = |plan| {
        let found = rows(plan).into_iter().filter(|row| row.left_out.is_none());
        found.map(|row| row.target.name).collect::<Vec<_>>()
    };
    assert_eq!(names(plan(&api, &Chosen::Matching).await.value), ["a"]);
    assert_eq!(names(plan(&api, &picks(&["b"])).await.value), ["b"]);
}

#[tokio::test]
async fn a6_a_plan_says_what_could_not_be_seen() {
    let api = project(json!([account("a", json!({}))]));
    api.deny(&get(PODS))
        .deny(&get(BINDINGS))
        .deny(&get(&format!("{SECRETS}{TOKENS}")))
        .deny(&workloads("batch/v1:cronjobs"));
    let plan = plan(&api, &Chosen::Matching).await;
    for part in [Part::Pods, Part::Bindings, Part::TokenSecrets, Part::Workloads] {
        assert!(plan.lacks(part).is_some(), "{part:?} {:?}", plan.missing);
    }
}

#[tokio::test]
async fn l5_too_many_are_counted_and_not_planned() {
    let all: Vec<_> = (0..=MOST).map(|number| account(&format!("a{number}"), json!({}))).collect();
    let api = project(all.into());
    let plan = plan(&api, &Chosen::Matching).await;
    assert_eq!(plan.value, Plan::TooMany { matching: MOST + 1 });
    assert!(!api.routes().iter().any(|route| route.contains("/secrets")));
}

fn target(bindings: &[&str]) -> Target {
    let id = |name: &&str| BindingId { name: (*name).into(), uid: format!("uid-of-{name}") };
    let bindings = bindings.iter().map(id).collect();
    Target { project: "demo".into(), name: "ci".into(), uid: "u1".into(), bindings }
}

fn conflict() -> Reply {
    Reply::Json(409, json!({ "kind": "Status", "reason": "Conflict", "code": 409, "message": "Precondition failed" }))
}

fn success() -> Reply {
    Reply::Json(200, json!({ "kind": "Status", "status": "Success" }))
}

#[tokio::test]
async fn l5_each_account_has_its_own_outcome() {
    let held = account("ci", json!({ "finalizers": ["example.com/hold"] }));
    let guarded = json!({ "kind": "Status", "reason": "Invalid", "code": 422, "message": "protected" });
    for (reply, expected) in [
        (success(), Outcome::Deleted),
        (Reply::Json(200, ci(json!({}))), Outcome::Deleted),
        (Reply::Json(200, held), Outcome::Held),
        (Reply::Json(404, json!({ "kind": "Status", "reason": "NotFound", "code": 404 })), Outcome::Gone),
        (conflict(), Outcome::Replaced),
        (Reply::Json(422, guarded), Outcome::Refused(AppError::Refused { message: "protected".into() })),
    ] {
        let api = FakeApi::new();
        api.reply(&delete(CI), reply);
        assert_eq!(client(&api).delete_target(target(&[])).await.0, expected);
        assert_eq!(api.body(&delete(CI))["preconditions"], json!({ "uid": "u1" }));
        assert_eq!(acts(&api), [delete(CI)]);
    }
}

#[tokio::test]
async fn l5_bindings_go_after_the_account_if_they_still_hold_it_alone() {
    let path = format!("{BINDINGS}/own");
    let api = FakeApi::new();
    let mut own = binding("own", &["ci"]);
    own["metadata"]["resourceVersion"] = "9".into();
    api.reply(&delete(CI), success()).on(&get(&path), 200, own.clone()).reply(&delete(&path), success());
    assert_eq!(client(&api).delete_target(target(&["own"])).await.0, Outcome::Deleted);
    assert_eq!(acts(&api), [delete(CI), get(&path), delete(&path)]);
    let seen = json!({ "uid": "uid-of-own", "resourceVersion": "9" });
    assert_eq!(api.body(&delete(&path))["preconditions"], seen);

    let mut other = own.clone();
    other["metadata"]["uid"] = "another".into();
    for (found, why) in [(binding("own", &["ci", "x"]), AppError::Conflict), (other, AppError::Replaced)] {
        let api = FakeApi::new();
        api.reply(&delete(CI), success()).on(&get(&path), 200, found);
        let stays = Outcome::BindingStays { binding: "own".into(), why };
        assert_eq!(client(&api).delete_target(target(&["own"])).await.0, stays);
        assert_eq!(acts(&api), [delete(CI), get(&path)]);
    }
}

#[tokio::test]
async fn l5_who_is_refused_the_account_keeps_its_bindings_and_trying_again_finishes() {
    let path = format!("{BINDINGS}/own");
    let api = FakeApi::new();
    api.deny(&delete(CI));
    let outcome = client(&api).delete_target(target(&["own"])).await.0;
    assert!(matches!(outcome, Outcome::Refused(AppError::Denied(_))), "{outcome:?}");
    assert_eq!(acts(&api), [delete(CI)]);

    let api = FakeApi::new();
    api.reply(&delete(CI), success()).on(&get(&path), 200, binding("own", &["ci"])).deny(&delete(&path));
    let client = client(&api);
    let outcome = client.delete_target(target(&["own"])).await.0;
    assert!(matches!(&outcome, Outcome::BindingStays { why: AppError::Denied(_), .. }), "{outcome:?}");
    let again = FakeApi::new();
    again.on(&get(&path), 200, binding("own", &["ci"])).reply(&delete(&path), success());
    assert_eq!(again.cluster().acting_as(&jane()).delete_target(target(&["own"])).await.0, Outcome::Gone);
}

#[tokio::test]
async fn z4_no_line_of_a_form_reaches_another_path() {
    let api = FakeApi::new();
    let client = client(&api);
    for (project, name, binding) in [
        ("../x", "ci", "b"),
        ("demo", "ci/token", "b"),
        ("demo", "ci?dryRun=All", "b"),
        // All of them at once.
        ("demo", "?", "b"),
        ("demo", "ci", "../secrets/x"),
    ] {
        let mut target = target(&[binding]);
        (target.project, target.name) = (project.into(), name.into());
        assert_eq!(client.delete_target(target).await.0, Outcome::Refused(AppError::NotFound));
    }
    assert!(api.routes().is_empty(), "{:?}", api.routes());
}

#[tokio::test]
async fn z4_a_bindings_name_is_one_segment_of_its_path() {
    for (name, segment) in [("team a", "team%20a"), ("own?dryRun=All", "own%3FdryRun%3DAll"), ("<b>#", "%3Cb%3E%23")] {
        let path = format!("{BINDINGS}/{segment}");
        let mut odd = binding(name, &["ci"]);
        odd["metadata"]["uid"] = "b1".into();
        let api = FakeApi::new();
        api.reply(&delete(CI), success()).on(&get(&path), 200, odd).reply(&delete(&path), success());
        let bindings = vec![BindingId { name: name.into(), uid: "b1".into() }];
        // It comes as a line of a form.
        let target: Target = Target { bindings, ..target(&[]) }.to_string().parse().unwrap();
        assert_eq!(client(&api).delete_target(target).await.0, Outcome::Deleted);
        assert_eq!(acts(&api), [delete(CI), get(&path), delete(&path)]);
    }
}

#[tokio::test(start_paused = true)]
async fn l5_one_request_does_what_there_is_time_for_and_says_what_is_left() {
    let api = FakeApi::new();
    let of = |number| Target { name: format!("a{number}"), ..target(&[]) };
    for number in 0..20 {
        let path = delete(&format!("{ACCOUNTS}/a{number}"));
        if number < 8 {
            api.reply(&path, success())
        } else {
            api.reply(&path, Reply::Silence)
        };
    }
    let options = ConnectOptions {
        caches: false,
        kubesphere: KubeSphere::Off,
        call_timeout: Duration::from_secs(5),
        ..Default::default()
    };
    let cluster: Cluster = api.cluster_with(&options);
    let begun = tokio::time::Instant::now();
    let (report, _) = cluster.acting_as(&jane()).delete_in_turn((0..20).map(of).collect()).await;
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
    let deleted: Vec<_> = report
        .done
        .iter()
        .filter(|(_, outcome)| *outcome == Outcome::Deleted)
        .map(|(target, _)| &target.name)
        .collect();
    assert_eq!(deleted, ["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"]);
    let unknown = |(_, outcome): &&(Target, Outcome)| matches!(outcome, Outcome::Refused(AppError::HalfDone(_)));
    assert_eq!(report.done.iter().filter(unknown).count(), 8, "{report:?}");
    assert_eq!(report.rest.iter().map(|target| target.name.as_str()).collect::<Vec<_>>(), ["a16", "a17", "a18", "a19"]);
}
