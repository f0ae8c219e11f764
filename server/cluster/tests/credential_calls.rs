//! Issue kubeconfig and reveal (SPEC K1–K3, E3).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use musterbook_cluster::{
    ConnectOptions, EndpointConfig,
    testing::{FakeApi, Reply},
};
use musterbook_core::{
    AppError,
    credential::IssueInput,
    form::{Field, FieldError, Problem},
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use support::*;

const ROOT_CA: &str = "GET /api/v1/namespaces/demo/configmaps/kube-root-ca.crt";
const CLUSTER_INFO: &str = "GET /api/v1/namespaces/kube-public/configmaps/cluster-info";

fn token_route() -> String {
    post(&format!("{CI}/token"))
}

fn issued() -> Value {
    json!({ "status": { "token": "t0ken", "expirationTimestamp": "2026-01-01T01:00:00Z" } })
}

fn ca(pem: &str) -> Value {
    json!({ "data": { "ca.crt": pem } })
}

#[tokio::test]
async fn k2_the_kubeconfig_is_complete_and_the_token_is_asked_for_last() {
    let api = FakeApi::new();
    api.on(ROOT_CA, 200, ca("CA")).on(&token_route(), 201, issued());
    let input = IssueInput { lifetime: "8h".into(), audience: "vault".into(), ..Default::default() };
    let kubeconfig = client(&api).issue_kubeconfig("demo", "ci", &input).await.unwrap();
    assert_eq!(api.routes(), [ROOT_CA.to_owned(), token_route()]);
    assert_eq!(api.body(&token_route())["spec"], json!({ "audiences": ["vault"], "expirationSeconds": 28800 }));
    // Longer or shorter than asked: the API server says.
    assert_eq!(kubeconfig.expires.rfc3339(), "2026-01-01T01:00:00Z");
    assert!(!kubeconfig.in_cluster_only);
    insta::assert_snapshot!(kubeconfig.yaml.expose_secret(), @r#"
    apiVersion: v1
    kind: Config
    clusters:
    - name: "ci@local"
      cluster:
        certificate-authority-data: "Q0E="
        server: "https://api.example:6443"
    users:
    - name: "ci"
      user:
        token: "t0ken"
    contexts:
    - name: "ci@local"
      context:
        cluster: "ci@local"
        namespace: "demo"
        user: "ci"
    current-context: "ci@local"
    "#);
}

#[tokio::test]
async fn k1_who_may_not_read_the_ca_gets_it_from_cluster_info_without_credentials() {
    let info = "apiVersion: v1\nkind: Config\nclusters:\n- name: \"\"\n  cluster: {certificate-authority-data: SU5GTw==, server: \"https://x\"}\n";
    let api = FakeApi::new();
    api.deny(ROOT_CA).on(CLUSTER_INFO, 200, json!({ "data": { "kubeconfig": info } })).on(
        &token_route(),
        201,
        issued(),
    );
    let kubeconfig = client(&api).issue_kubeconfig("demo", "ci", &IssueInput::default()).await.unwrap();
    assert!(kubeconfig.yaml.expose_secret().contains("certificate-authority-data: \"SU5GTw==\""));
    let asked = api.calls().into_iter().find(|asked| asked.route == CLUSTER_INFO).unwrap();
    assert!(!asked.headers.contains_key("impersonate-user") && !asked.headers.contains_key("authorization"));
}

#[tokio::test]
async fn k2_without_a_ca_no_token_is_issued() {
    let api = FakeApi::new();
    api.deny(ROOT_CA).on(&token_route(), 201, issued());
    let error = client(&api).issue_kubeconfig("demo", "ci", &IssueInput::default()).await.err().unwrap();
    let AppError::Denied(denial) = error else { panic!("{error:?}") };
    assert_eq!(denial.to_string(), "get configmaps in demo");
    assert!(!api.routes().contains(&token_route()));

    // No such project.
    let nowhere = client(&FakeApi::new()).issue_kubeconfig("demo", "ci", &IssueInput::default()).await;
    assert_eq!(nowhere.err(), Some(AppError::NotFound));
}

#[tokio::test]
async fn k1_endpoints_have_their_own_ca_or_none_and_others_are_not_offered() {
    let api = FakeApi::new();
    api.on(&token_route(), 201, issued());
    let endpoint =
        |name: &str, server: &str| EndpointConfig { name: name.into(), server: server.into(), ..Default::default() };
    let cluster = api.cluster_with(&ConnectOptions {
        caches: false,
        endpoints: vec![
            EndpointConfig { ca_data: Some("T1dO".into()), ..endpoint("inside", "https://kubernetes.default.svc") },
            EndpointConfig {
                system_roots: true,
                tls_server_name: Some("api.internal".into()),
                ..endpoint("public", "https://api.example")
            },
        ],
        ..Default::default()
    });
    let client = cluster.acting_as(&jane());
    let of = |endpoint: &str| IssueInput { endpoint: endpoint.into(), ..Default::default() };
    let inside = client.issue_kubeconfig("demo", "ci", &of("")).await.unwrap();
    assert!(inside.in_cluster_only && inside.yaml.expose_secret().contains("T1dO"));
    let public = client.issue_kubeconfig("demo", "ci", &of("public")).await.unwrap();
    assert!(!public.in_cluster_only && !public.yaml.expose_secret().contains("certificate-authority-data"));
    assert!(public.yaml.expose_secret().contains("tls-server-name: \"api.internal\""));
    assert_eq!(
        client.issue_kubeconfig("demo", "ci", &of("evil")).await.err(),
        Some(AppError::Invalid(vec![FieldError { field: Field::Endpoint, problem: Problem::NotOffered }]))
    );
}

#[tokio::test]
async fn k1_an_answer_without_a_token_is_an_error_and_a_short_life_is_asked_of_nobody() {
    let api = FakeApi::new();
    api.on(ROOT_CA, 200, ca("CA")).on(&token_route(), 201, json!({ "status": {} }));
    let error = client(&api).issue_kubeconfig("demo", "ci", &IssueInput::default()).await.err().unwrap();
    assert!(matches!(error, AppError::Internal { .. }), "{error:?}");
    let short = IssueInput { lifetime: "custom".into(), minutes: "9".into(), ..Default::default() };
    let silent = FakeApi::new();
    assert!(matches!(client(&silent).issue_kubeconfig("demo", "ci", &short).await.err(), Some(AppError::Invalid(_))));
    assert_eq!(silent.routes(), Vec::<String>::new());
}

fn secret(kind: &str, account: &str) -> Value {
    json!({
        "metadata": { "name": "s", "annotations": { "kubernetes.io/service-account.name": account, "kubernetes.io/service-account.uid": "u1" } },
        "type": kind, "data": { "token": "dDBrZW4=", "odd": "/w==" },
    })
}

#[tokio::test]
async fn e3_only_token_secrets_of_that_account_are_revealed() {
    let route = get(&format!("{SECRETS}/s"));
    let token = "kubernetes.io/service-account-token";
    for (found, key, expected) in [
        (secret(token, "ci"), "token", Ok("t0ken")),
        (secret(token, "ci"), "nope", Err(AppError::NotFound)),
        (secret(token, "other"), "token", Err(AppError::NotFound)),
        (secret("Opaque", "ci"), "token", Err(AppError::NotFound)),
        (secret(token, "ci"), "odd", Err(AppError::Refused { message: "the value is not text".into() })),
    ] {
        let api = FakeApi::new();
        api.on(&get(CI), 200, ci(json!({}))).on(&route, 200, found);
        let shown = client(&api).reveal("demo", "ci", "s", key).await;
        assert_eq!(shown.map(|value| value.expose_secret().to_owned()), expected.map(str::to_owned));
    }
}

#[tokio::test]
async fn z4_a_path_in_a_name_asks_nothing() {
    let api = FakeApi::new();
    let client = client(&api);
    for bad in ["../x", "s?x=y", "s/status", ""] {
        assert_eq!(client.reveal("demo", "ci", bad, "token").await.err(), Some(AppError::NotFound));
        assert_eq!(client.reveal("demo", bad, "s", "token").await.err(), Some(AppError::NotFound));
        assert_eq!(client.reveal(bad, "ci", "s", "token").await.err(), Some(AppError::NotFound));
        assert_eq!(client.delete_account("demo", bad, "u1").await.err(), Some(AppError::NotFound));
    }
    assert_eq!(api.routes(), Vec::<String>::new());
}

#[tokio::test]
async fn k3_a_token_that_can_not_be_read_is_not_in_the_error() {
    let api = FakeApi::new();
    api.on(ROOT_CA, 200, ca("CA")).reply(&token_route(), Reply::Text(201, "{\"status\": {\"token\": \"t0ken\"".into()));
    let error = client(&api).issue_kubeconfig("demo", "ci", &IssueInput::default()).await.err().unwrap();
    assert!(!format!("{error:?}").contains("t0ken"), "{error:?}");
}
