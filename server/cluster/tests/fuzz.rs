//! No panic for any input, and none for any answer of the API server (SPEC Z7). Each case has a number, which a failure
//! names: the same number makes the same input.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use musterbook_cluster::{
    ConnectOptions, KubeSphere,
    testing::{FakeApi, Noise},
};
use musterbook_core::{
    Answer, AppError, Timestamp,
    bulk::{Pick, Target},
    credential::IssueInput,
    form::{CreateInput, EditInput, check_name},
    kubeconfig::Kubeconfig,
    list::{ListQuery, Page},
    live::{Delta, Sent},
    role::RoleRef,
};
use serde_json::{Value, json};
use support::*;

/// Runs `case` with the noise of each number; says which numbers panicked.
async fn none_panics(cases: u64, case: impl AsyncFn(&mut Noise)) {
    let mut panicked = Vec::new();
    for number in 0..cases {
        let mut noise = Noise::seeded(number);
        if AssertUnwindSafe(case(&mut noise)).catch_unwind().await.is_err() {
            panicked.push(number);
        }
    }
    assert_eq!(panicked, Vec::<u64>::new());
}

#[tokio::test]
async fn z7_no_name_query_or_form_makes_a_parser_panic() {
    none_panics(2_000, async |noise| {
        let text = noise.text();
        if check_name(&text).is_ok() {
            assert!(text.len() <= 63 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{text:?}");
        }
        // What is read is written the same way.
        let line = noise.spoilt_text("demo/ci u1 ci-viewer=u2 other=u3");
        if let Ok(target) = line.parse::<Target>() {
            assert_eq!(target.to_string().parse(), Ok(target), "{line:?}");
        }
        let role = noise.spoilt_text("ClusterRole/view");
        if let Ok(role) = role.parse::<RoleRef>() {
            assert_eq!(role.to_string().parse(), Ok(role));
        }
        _ = Pick::parse(&text, "demo");

        let keys = ListQuery::KEYS;
        let pairs: Vec<_> = (0..4).map(|_| (noise.pick(&keys), noise.spoilt_text("-created,pods"))).collect();
        let query = ListQuery::from_pairs(pairs.iter().map(|(key, value)| (*key, value.as_str())));
        let written = query.to_pairs();
        let again = ListQuery::from_pairs(written.iter().map(|(key, value)| (*key, value.as_str())));
        assert_eq!(again, query);
        _ = musterbook_core::list::place(&query, noise.number(50));

        let create = CreateInput {
            name: noise.text(),
            alias: noise.text(),
            description: noise.text(),
            role: noise.spoilt_text("Role/viewer"),
        };
        _ = create.normalised().check();
        let edit = EditInput { alias: noise.text(), description: noise.text(), ..Default::default() };
        _ = edit.normalised().check();
        let issue = IssueInput {
            lifetime: noise.spoilt_text("custom"),
            minutes: noise.spoilt_text("9223372036854775807"),
            audience: noise.text(),
            namespace: noise.text(),
            context: noise.text(),
            endpoint: noise.text(),
        };
        _ = issue.check();
    })
    .await;
}

#[tokio::test]
async fn z7_k2_a_kubeconfig_holds_whatever_it_is_given() {
    none_panics(1_000, async |noise| {
        let (context, server) = (noise.text(), noise.text());
        let yaml = Kubeconfig {
            account: "ci",
            cluster: "local",
            server: &server,
            ca_data: None,
            tls_server_name: None,
            namespace: "demo",
            context: Some(&context),
            token: "t",
        }
        .to_yaml();
        let read: Value = serde_saphyr::from_str(&yaml).unwrap();
        assert_eq!(read["current-context"], context, "{yaml}");
        assert_eq!(read["clusters"][0]["cluster"]["server"], server, "{yaml}");
    })
    .await;
}

#[tokio::test]
async fn z7_l4_no_message_makes_a_page_panic() {
    let before = Page::default();
    let answer = Answer { value: Page::default(), at: Timestamp::UNIX_EPOCH, missing: vec![] };
    let sent = Sent::of(&answer);
    let whole = serde_json::to_value(Delta::whole(answer, &sent)).unwrap();
    none_panics(2_000, async |noise| {
        if let Ok(delta) = serde_json::from_value::<Delta>(noise.spoilt(&whole)) {
            _ = delta.onto(&before);
        }
    })
    .await;
}

const YAML: &str = "apiVersion: v1
kind: ServiceAccount
metadata:
  name: ci
  namespace: demo
  uid: u1
  annotations: &notes
    kubesphere.io/alias-name: \"预 \\u00e9\"
    text: |
      several
      lines
  labels: *notes
secrets: [{name: a}, {name: b}]
automountServiceAccountToken: false
";

#[tokio::test]
async fn z7_x2_no_yaml_is_a_fault_of_ours() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({}))).on(&format!("PUT {CI}"), 200, ci(json!({})));
    // Nothing hangs here: a machine that is busy is no fault.
    let patient = ConnectOptions { caches: false, kubesphere: KubeSphere::Off, ..Default::default() };
    let client = api.cluster_with(&patient).acting_as(&jane());
    none_panics(1_500, async |noise| {
        let text = if noise.number(10) == 0 { noise.text() } else { noise.spoilt_text(YAML) };
        match client.save_yaml("demo", "ci", &text, "u1", "7").await {
            Ok(_) | Err(AppError::Yaml { .. } | AppError::TooLarge) => {}
            Err(other) => panic!("{text:?}: {other:?}"),
        }
    })
    .await;
}

#[tokio::test]
async fn z7_z4_no_name_asks_for_another_path() {
    let api = FakeApi::new();
    let client = client(&api);
    none_panics(1_000, async |noise| {
        let asked = api.calls().len();
        let (project, name) = (noise.spoilt_text("demo"), noise.spoilt_text("ci"));
        _ = client.delete_account(&project, &name, &noise.text()).await;
        _ = client.change_role(&project, &name, &noise.text(), None).await;
        _ = client.reveal(&project, &name, &noise.spoilt_text("token"), &noise.text()).await;
        for call in &api.calls()[asked..] {
            let path = call.route.split(' ').nth(1).unwrap().split('?').next().unwrap();
            let in_demo = |of: &str| path.strip_prefix(of).is_some_and(|rest| rest.split('/').count() <= 3);
            let api = "/api/v1/namespaces/";
            assert!(in_demo(api) || in_demo("/apis/rbac.authorization.k8s.io/v1/namespaces/"), "{}", call.route);
        }
    })
    .await;
}

/// A project with everything that pages read.
fn answers() -> Vec<(String, Value)> {
    let list = |items: Value| json!({ "kind": "List", "apiVersion": "v1", "metadata": {}, "items": items });
    let secret = json!({
        "metadata": {
            "name": "token", "uid": "s", "creationTimestamp": "2026-01-01T00:00:00Z",
            "annotations": { "kubernetes.io/service-account.name": "ci", "kubernetes.io/service-account.uid": "u1" },
        },
        "type": "kubernetes.io/service-account-token",
        "data": { "token": "ZXlK", "ca.crt": "eA==", "namespace": "ZGVtbw==" },
    });
    let rules = json!([{ "apiGroups": ["", "apps"], "resources": ["pods", "pods/log"], "verbs": ["get"], "resourceNames": ["x"] }]);
    let mut viewer = role("viewer");
    viewer["rules"] = rules;
    let mut account = ci(json!({
        "kubesphere.io/alias-name": "CI", "iam.kubesphere.io/role": "viewer", "kubesphere.io/creator": "jane",
    }));
    account["secrets"] = json!([{ "name": "token" }]);
    let pod = json!({ "metadata": { "name": "p", "namespace": "demo" }, "spec": { "serviceAccountName": "ci" } });
    let namespace = json!({ "metadata": { "name": "demo", "labels": { "kubesphere.io/workspace": "w" } } });
    let token = json!({
        "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {},
        "status": { "token": "eyJ", "expirationTimestamp": "2026-01-01T01:00:00Z" },
    });
    let root = json!({ "metadata": { "name": "kube-root-ca.crt" }, "data": { "ca.crt": "PEM" } });
    vec![
        (get(NAMESPACE), namespace.clone()),
        (get("/api/v1/namespaces"), list(json!([namespace]))),
        (get(ACCOUNTS), list(json!([account]))),
        (get(CI), account.clone()),
        (patch(CI), account.clone()),
        (delete(CI), account.clone()),
        (format!("PUT {CI}"), account.clone()),
        (post(ACCOUNTS), account),
        (get(BINDINGS), list(json!([managed("b", "viewer")]))),
        (post(BINDINGS), managed("made", "operator")),
        (try_post(BINDINGS), managed("made", "operator")),
        (get(ROLES), list(json!([viewer, role("operator")]))),
        (get(CLUSTER_ROLES), list(json!([role("view")]))),
        (get(PODS), list(json!([pod]))),
        (get(&format!("{SECRETS}{TOKENS}")), list(json!([secret]))),
        (get(&format!("{SECRETS}/token")), secret),
        (REVIEWS.into(), allowed(true)),
        (post(&format!("{CI}/token")), token),
        (get("/api/v1/namespaces/demo/configmaps/kube-root-ca.crt"), root),
    ]
}

// Paused: who waits before asking a busy API server again, waits no time.
#[tokio::test(start_paused = true)]
async fn z7_no_answer_of_the_api_server_makes_it_panic() {
    let answers = answers();
    none_panics(200, async |noise| {
        let api = FakeApi::new();
        let spoilt = noise.number(answers.len());
        for (number, (route, answer)) in answers.iter().enumerate() {
            let answer = if number == spoilt || noise.number(6) == 0 { noise.spoilt(answer) } else { answer.clone() };
            api.on(route, if noise.number(40) == 0 { 503 } else { 200 }, answer);
        }
        let cluster = api.cluster();
        let (reads, writes) = (cluster.reads(&jane()), cluster.acting_as(&jane()));
        let role = RoleRef::role("operator");
        let input = CreateInput { name: "ci".into(), role: "Role/viewer".into(), ..Default::default() };
        let edit = EditInput { alias: "x".into(), uid: "u1".into(), ..Default::default() };
        let all = async {
            _ = reads.projects("").await;
            _ = reads.project("demo").await;
            _ = reads.list(&demo(), &ListQuery::default()).await;
            _ = reads.account("demo", "ci").await;
            _ = reads.rights("demo").await;
            _ = reads.token_secrets("demo", "ci").await;
            _ = reads.impact("demo", "ci").await;
            _ = reads.role_options("demo").await;
            _ = reads.yaml("demo", "ci").await;
            _ = writes.create_account("demo", &input).await;
            _ = writes.edit_information("demo", "ci", &edit).await;
            _ = writes.change_role("demo", "ci", "u1", Some(&role)).await;
            _ = writes.save_yaml("demo", "ci", YAML, "u1", "7").await;
            _ = writes.issue_kubeconfig("demo", "ci", &IssueInput::default()).await;
            _ = writes.reveal("demo", "ci", "token", "token").await;
            _ = writes.delete_account("demo", "ci", "u1").await;
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), all).await.unwrap();
    })
    .await;
}
