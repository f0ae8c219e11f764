//! What the log says (SPEC Z6, K3).

use musterbook_cluster::testing::{FakeApi, Reply};
use serde_json::json;

use crate::support::{PASSWORD, SIGN_IN, TestApp, log_text};

#[tokio::test]
async fn z6_each_request_is_a_line_with_its_person_and_without_secrets() {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    let answer = app.get("/projects?q=searched-for").header("cookie", &cookie).send().await;
    app.api(SIGN_IN, &[("user", "typed-as-user"), ("password", "typed-as-password"), ("next", "")]).send().await;
    app.form("/sign-in", &[("_fn", SIGN_IN), ("user", "typed-as-user"), ("password", "typed-as-password")])
        .send()
        .await;

    let text = log_text();
    let id = answer.header("x-request-id").unwrap();
    let line = text.lines().find(|line| line.contains(id) && line.contains("musterbook::access")).unwrap();
    for part in ["method=GET", "path=\"/projects\"", "user=\"ann\"", "status=", "ms="] {
        assert!(line.contains(part), "{part}: {line}");
    }
    let secrets = [PASSWORD, "typed-as", "searched-for", cookie.split_once('=').unwrap().1];
    for secret in secrets {
        let told = text.lines().find(|line| line.contains(secret));
        assert_eq!(told, None, "{secret}");
    }
}

const CI: &str = "/api/v1/namespaces/demo/serviceaccounts/ci";
const HELD: &str = "held-by-the-account";
const TYPED: &str = "typed-by-a-person";

/// `ci`, whose changes are answered in every way there is, one after the other.
fn answering() -> FakeApi {
    let api = FakeApi::new();
    let notes = json!({ "kubectl.kubernetes.io/last-applied-configuration": HELD, "kubesphere.io/description": HELD });
    let ci = json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": { "name": "ci", "namespace": "demo", "uid": "u1", "resourceVersion": "7", "annotations": notes },
    });
    let refused =
        json!({ "kind": "Status", "code": 422, "reason": "Invalid", "message": "metadata.annotations: Too long" });
    let accounts = "/api/v1/namespaces/demo/serviceaccounts";
    api.on(&format!("GET {CI}"), 200, ci.clone());
    for write in [
        format!("POST {accounts}"),
        format!("POST {accounts}?dryRun=All"),
        format!("PATCH {CI}"),
        format!("PUT {CI}"),
        format!("PUT {CI}?dryRun=All&fieldValidation=Strict"),
    ] {
        api.on(&write, 422, refused.clone())
            .reply(&write, Reply::Text(200, format!("{{\"metadata\": {HELD}")))
            .reply(&write, Reply::Text(502, format!("<html>{TYPED}")))
            .reply(&write, Reply::Broken)
            .on(&write, 200, ci.clone());
    }
    api
}

#[tokio::test]
async fn z8_neither_what_is_typed_nor_what_the_cluster_holds_is_in_the_log() {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    let app = app.over(&answering());
    let yaml = format!(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ci\n  namespace: demo\n  uid: u1\n  annotations: {{a: {TYPED}}}\n"
    );
    let (table, broken) = (format!("name,description\nci,{TYPED}\n"), format!("{yaml}  - [{TYPED}"));
    let text = |text| vec![("name", "ci"), ("uid", "u1"), ("resource_version", "7"), ("text", text)];
    let information =
        vec![("name", "ci"), ("input[uid]", "u1"), ("input[alias]", TYPED), ("input[seen_description]", HELD)];
    let seen = json!({ "metadata": { "annotations": { "kubesphere.io/description": HELD } } }).to_string();
    let pair = [("input[annotations][0][key]", "note"), ("input[annotations][0][value]", TYPED)];
    let settings = [vec![("name", "ci"), ("input[uid]", "u1"), ("input[seen]", &seen)], pair.to_vec()].concat();
    let calls = [
        ("/api/accounts/create", vec![("input[name]", "new"), ("input[description]", TYPED)]),
        ("/api/accounts/create-plan", vec![("text", &table)]),
        ("/api/accounts/edit", information),
        ("/api/accounts/settings-save", settings),
        ("/api/accounts/yaml-check", text(&yaml)),
        ("/api/accounts/yaml-check", text(&broken)),
        ("/api/accounts/yaml-save", text(&yaml)),
    ];
    for (function, fields) in calls {
        for _ in 0..5 {
            let fields = [vec![("project", "demo")], fields.clone()].concat();
            let answer = app.api(function, &fields).header("cookie", &cookie).send().await;
            assert_ne!(answer.status, 400, "{function}: {}", answer.text);
        }
    }
    let log = log_text();
    assert!(log.contains("answer lost") && log.contains("unreadable answer"), "{log}");
    // The Kubernetes client says what it was answered where somebody asks for that much.
    let ours = || log.lines().filter(|line| !line.contains("DEBUG kube_client::client: Unsuccessful"));
    for secret in [HELD, TYPED] {
        assert_eq!(ours().find(|line| line.contains(secret)), None);
    }
}
