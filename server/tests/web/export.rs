//! Lists as files (SPEC L7).

use std::time::Duration;

use http::StatusCode;
use musterbook_cluster::testing::{FakeApi, Reply};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::TestApp;

const LIST: &str = "/w/clusters/local/projects/demo/serviceaccounts";
const ACCOUNTS: &str = "GET /api/v1/namespaces/demo/serviceaccounts";
const PODS: &str = "GET /api/v1/namespaces/demo/pods";
const BINDINGS: &str = "GET /apis/rbac.authorization.k8s.io/v1/namespaces/demo/rolebindings";

fn account(name: &str, alias: &str, second: u8) -> Value {
    json!({ "metadata": {
        "name": name, "namespace": "demo", "uid": name, "creationTimestamp": format!("2026-01-01T00:00:{second:02}Z"),
        "annotations": { "kubesphere.io/alias-name": alias, "kubesphere.io/creator": "ann" },
    } })
}

fn namespace() -> FakeApi {
    let api = FakeApi::new();
    let namespace = json!({ "metadata": { "name": "demo", "labels": { "kubesphere.io/workspace": "w" } } });
    api.on("GET /api/v1/namespaces/demo", 200, namespace);
    api
}

/// A project with `accounts` and one binding of `a`.
pub fn project(accounts: &Value) -> FakeApi {
    let api = namespace();
    let page = json!({ "kind": "List", "apiVersion": "v1", "metadata": {}, "items": accounts });
    let binding = json!({
        "metadata": { "name": "b", "namespace": "demo", "uid": "b" },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "viewer" },
        "subjects": [{ "kind": "ServiceAccount", "name": "a", "namespace": "demo" }],
    });
    api.on(ACCOUNTS, 200, page.clone()).on(&format!("{ACCOUNTS}?limit=500"), 200, page).list(
        "GET /apis/rbac.authorization.k8s.io/v1/namespaces/demo/roles",
        json!([{ "metadata": { "name": "viewer" } }]),
    );
    for path in [BINDINGS.to_owned(), format!("{BINDINGS}?limit=500")] {
        api.list(&path, json!([binding]));
    }
    api
}

pub async fn app(api: &FakeApi) -> (TestApp, String) {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    (app.over(api), cookie)
}

#[tokio::test]
async fn l7_the_table_has_all_that_matches_in_its_order_and_no_formula() {
    let accounts: Vec<_> = (1..=30).map(|n| account(&format!("a{n:02}"), "=1+1", n)).collect();
    let api = project(&json!(accounts));
    api.list(PODS, json!([{ "spec": { "serviceAccountName": "a30" } }]));
    let (app, cookie) = app(&api).await;
    let path = format!("{LIST}/export.csv?q=A&sort=-name&page=2&size=10");
    let answer = app.get(&path).header("cookie", &cookie).send().await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"demo.serviceaccounts.csv\""));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let text = answer.text.strip_prefix('\u{feff}').expect("a byte order mark");
    let lines: Vec<_> = text.split("\r\n").collect();
    assert_eq!(lines[0], "project,name,alias,description,role,state,bindings,pods,created,creator");
    assert_eq!(lines[1], "demo,a30,'=1+1,,,none,,1,2026-01-01T00:00:30Z,ann");
    assert_eq!((lines.len(), lines[31]), (32, ""));
}

#[tokio::test]
async fn a6_what_may_not_be_seen_is_unknown_in_the_table() {
    let api = project(&json!([account("c", "", 1)]));
    let (app, cookie) = app(&api).await;
    api.deny(PODS);
    let answer = app.get(&format!("{LIST}/export.csv")).header("cookie", &cookie).send().await;
    assert!(answer.text.contains("demo,c,,,,none,,unknown,"), "{}", answer.text);
}

#[tokio::test]
async fn l7_the_yaml_says_what_it_is_and_has_the_bindings() {
    let api = project(&json!([account("a", "A", 1), account("other", "", 2)]));
    let (app, cookie) = app(&api).await;
    let answer = app.get(&format!("{LIST}/export.yaml?q=a&sort=name")).header("cookie", &cookie).send().await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"demo.serviceaccounts.yaml\""));
    let (comment, documents) = answer.text.split_once("---\n").unwrap();
    assert!(comment.lines().all(|line| line.starts_with("# ")), "{comment}");
    assert!(comment.contains("1 service account with its role bindings, of the project demo."), "{comment}");
    assert!(!comment.contains("NOT IN IT"), "{comment}");
    assert_eq!((documents.matches("kind: ServiceAccount\n").count(), documents.matches("name: other").count()), (2, 0));
    assert_eq!(documents.matches("kind: RoleBinding").count(), 1, "{documents}");
    assert!(!documents.contains("namespace:"), "{documents}");
}

#[tokio::test]
async fn a6_bindings_that_may_not_be_read_are_said_to_be_missing_at_the_top() {
    let api = namespace();
    let page = json!({ "kind": "List", "apiVersion": "v1", "metadata": {}, "items": [account("a", "A", 1)] });
    api.on(ACCOUNTS, 200, page.clone()).on(&format!("{ACCOUNTS}?limit=500"), 200, page).deny(BINDINGS);
    let (app, cookie) = app(&api).await;
    let call = || app.get(&format!("{LIST}/export.yaml")).header("cookie", &cookie);
    let answer = call().send().await;
    let (comment, documents) = answer.text.split_once("---\n").unwrap();
    assert!(comment.contains("NOT IN IT: You may not read role bindings"), "{comment}");
    assert!(documents.contains("kind: ServiceAccount"), "{documents}");
    let chinese = call().header("cookie", &format!("{cookie}; lang=zh-CN")).send().await;
    assert!(chinese.text.contains("缺少："), "{}", chinese.text);
    assert!(!api.routes().iter().any(|route| route.starts_with(&format!("{BINDINGS}?"))), "{:?}", api.routes());
}

#[tokio::test]
async fn l7_what_fails_before_the_first_byte_is_an_answer_of_its_own() {
    let api = project(&json!([account("a", "A", 1)]));
    let (app, cookie) = app(&api).await;
    let get = |path: String| app.get(&path).header("cookie", &cookie);
    let elsewhere = get("/other/clusters/local/projects/demo/serviceaccounts/export.yaml".into()).send().await;
    assert_eq!((elsewhere.status, elsewhere.header("content-disposition")), (StatusCode::NOT_FOUND, None));
    assert!(elsewhere.text.contains("may not know that it is"), "{}", elsewhere.text);
    for kind in ["csv", "yaml"] {
        let denied = namespace();
        denied.deny(ACCOUNTS);
        let answer = app.over(&denied).get(&format!("{LIST}/export.{kind}")).header("cookie", &cookie).send().await;
        assert_eq!((answer.status, answer.header("content-disposition")), (StatusCode::FORBIDDEN, None));
        assert!(answer.text.contains("You may not list serviceaccounts in demo."), "{}", answer.text);
    }
}

#[tokio::test]
async fn s1_nobody_gets_a_file_without_a_session() {
    let api = project(&json!([account("a", "A", 1)]));
    let (app, _) = app(&api).await;
    let page = app.get(&format!("{LIST}/export.csv?q=a")).send().await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(page.location().unwrap().starts_with("/sign-in?next=%2Fw%2Fclusters"), "{:?}", page.location());
    let json = app.get(&format!("{LIST}/export.yaml")).header("accept", "*/*").send().await;
    assert_eq!(json.status, StatusCode::UNAUTHORIZED);
    assert!(api.routes().is_empty());
}

/// Over a real connection: a body that ends early must not end as a whole one does.
#[tokio::test]
async fn l7_a_failure_on_the_way_breaks_the_connection() {
    let whole = project(&json!([account("a", "A", 1)]));
    let (app, cookie) = app(&whole).await;
    let raw = download(&app, &cookie).await;
    assert!(raw.contains("kind: ServiceAccount") && raw.ends_with("0\r\n\r\n"), "{raw}");

    let broken = namespace();
    let page = json!({ "continue": "next" });
    let page = json!({ "kind": "List", "apiVersion": "v1", "metadata": page, "items": [account("a", "A", 1)] });
    broken
        .list(ACCOUNTS, json!([account("a", "A", 1)]))
        .list(BINDINGS, json!([]))
        .list(&format!("{BINDINGS}?limit=500"), json!([]))
        .on(&format!("{ACCOUNTS}?limit=500"), 200, page)
        .reply(&format!("{ACCOUNTS}?limit=500&continue=next"), Reply::Broken);
    let raw = download(&app.over(&broken), &cookie).await;
    assert!(raw.contains("kind: ServiceAccount") && !raw.ends_with("0\r\n\r\n"), "{raw}");
}

async fn download(app: &TestApp, cookie: &str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = app.router();
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET {LIST}/export.yaml HTTP/1.1\r\nhost: musterbook.example\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n"
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut raw = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), connection.read_to_end(&mut raw)).await;
    read.expect("an end").unwrap();
    server.abort();
    String::from_utf8_lossy(&raw).into_owned()
}
