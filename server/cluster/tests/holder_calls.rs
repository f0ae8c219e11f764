//! What the roles to choose from allow, and who may act as an account: read as the actor (SPEC X3).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use musterbook_cluster::testing::FakeApi;
use musterbook_core::{
    answer::{Part, Why},
    holders::{Lesser, Named, Subject},
    role::RoleRef,
};
use serde_json::{Value, json};
use support::*;

const RBAC: &str = "rbac.authorization.k8s.io";

#[tokio::test]
async fn x3_rules_and_who_may_act_as_the_account_come_as_the_actor() {
    let api = FakeApi::new();
    let holds = |name: &str, rules: Value| {
        let mut role = role(name);
        role["rules"] = rules;
        role
    };
    let rule = |resource: &str, verb: &str| json!({ "apiGroups": [""], "resources": [resource], "verbs": [verb] });
    let mut leader = holds("leader-election", json!([rule("leases", "get")]));
    leader["metadata"]["annotations"] = json!({});
    let bound = |role: &str, kind: &str, subjects: Value| {
        json!({
            "metadata": { "name": role, "namespace": "demo" }, "subjects": subjects,
            "roleRef": { "apiGroup": RBAC, "kind": kind, "name": role },
        })
    };
    let user = |name: &str| json!({ "kind": "User", "name": name });
    api.list(
        &get(ROLES),
        json!([
            holds("viewer", json!([rule("pods", "get"), { "nonResourceURLs": ["/metrics"], "verbs": ["get"] }])),
            holds("issuer", json!([rule("serviceaccounts/token", "create")])),
            leader,
        ]),
    )
    .list(
        &format!("GET {CLUSTER_ROLES}?labelSelector=musterbook.dev%2Fproject-role%3Dtrue"),
        json!([holds("view", json!([rule("services", "get")])), holds("marked", json!([rule("events", "get")]))]),
    )
    .on(&format!("GET {CLUSTER_ROLES}/view"), 200, holds("view", json!([rule("services", "get")])))
    .deny(&format!("GET {CLUSTER_ROLES}/edit"))
    .deny(&format!("GET {CLUSTER_ROLES}/admin"))
    .list(
        &get(BINDINGS),
        json!([
            bound("viewer", "Role", json!([user("onlooker")])),
            bound("issuer", "Role", json!([user("issuer"), user("system:serviceaccount:demo:ci")])),
            bound("leader-election", "Role", json!([{ "kind": "ServiceAccount", "name": "bot" }])),
            bound("gone", "Role", json!([user("onlooker")])),
            bound("edit", "ClusterRole", json!([{ "kind": "Group", "name": "team" }])),
        ]),
    );
    let choices = api.cluster().reads(&jane()).role_options("demo").await.unwrap().value;
    let rules = |role: RoleRef| {
        choices.rules_of(&role).map(|rules| rules.iter().map(|rule| &rule.resources[0]).collect::<Vec<_>>())
    };
    assert_eq!(rules(RoleRef::role("viewer")).unwrap(), ["pods"]);
    assert_eq!(rules(RoleRef::cluster_role("view")).unwrap(), ["services"]);
    assert_eq!(rules(RoleRef::cluster_role("marked")).unwrap(), ["events"]);
    assert_eq!(rules(RoleRef::cluster_role("edit")), None);
    assert_eq!(rules(RoleRef::role("leader-election")).unwrap(), ["leases"]);
    assert_eq!(rules(RoleRef::role("gone")).unwrap(), [""; 0]);
    let wanted = choices.rules_of(&RoleRef::role("viewer")).unwrap();
    let lesser = choices.lesser("demo", "ci", wanted);
    let issuer = Named { subject: Subject::User("issuer".into()), may_issue: true, may_run: false };
    assert_eq!(lesser, Lesser { named: vec![issuer], unseen: true });
    for asked in api.calls() {
        assert_eq!(asked.headers["impersonate-user"], "jane", "{}", asked.route);
    }
}

#[tokio::test]
async fn x3_bindings_that_may_not_be_read_hide_who_may_act_as_the_account() {
    let api = FakeApi::new();
    api.list(&get(ROLES), json!([role("viewer")])).deny(&get(BINDINGS));
    let answer = api.cluster().reads(&jane()).role_options("demo").await.unwrap();
    assert_eq!(answer.value.holders, None);
    assert!(matches!(answer.lacks(Part::Bindings), Some(Why::Denied(_))));
    assert!(answer.value.lesser("demo", "ci", &[]).unseen);
}
