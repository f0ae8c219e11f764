//! What deleting an account would do, read as the actor (SPEC X4), and deleting it with its bindings.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use musterbook_cluster::testing::FakeApi;
use musterbook_core::{
    Answer, Missing,
    answer::{Part, Why},
    error::Denial,
    standing::Extent,
};
use serde_json::{Value, json};
use support::*;

const HANDLES: &str = "?fieldSelector=type%3Dmusterbook.dev%2Fcredential";
const RUNNING: &str =
    "?fieldSelector=spec.serviceAccountName%3Dci%2Cstatus.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed";
const EVERYWHERE: &str = "GET /apis/rbac.authorization.k8s.io/v1/clusterrolebindings?limit=500";
const KINDS: [(&str, &str); 5] = [
    ("apps", "deployments"),
    ("apps", "statefulsets"),
    ("apps", "daemonsets"),
    ("batch", "jobs"),
    ("batch", "cronjobs"),
];

fn workloads(group: &str, plural: &str) -> String {
    format!("GET /apis/{group}/v1/namespaces/demo/{plural}")
}

/// Nothing of anybody, but for what a test says.
fn empty(but: &[&str]) -> FakeApi {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({})));
    let mut lists = vec![
        get(BINDINGS),
        EVERYWHERE.to_owned(),
        format!("GET {SECRETS}{TOKENS}"),
        format!("GET {SECRETS}{HANDLES}"),
        format!("GET {PODS}{RUNNING}"),
    ];
    lists.extend(KINDS.map(|(group, plural)| workloads(group, plural)));
    lists.iter().filter(|list| !but.contains(&list.as_str())).for_each(|list| _ = api.list(list, json!([])));
    api
}

async fn impact(api: &FakeApi) -> musterbook_core::Answer<musterbook_core::account::Impact> {
    api.cluster().reads(&jane()).impact("demo", "ci").await.unwrap()
}

fn lacks(what: Part, group: &str, resource: &str) -> Missing {
    Missing { what, why: Why::Denied(Denial::new("list", group, resource, Some("demo"))) }
}

#[tokio::test]
async fn x4_nothing_else_goes_with_an_account_of_nobody() {
    let api = empty(&[]);
    let answer = impact(&api).await;
    assert!(answer.value.is_empty() && answer.missing.is_empty(), "{answer:?}");
    for asked in api.calls() {
        assert_eq!(asked.headers["impersonate-user"], "jane", "{}", asked.route);
    }
}

#[tokio::test]
async fn x4_the_impact_is_what_stays_and_what_breaks() {
    let mut stays = managed("stays", "admin");
    stays["metadata"]["ownerReferences"] = json!([]);
    let secret = |name: &str, account: &str| json!({ "metadata": { "name": name, "annotations": { "kubernetes.io/service-account.name": account } } });
    let handle = |name: &str, uid: &str, expires: &str| {
        json!({ "metadata": {
            "name": name, "labels": { "musterbook.dev/serviceaccount-uid": uid },
            "annotations": { "musterbook.dev/expires": expires },
        } })
    };
    let (tokens, handles) = (format!("GET {SECRETS}{TOKENS}"), format!("GET {SECRETS}{HANDLES}"));
    let (pods, cron) = (format!("GET {PODS}{RUNNING}"), workloads("batch", "cronjobs"));
    let api = empty(&[&get(BINDINGS), &tokens, &handles, &pods, &workloads("apps", "deployments"), &cron, EVERYWHERE]);
    let template = |account: &str| json!({ "spec": { "serviceAccountName": account } });
    let everywhere = |name: &str, subject: Value| {
        json!({ "metadata": { "name": name }, "subjects": [subject],
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view" } })
    };
    api.list(&get(BINDINGS), json!([managed("goes", "viewer"), stays]))
        .list(&tokens, json!([secret("t", "ci"), secret("u", "other")]))
        .list(
            &handles,
            json!([
                handle("live", "u1", "2999-01-01T00:00:00Z"),
                handle("over", "u1", "2020-01-01T00:00:00Z"),
                handle("other", "u2", "2999-01-01T00:00:00Z"),
            ]),
        )
        .list(&pods, json!([{ "metadata": { "name": "p" } }]))
        .list(
            &workloads("apps", "deployments"),
            json!([
                { "metadata": { "name": "shop" }, "spec": { "replicas": 0, "template": template("ci") } },
                { "metadata": { "name": "other" }, "spec": { "template": template("bot") } },
            ]),
        )
        .list(
            &cron,
            json!([{ "metadata": { "name": "nightly" }, "spec": { "jobTemplate": { "spec": { "template": template("ci") } } } }]),
        )
        .list(
            EVERYWHERE,
            json!([
                everywhere("its", json!({ "kind": "ServiceAccount", "name": "ci", "namespace": "demo" })),
                // Of everybody: a new account has it anyway.
                everywhere("all", json!({ "kind": "Group", "name": "system:serviceaccounts" })),
            ]),
        );
    let answer = impact(&api).await;
    let found = answer.value;
    assert_eq!(found.bindings.iter().map(|binding| binding.name.as_str()).collect::<Vec<_>>(), ["stays"]);
    assert_eq!((found.cluster_bindings, found.cluster), (vec!["its → ClusterRole/view".into()], Extent::All));
    assert_eq!((found.token_secrets, found.issued), (vec!["t".into()], vec!["live".into()]));
    assert_eq!(
        (found.pods, found.workloads),
        (vec!["p".into()], vec!["Deployment/shop".into(), "CronJob/nightly".into()])
    );
    assert_eq!(answer.missing, []);
}

#[tokio::test]
async fn x4_what_may_not_be_seen_is_missing_and_not_nothing() {
    let (handles, pods) = (format!("GET {SECRETS}{HANDLES}"), format!("GET {PODS}{RUNNING}"));
    let jobs = workloads("batch", "jobs");
    let api = empty(&[&get(BINDINGS), &handles, &pods, &jobs, EVERYWHERE]);
    for route in [&get(BINDINGS), &handles, &pods, &jobs, EVERYWHERE] {
        api.deny(route);
    }
    let answer = impact(&api).await;
    assert_eq!(
        answer.missing,
        [
            lacks(Part::Bindings, "rbac.authorization.k8s.io", "rolebindings"),
            lacks(Part::TokenSecrets, "", "secrets"),
            lacks(Part::Pods, "", "pods"),
            lacks(Part::Workloads, "batch", "jobs"),
        ]
    );
    // Hardly anybody may read those: that is said, and doesn't make everybody type every name.
    let denial = Denial::new("list", "rbac.authorization.k8s.io", "clusterrolebindings", None);
    assert_eq!(answer.value.cluster, Extent::Unseen(Why::Denied(denial)));
}

#[tokio::test]
async fn x4_cluster_role_bindings_beyond_the_first_page_are_not_called_looked_through() {
    let api = empty(&[EVERYWHERE]);
    api.on(EVERYWHERE, 200, json!({ "metadata": { "continue": "next" }, "items": [] }));
    let Answer { value, missing, .. } = impact(&api).await;
    assert_eq!((value.is_empty(), value.cluster, missing), (true, Extent::Part, vec![]));
    let pages = api.routes().into_iter().filter(|route| route.contains("clusterrolebindings")).count();
    assert_eq!(pages, 1);
}
