//! Deleting many accounts without scripts (SPEC L5, C4).

use http::StatusCode;
use musterbook_cluster::testing::FakeApi;
use musterbook_core::{
    AppError,
    bulk::{Outcome, Report},
    form::{Field, FieldError, Problem},
};
use serde_json::json;

use crate::support::TestApp;

const FUNCTION: &str = "/api/accounts/delete-selected";

fn path(name: &str) -> String {
    format!("DELETE /api/v1/namespaces/demo/serviceaccounts/{name}")
}

async fn app(api: &FakeApi) -> (TestApp, String) {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    (app.over(api), cookie)
}

#[tokio::test]
async fn l5_the_function_says_what_came_of_each_account() {
    let api = FakeApi::new();
    api.on(&path("a"), 200, json!({ "kind": "Status", "status": "Success" })).deny(&path("c"));
    let (app, cookie) = app(&api).await;
    let targets = "demo/a u1\r\ndemo/b u2\r\n\r\ndemo/c u3 left=u4\r\n";
    let fields = [("targets", targets), ("expected", "3"), ("confirmation", " 3 ")];
    let answer = app.api(FUNCTION, &fields).header("cookie", &cookie).send().await;
    let report: Report = serde_json::from_str(&answer.text).unwrap();
    let outcomes: Vec<_> = report.done.iter().map(|(target, outcome)| (target.name.as_str(), outcome)).collect();
    assert!(
        matches!(
            outcomes[..],
            [("a", Outcome::Deleted), ("b", Outcome::Gone), ("c", Outcome::Refused(AppError::Denied(_)))]
        ),
        "{report:?}"
    );
    assert!(report.done[2].0.bindings.is_empty(), "they were not to be deleted");
    assert_eq!(report.rest, []);
}

#[tokio::test]
async fn l5_nothing_is_deleted_without_the_number() {
    let api = FakeApi::new();
    let (app, cookie) = app(&api).await;
    let fields = [("targets", "demo/a u1"), ("expected", "1"), ("confirmation", "")];
    let answer = app.api(FUNCTION, &fields).header("cookie", &cookie).send().await;
    let problem = FieldError { field: Field::Confirmation, problem: Problem::NotTheNumber };
    assert_eq!(serde_json::from_str::<AppError>(&answer.text).unwrap(), AppError::Invalid(vec![problem]));
    let nonsense = app.api(FUNCTION, &[("targets", "demo/a u1\n../x")]).header("cookie", &cookie).send().await;
    assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nobody = app.api(FUNCTION, &[("targets", "demo/a u1")]).send().await;
    assert_eq!(serde_json::from_str::<AppError>(&nobody.text).unwrap(), AppError::SignedOut);
    assert!(api.routes().is_empty(), "{:?}", api.routes());
}

#[tokio::test]
async fn l5_thousands_of_accounts_fit_a_form_of_somebody_signed_in() {
    let api = FakeApi::new();
    let (app, cookie) = app(&api).await;
    let line = format!("demo/{} 01234567-89ab-cdef-0123-456789abcdef\n", "x".repeat(200));
    let targets = line.repeat(500);
    let fields = [("targets", targets.as_str()), ("expected", "5000")];
    let call = || app.api(FUNCTION, &fields);
    assert_eq!(call().send().await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(call().header("cookie", &cookie).send().await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
