//! Whatever a browser sends: no panic, and no fault of ours (SPEC Z7). Each case has a number, which a failure names: the
//! same number makes the same request.

use axum::body::Body;
use http::Method;
use musterbook_cluster::testing::{FakeApi, Noise};
use serde_json::json;

use crate::support::{COOKIE, ORIGIN, TestApp, log_text};

const LIST: &str = "/w/clusters/local/projects/demo/serviceaccounts";

/// A project with one account, in which everything is allowed.
fn project() -> FakeApi {
    let api = FakeApi::new();
    let account = json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": { "name": "ci", "namespace": "demo", "uid": "u1", "resourceVersion": "7" },
    });
    let accounts = "/api/v1/namespaces/demo/serviceaccounts";
    let rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/demo";
    let token = json!({ "spec": {}, "status": { "token": "t", "expirationTimestamp": "2026-01-01T01:00:00Z" } });
    let review = json!({ "spec": {}, "status": { "allowed": true } });
    let labels = json!({ "kubesphere.io/workspace": "w" });
    api.on("GET /api/v1/namespaces/demo", 200, json!({ "metadata": { "name": "demo", "labels": labels } }))
        .list(&format!("GET {accounts}"), json!([account]))
        .list(&format!("GET {accounts}?limit=500"), json!([account]))
        .on(&format!("GET {accounts}/ci"), 200, account.clone())
        .on(&format!("PATCH {accounts}/ci"), 200, account.clone())
        .on(&format!("PUT {accounts}/ci"), 200, account.clone())
        .on(&format!("PUT {accounts}/ci?dryRun=All"), 200, account.clone())
        .on(&format!("DELETE {accounts}/ci"), 200, account.clone())
        .on(&format!("POST {accounts}"), 201, account)
        .list(&format!("GET {rbac}/roles"), json!([]))
        .list(&format!("GET {rbac}/rolebindings"), json!([]))
        .list(&format!("GET {rbac}/rolebindings?limit=500"), json!([]))
        .list("GET /api/v1/namespaces/demo/pods", json!([]))
        .list("GET /api/v1/namespaces", json!([]))
        .on("GET /api/v1/namespaces/demo/configmaps/kube-root-ca.crt", 200, json!({ "data": { "ca.crt": "PEM" } }))
        .on(&format!("POST {accounts}/ci/token"), 201, token)
        .on("POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", 201, review);
    api
}

async fn signed_in() -> (TestApp, String) {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    (app.over(&project()), cookie)
}

/// The log is that of all tests of this process; one of them panics on purpose.
fn panics() -> Vec<String> {
    let text = log_text();
    let lines = text.lines().filter(|line| line.contains("a request panicked") && !line.contains("/broken"));
    lines.map(Into::into).collect()
}

/// As a browser writes it into an address.
fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn z7_no_address_and_no_cookie_is_a_fault_of_ours() {
    let (app, cookie) = signed_in().await;
    let pages = [
        "/",
        "/projects",
        "/sign-in",
        LIST,
        "/w/clusters/local/serviceaccounts",
        "/clusters/local/serviceaccounts",
        &format!("{LIST}/ci"),
        &format!("{LIST}/ci/yaml"),
        &format!("{LIST}/export.csv"),
        &format!("{LIST}/export.yaml"),
        "/pkg/x/y.js",
    ]
    .map(str::to_owned);
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let keys = [
        "q",
        "page",
        "size",
        "sort",
        "state",
        "hide",
        "project-role",
        "create",
        "edit",
        "role",
        "delete",
        "issue",
        "in",
        "next",
    ];
    for number in 0..300 {
        let mut noise = Noise::seeded(number);
        let page = noise.pick(&pages);
        let spoilt = if noise.number(3) == 0 { noise.spoilt_text(page) } else { page.to_owned() };
        let path: String = spoilt.split('/').map(escaped).collect::<Vec<_>>().join("/");
        let mut query = Vec::new();
        for _ in 0..noise.number(4) {
            let value = if noise.number(2) == 0 { noise.text() } else { noise.spoilt_text("ci") };
            query.push(format!("{}={}", noise.pick(&keys), escaped(&value)));
        }
        // Not all of it is escaped as it should be.
        query.push(noise.pick(&["", "%", "%zz", "%ff", "&&", "=", "q", "q=%00", "page=-1&page=x", "[]=1"]).to_owned());
        let address = format!("/{}?{}", path.trim_start_matches('/'), query.join("&"));
        let Ok(address) = address.parse::<http::Uri>() else { continue };
        let cookie = match noise.number(4) {
            0 => String::new(),
            1 => noise.spoilt_text(&cookie),
            2 => format!(
                "{COOKIE}={}; theme={}; lang={}",
                escaped(&noise.text()),
                escaped(&noise.text()),
                noise.pick(&["zh-CN", "x", ""])
            ),
            _ => cookie.clone(),
        };
        let mut call = app.get(&address.to_string());
        if http::HeaderValue::from_str(&cookie).is_ok() {
            call = call.header("cookie", &cookie);
        }
        let answer = call.send().await;
        assert_ne!(answer.status, 500, "{number}: {address} {cookie:?}: {}", answer.text);
    }
    assert_eq!(panics(), Vec::<String>::new());
}

/// Paths of all server functions, so that none is forgotten.
fn functions() -> Vec<String> {
    let all = leptos::server_fn::axum::server_fn_paths();
    let all: Vec<_> = all.filter(|(_, method)| *method == Method::POST).map(|(path, _)| path.to_owned()).collect();
    assert!(all.len() > 15, "{all:?}");
    all
}

#[tokio::test]
async fn z7_no_arguments_of_a_function_are_a_fault_of_ours() {
    let (app, cookie) = signed_in().await;
    let functions = functions();
    let functions: Vec<&str> = functions.iter().map(String::as_str).filter(|path| !path.contains("/auth/")).collect();
    let names = [
        "project",
        "workspace",
        "name",
        "uid",
        "role",
        "text",
        "account",
        "secret",
        "key",
        "search",
        "target",
        "confirmation",
        "input[name]",
        "input[alias]",
        "input[role]",
        "input[lifetime]",
        "input[minutes]",
        "input[uid]",
        "input[",
        "x[0][y]",
        "scope",
    ];
    for number in 0..600 {
        let mut noise = Noise::seeded(number);
        let function = noise.pick(&functions);
        let mut fields = Vec::new();
        for name in names {
            match noise.number(4) {
                0 => {}
                1 => fields.push((name, noise.text())),
                2 => fields.push((name, noise.spoilt_text("ci"))),
                _ => fields.push((name, noise.pick(&["demo", "ci", "w", "u1", "Role/viewer", ""]).to_owned())),
            }
        }
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut call = match noise.number(3) {
            0 => app.form(LIST, &[&[("_fn", function)], fields.as_slice()].concat()),
            _ => app.api(function, &fields),
        };
        if noise.number(4) == 0 {
            let json =
                json!({ "scope": { "Project": { "workspace": "w", "project": "demo" } }, "query": {}, "accounts": [] });
            call = app.call(Method::POST, function).header("origin", ORIGIN).header("content-type", "application/json");
            call.body = Body::from(match noise.number(3) {
                0 => noise.text(),
                1 => noise.spoilt_text(&json.to_string()),
                _ => noise.spoilt(&json).to_string(),
            });
        }
        let answer = call.header("cookie", &cookie).send().await;
        assert_ne!(answer.status, 500, "{number}: {function} {fields:?}: {}", answer.text);
    }
    assert_eq!(panics(), Vec::<String>::new());
}
