//! Taking an act back, with and without scripts: what leaves the server sealed, and who may bring it back (SPEC X5).

use base64::{Engine, engine::general_purpose::STANDARD};
use http::StatusCode;
use musterbook_cluster::testing::FakeApi;
use musterbook_core::{
    AppError,
    bulk::{Outcome, Report},
    undo::{MOST, Stop, Way},
};
use serde_json::{Value, json};

use crate::support::TestApp;

pub const ACCOUNTS: &str = "/api/v1/namespaces/demo/serviceaccounts";
pub const BINDINGS: &str = "/apis/rbac.authorization.k8s.io/v1/namespaces/demo/rolebindings";
pub const DELETE: &str = "/api/accounts/delete";
pub const UNDO: &str = "/api/undo/run";
const PLAN: &str = "/api/undo/plan";
pub const LIST: &str = "/-/clusters/local/projects/demo/serviceaccounts";

pub fn account(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": { "name": name, "namespace": "demo", "uid": format!("uid-of-{name}"), "resourceVersion": "7" },
    })
}

/// `ci` is there, alone, and may be deleted and made.
pub fn api() -> FakeApi {
    let api = FakeApi::new();
    let list = |path: &str| format!("GET {path}");
    let by_uid = format!("GET {BINDINGS}?labelSelector=musterbook.dev%2Fserviceaccount-uid%3Duid-of-ci");
    let by_name = format!("GET {BINDINGS}?labelSelector=iam.kubesphere.io%2Fserviceaccount-ref%3Dci");
    let by_hand = format!(
        "GET {BINDINGS}?labelSelector=%21musterbook.dev%2Fserviceaccount-uid%2C%21iam.kubesphere.io%2Fserviceaccount-ref"
    );
    let pods = "GET /api/v1/namespaces/demo/pods?fieldSelector=spec.serviceAccountName%3Dci%2Cstatus.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed";
    let secrets = "GET /api/v1/namespaces/demo/secrets?fieldSelector=type%3Dkubernetes.io%2Fservice-account-token";
    api.on(&format!("GET {ACCOUNTS}/ci"), 200, account("ci"))
        .list(&list(BINDINGS), json!([]))
        .list(&by_uid, json!([]))
        .list(&by_name, json!([]))
        .list(&by_hand, json!([]))
        .list(pods, json!([]))
        .list(secrets, json!([]))
        .on(&format!("DELETE {ACCOUNTS}/ci"), 200, account("ci"))
        .on(&format!("POST {ACCOUNTS}?dryRun=All"), 201, account("ci"))
        .on(&format!("POST {ACCOUNTS}"), 201, account("ci"));
    api
}

pub fn made(api: &FakeApi) -> usize {
    api.routes().iter().filter(|route| **route == format!("POST {ACCOUNTS}")).count()
}

/// With its name: what else would go is not seen in full here.
pub const CI: [(&str, &str); 4] = [("project", "demo"), ("name", "ci"), ("uid", "uid-of-ci"), ("confirmation", "ci")];

/// Deletes `ci`, and gives what undoes that.
async fn deleted(app: &TestApp, cookie: &str) -> String {
    let answer = app.api(DELETE, &CI).header("cookie", cookie).send().await;
    let answer: (Outcome, Option<String>) = serde_json::from_str(&answer.text).unwrap_or_else(|_| panic!("{answer:?}"));
    assert_eq!(answer.0, Outcome::Deleted);
    answer.1.unwrap()
}

pub async fn undo(app: &TestApp, cookie: &str, sealed: &str) -> Vec<Way> {
    let answer = app.api(UNDO, &[("sealed", sealed)]).header("cookie", cookie).send().await;
    serde_json::from_str(&answer.text).unwrap_or_else(|_| panic!("{answer:?}"))
}

#[tokio::test]
async fn x5_what_was_deleted_comes_back_after_a_restart_and_a_rotation_of_the_key() {
    let api = api();
    let first = TestApp::start().await;
    let app = first.over(&api);
    let cookie = app.sign_in().await;
    let sealed = deleted(&app, &cookie).await;

    let path = app.folder().join("key");
    let old = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{}\n{old}", STANDARD.encode([7; 64]))).unwrap();
    let restarted = first.replica().await.over(&api);
    let plan = restarted.api(PLAN, &[("sealed", &sealed)]).header("cookie", &cookie).send().await;
    let plan: Way = serde_json::from_str(&plan.text).unwrap();
    assert!(plan.unwrap().is_whole());
    assert_eq!(made(&api), 0);
    let ways = undo(&restarted, &cookie, &sealed).await;
    assert!(matches!(&ways[..], [Ok(replay)] if replay.is_whole() && replay.name == "ci"), "{ways:?}");
    assert_eq!(made(&api), 1);
}

#[tokio::test]
async fn x5_it_is_refused_for_anyone_else_and_after_ten_minutes() {
    let api = api();
    let app = TestApp::start().await.over(&api);
    let (ann, bob) = (app.sign_in().await, app.sign_in_as("bob").await);
    let sealed = deleted(&app, &ann).await;
    assert_eq!(undo(&app, &bob, &sealed).await, [Err(Stop::Foreign)]);
    let nobody = app.api(UNDO, &[("sealed", &sealed)]).send().await;
    assert_eq!(serde_json::from_str::<AppError>(&nobody.text).unwrap(), AppError::SignedOut);
    assert_eq!(undo(&app, &ann, &format!("{sealed}\nnonsense")).await[1], Err(Stop::Foreign));
    assert_eq!(made(&api), 1);
    app.pass(10);
    assert_eq!(undo(&app, &ann, &sealed).await, [Err(Stop::Expired)]);
    assert_eq!(undo(&app, &bob, &sealed).await, [Err(Stop::Foreign)], "not even that it is too late");
    assert_eq!(made(&api), 1);
}

#[tokio::test]
async fn x5_many_are_bounded() {
    let api = FakeApi::new();
    let app = TestApp::start().await.over(&api);
    let cookie = app.sign_in().await;
    let lines = vec!["x"; MOST + 1].join("\n");
    let answer = app.api(UNDO, &[("sealed", &lines)]).header("cookie", &cookie).send().await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(api.routes().is_empty());
}

#[tokio::test]
async fn x5_without_scripts_the_answer_to_a_delete_holds_the_form_that_takes_it_back() {
    let api = api();
    let app = TestApp::start().await.over(&api);
    let cookie = app.sign_in().await;
    let mut fields = vec![("_fn", DELETE), ("_done", LIST)];
    fields.extend(CI);
    let page = format!("{LIST}?delete=ci");
    let answer = app.form(&page, &fields).header("cookie", &cookie).send().await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let (_, rest) = answer.text.split_once("name=\"sealed\" value=\"").unwrap_or_else(|| panic!("{}", answer.text));
    let sealed = rest.split('"').next().unwrap().to_owned();
    assert!(answer.text.contains(&format!("value=\"{UNDO}\"")));

    let fields = [("_fn", UNDO), ("_done", LIST), ("sealed", &sealed)];
    let answer = app.form(&page, &fields).header("cookie", &cookie).send().await;
    assert_eq!((answer.status, made(&api)), (StatusCode::OK, 1), "{answer:?}");
    assert!(answer.text.contains("Back"), "{}", answer.text);

    // Nothing undoes this: then it leads on, as ever.
    let silent = self::api();
    let pods = "GET /api/v1/namespaces/demo/pods?fieldSelector=spec.serviceAccountName%3Ddefault%2Cstatus.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed";
    silent
        .on(&format!("GET {ACCOUNTS}/default"), 200, account("default"))
        .on(&format!("DELETE {ACCOUNTS}/default"), 200, account("default"))
        .list(pods, json!([]));
    let app = app.over(&silent);
    let fields = [
        ("_fn", DELETE),
        ("_done", LIST),
        ("project", "demo"),
        ("name", "default"),
        ("uid", "u"),
        ("confirmation", "default"),
    ];
    let answer = app.form(&page, &fields).header("cookie", &cookie).send().await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, Some(LIST)), "{answer:?}");
}

#[tokio::test]
async fn x5_a_selection_that_was_deleted_comes_back_with_a_result_for_each() {
    let api = api();
    api.deny(&format!("DELETE {ACCOUNTS}/b"));
    let app = TestApp::start().await.over(&api);
    let cookie = app.sign_in().await;
    let fields = [("targets", "demo/ci uid-of-ci\ndemo/b u2"), ("expected", "")];
    let answer = app.api("/api/accounts/delete-selected", &fields).header("cookie", &cookie).send().await;
    let report: Report = serde_json::from_str(&answer.text).unwrap();
    assert_eq!((report.done.len(), report.undo.len()), (2, 1), "only what was deleted");
    let ways = undo(&app, &cookie, &format!("nonsense\n{}", report.undo[0])).await;
    assert!(matches!(&ways[..], [Err(Stop::Foreign), Ok(replay)] if replay.is_whole()), "{ways:?}");
}
