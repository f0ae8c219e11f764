//! Deleting one account: what is asked before, and what is said of it after (SPEC X4, X5).

use http::StatusCode;
use musterbook_cluster::testing::FakeApi;
use musterbook_core::{
    AppError,
    bulk::Outcome,
    error::HalfDone,
    form::{Field, FieldError, Problem},
};
use serde_json::json;

use crate::{
    support::TestApp,
    undo::{ACCOUNTS, BINDINGS, CI, DELETE, LIST, UNDO, account, api, made, undo},
};

const EVERYWHERE: &str = "GET /apis/rbac.authorization.k8s.io/v1/clusterrolebindings?limit=500";

async fn over(api: &FakeApi) -> (TestApp, String) {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    (app.over(api), cookie)
}

/// `ci` is there, and nothing goes with it.
fn alone() -> FakeApi {
    let api = api();
    api.list("GET /api/v1/namespaces/demo/secrets?fieldSelector=type%3Dmusterbook.dev%2Fcredential", json!([]));
    for kind in
        ["apps/v1:deployments", "apps/v1:statefulsets", "apps/v1:daemonsets", "batch/v1:jobs", "batch/v1:cronjobs"]
    {
        let (group, plural) = kind.split_once(':').unwrap();
        api.list(&format!("GET /apis/{group}/namespaces/demo/{plural}"), json!([]));
    }
    api
}

#[tokio::test]
async fn x4_the_name_is_asked_for_where_not_all_could_be_looked_through() {
    for (after, asks) in [("", false), ("next", true)] {
        let api = alone();
        api.on(EVERYWHERE, 200, json!({ "metadata": { "continue": after }, "items": [] }));
        let (app, cookie) = over(&api).await;
        let answer = app.api(DELETE, &CI[..3]).header("cookie", &cookie).send().await;
        let deleted = api.routes().contains(&format!("DELETE {ACCOUNTS}/ci"));
        assert_eq!(deleted, !asks, "{answer:?}");
        if asks {
            let problem = FieldError { field: Field::Confirmation, problem: Problem::NotTheName };
            assert_eq!(serde_json::from_str::<AppError>(&answer.text).unwrap(), AppError::Invalid(vec![problem]));
            let page = app.get(&format!("{LIST}?delete=ci")).header("cookie", &cookie).send().await;
            assert!(!page.text.contains("Nothing else goes with it"), "{}", page.text);
        }
    }
}

#[tokio::test]
async fn x4_x5_what_a_finalizer_holds_is_not_called_deleted_and_nothing_is_offered_to_bring_it_back() {
    let held = || {
        let mut last = account("ci");
        last["metadata"]["finalizers"] = json!(["example.com/hold"]);
        let api = FakeApi::new();
        api.on(&format!("GET {ACCOUNTS}/ci"), 200, account("ci")).on(&format!("DELETE {ACCOUNTS}/ci"), 200, last);
        api
    };
    let (app, cookie) = over(&held()).await;
    let answer = app.api(DELETE, &CI).header("cookie", &cookie).send().await;
    let answer: (Outcome, Option<String>) = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(answer, (Outcome::Held, None));

    let mut fields = vec![("_fn", DELETE), ("_done", LIST)];
    fields.extend(CI);
    let answer = app.form(&format!("{LIST}?delete=ci"), &fields).header("cookie", &cookie).send().await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, Some(LIST)), "{answer:?}");
}

/// Somebody has bound others by the binding since it was looked at.
fn shared() -> FakeApi {
    let api = api();
    let subject = |name: &str| json!({ "kind": "ServiceAccount", "name": name, "namespace": "demo" });
    let binding = json!({
        "metadata": { "name": "own", "namespace": "demo", "uid": "b1", "resourceVersion": "9" },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "viewer" },
        "subjects": [subject("ci"), subject("another")],
    });
    api.refuse(&format!("GET {ACCOUNTS}/ci"), 404, "NotFound", "not found").on(
        &format!("GET {BINDINGS}/own"),
        200,
        binding,
    );
    api
}

#[tokio::test]
async fn x5_an_account_whose_binding_stays_can_be_brought_back() {
    let api = shared();
    let (app, cookie) = over(&api).await;
    let mut fields = vec![("bindings", "demo/ci uid-of-ci own=b1")];
    fields.extend(CI);
    let answer = app.api(DELETE, &fields).header("cookie", &cookie).send().await;
    let error = serde_json::from_str::<AppError>(&answer.text).unwrap();
    let AppError::HalfDone(HalfDone::BindingStays { account, binding, why, undo: Some(sealed) }) = error else {
        panic!("{answer:?}")
    };
    assert_eq!((account.as_str(), binding.as_str(), *why), ("ci", "own", AppError::Conflict));
    let ways = undo(&app, &cookie, &sealed).await;
    assert!(matches!(&ways[..], [Ok(replay)] if replay.is_whole()), "{ways:?}");
    assert_eq!(made(&api), 1);
}

#[tokio::test]
async fn x5_c4_without_scripts_the_page_that_says_so_holds_the_form_that_brings_it_back() {
    let api = shared();
    let (app, cookie) = over(&api).await;
    let mut fields = vec![("_fn", DELETE), ("_done", LIST), ("bindings", "demo/ci uid-of-ci own=b1")];
    fields.extend(CI);
    let page = format!("{LIST}?delete=ci");
    let answer = app.form(&page, &fields).header("cookie", &cookie).send().await;
    assert!(answer.text.contains("Deleted, but the binding own stays."), "{}", answer.text);
    let (_, rest) = answer.text.split_once("name=\"sealed\" value=\"").unwrap_or_else(|| panic!("{}", answer.text));
    let sealed = rest.split('"').next().unwrap();

    let fields = [("_fn", UNDO), ("_done", LIST), ("sealed", sealed)];
    let answer = app.form(&page, &fields).header("cookie", &cookie).send().await;
    assert_eq!((answer.status, made(&api)), (StatusCode::OK, 1), "{answer:?}");
    assert!(answer.text.contains("Back"), "{}", answer.text);
}
