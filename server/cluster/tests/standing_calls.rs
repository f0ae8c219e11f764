//! What gives an account its rights, read as the actor (SPEC X3).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use musterbook_cluster::testing::FakeApi;
use musterbook_core::{
    answer::{Part, Why},
    error::Denial,
    role::{RoleRef, RoleState},
    standing::{Extent, Origin, Standing, Through},
};
use serde_json::{Value, json};
use support::*;

const EVERYWHERE: &str = "GET /apis/rbac.authorization.k8s.io/v1/clusterrolebindings?limit=500";

fn bound(name: &str, kind: &str, role: &str, subjects: Value) -> Value {
    json!({
        "metadata": { "name": name, "uid": name, "creationTimestamp": "2026-01-01T00:00:00Z" }, "subjects": subjects,
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role },
    })
}

fn may(resource: &str, verb: &str) -> Value {
    json!([{ "apiGroups": [""], "resources": [resource], "verbs": [verb] }])
}

fn cluster_role(name: &str) -> String {
    format!("GET {CLUSTER_ROLES}/{name}")
}

/// `ci` is a viewer, an editor by hand, and what all accounts of the project and of the cluster are.
fn held() -> FakeApi {
    let itself = json!([{ "kind": "ServiceAccount", "name": "ci", "namespace": "demo" }]);
    let group = |name: &str| json!([{ "kind": "Group", "name": name }]);
    let mut viewer = role("viewer");
    viewer["rules"] = may("pods", "get");
    let mut editor = bound("editors", "ClusterRole", "edit", itself);
    editor["metadata"]["namespace"] = "demo".into();
    let mut team = bound("team", "Role", "gone", group("system:serviceaccounts:demo"));
    team["metadata"]["namespace"] = "demo".into();
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ "iam.kubesphere.io/role": "viewer" })))
        .list(&get(BINDINGS), json!([editor, managed("own", "viewer"), team, managed_of_another()]))
        .list(&get(ROLES), json!([viewer]))
        .on(&cluster_role("edit"), 200, json!({ "metadata": { "name": "edit" }, "rules": may("secrets", "get") }));
    api
}

fn managed_of_another() -> Value {
    let mut other = managed("other", "viewer");
    other["subjects"][0]["name"] = "bot".into();
    other
}

async fn standing(api: &FakeApi) -> musterbook_core::Answer<Standing> {
    api.cluster().reads(&jane()).standing("demo", "ci").await.unwrap()
}

#[tokio::test]
async fn x3_each_binding_that_holds_it_is_there_with_what_it_allows_and_all_is_asked_as_the_actor() {
    let api = held();
    let all = json!([{ "kind": "Group", "name": "system:authenticated" }, { "kind": "User", "name": "eve" }]);
    api.list(
        EVERYWHERE,
        json!([
            bound("everyone", "ClusterRole", "watcher", all),
            bound("masters", "ClusterRole", "cluster-admin", json!([{ "kind": "Group", "name": "system:masters" }])),
        ]),
    )
    .deny(&cluster_role("watcher"));
    let answer = standing(&api).await;
    let Standing { account, held, cluster } = answer.value;
    assert_eq!((account.role.state, cluster), (RoleState::Bound, Extent::All));
    let told: Vec<_> = held
        .iter()
        .map(|held| {
            let allows = held.rules.as_ref().map(|rules| rules.iter().map(|rule| rule.resources[0].as_str()).collect());
            (held.name.as_str(), held.role.to_string(), held.managed, held.everywhere, held.shared, allows)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("own", "Role/viewer".into(), true, false, false, Some(vec!["pods"])),
            ("editors", "ClusterRole/edit".into(), false, false, false, Some(vec!["secrets"])),
            // A role that isn't there allows nothing.
            ("team", "Role/gone".into(), false, false, false, Some(vec![])),
            // One that can't be read may allow anything.
            ("everyone", "ClusterRole/watcher".into(), false, true, true, None),
        ]
    );
    assert_eq!(held[2].through, Through::Group("system:serviceaccounts:demo".into()));
    assert_eq!((&held[0].origin, &held[1].origin), (&Origin::KubeSphere, &Origin::Hand));
    assert!(!api.routes().contains(&cluster_role("cluster-admin")), "{:?}", api.routes());
    for asked in api.calls() {
        assert_eq!(asked.headers["impersonate-user"], "jane", "{}", asked.route);
    }
}

#[tokio::test]
async fn x3_a_role_and_a_cluster_role_of_one_name_have_each_its_own_rules() {
    let itself = json!([{ "kind": "ServiceAccount", "name": "ci", "namespace": "demo" }]);
    let mut plain = role("view");
    plain["rules"] = may("pods", "get");
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({})))
        .list(
            &get(BINDINGS),
            json!([bound("a", "Role", "view", itself.clone()), bound("b", "ClusterRole", "view", itself)]),
        )
        .list(&get(ROLES), json!([plain]))
        .list(EVERYWHERE, json!([]))
        .on(&cluster_role("view"), 200, json!({ "metadata": { "name": "view" }, "rules": may("secrets", "get") }));
    let held = standing(&api).await.value.held;
    let first = |place: usize| held[place].rules.as_ref().unwrap()[0].resources[0].as_str();
    assert_eq!((held.len(), first(0), first(1)), (2, "pods", "secrets"));
}

#[tokio::test]
async fn x3_cluster_role_bindings_that_may_not_be_read_are_said_and_one_page_is_enough() {
    let api = held();
    api.deny(EVERYWHERE);
    let denial = Denial::new("list", "rbac.authorization.k8s.io", "clusterrolebindings", None);
    assert_eq!(standing(&api).await.value.cluster, Extent::Unseen(Why::Denied(denial)));

    let api = held();
    api.on(EVERYWHERE, 200, json!({ "metadata": { "continue": "next" }, "items": [] }));
    assert_eq!(standing(&api).await.value.cluster, Extent::Part);
    let pages = api.routes().into_iter().filter(|route| route.contains("clusterrolebindings")).count();
    assert_eq!(pages, 1);
}

#[tokio::test]
async fn x3_roles_and_bindings_that_may_not_be_read_are_missing_and_not_empty() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ "iam.kubesphere.io/role": "viewer" })))
        .deny(&get(BINDINGS))
        .deny(&get(ROLES))
        .list(EVERYWHERE, json!([]));
    let answer = standing(&api).await;
    assert!(answer.lacks(Part::Bindings).is_some() && answer.lacks(Part::Roles).is_some());
    assert_eq!((answer.value.account.role.state, answer.value.held), (RoleState::Unknown, vec![]));

    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({}))).list(&get(BINDINGS), json!([managed("own", "viewer")])).deny(&get(ROLES));
    let held = standing(&api).await.value.held;
    assert_eq!((&held[0].role, &held[0].rules), (&RoleRef::role("viewer"), &None));
}

#[tokio::test]
async fn x3_no_more_than_twenty_cluster_roles_are_read_for_one_account() {
    let itself = json!([{ "kind": "ServiceAccount", "name": "ci", "namespace": "demo" }]);
    let many: Vec<_> = (0..30)
        .map(|number| bound(&format!("b{number}"), "ClusterRole", &format!("r{number}"), itself.clone()))
        .collect();
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({})))
        .list(&get(BINDINGS), json!([]))
        .list(&get(ROLES), json!([]))
        .list(EVERYWHERE, many.into());
    assert_eq!(standing(&api).await.value.held.len(), 30);
    let read = api.routes().into_iter().filter(|route| route.contains("/clusterroles/")).count();
    assert_eq!(read, 20);
}
