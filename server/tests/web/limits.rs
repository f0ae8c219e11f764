//! Bodies and time (SPEC Z2, Z5).

use std::time::{Duration, Instant};

use axum::{Router, body::Body, routing::get};
use http::StatusCode;
use musterbook::layers::limits::Limits;
use musterbook_core::AppError;

use crate::support::{SIGN_IN, TestApp};

#[tokio::test]
async fn z2_a_body_that_is_too_large_is_refused_in_json() {
    let app = TestApp::start().await;
    let long = "x".repeat(65 * 1024);
    let answer = app.api(SIGN_IN, &[("user", "ann"), ("password", &long), ("next", "")]).send().await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(serde_json::from_str::<AppError>(&answer.text).unwrap(), AppError::TooLarge);
}

#[tokio::test]
async fn z2_a_body_of_unannounced_length_is_no_way_around_it() {
    let app = TestApp::start().await;
    let mut call = app.api(SIGN_IN, &[]);
    let chunks = std::iter::repeat_n("x".repeat(1024), 70).map(Ok::<_, std::io::Error>);
    call.body = Body::from_stream(futures::stream::iter(chunks));
    assert_eq!(call.send().await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn z2_a_form_that_is_too_large_gets_its_page_again() {
    let app = TestApp::start().await;
    let long = "x".repeat(65 * 1024);
    let answer = app.form("/sign-in", &[("_fn", SIGN_IN), ("user", &long)]).send().await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text.contains("<form"), "{}", answer.text);
}

#[tokio::test]
async fn z2_only_yaml_of_somebody_signed_in_may_be_large() {
    let app = TestApp::start().await;
    let long = "x".repeat(1024 * 1024);
    let call = || app.api("/api/accounts/yaml-check", &[("yaml", &long)]);
    assert_eq!(call().send().await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let cookie = app.sign_in().await;
    assert_ne!(call().header("cookie", &cookie).send().await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn z7_a_panic_costs_one_answer_and_tells_nothing() {
    let broken = Router::new().route("/broken", get(async || -> &'static str { panic!("a secret of the server") }));
    let app = TestApp::start().await.around(broken, Limits::default());
    let answer = app.get("/broken").send().await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.text.contains("log has it under") && !answer.text.contains("secret"), "{}", answer.text);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn z5_nothing_hangs() {
    let never = Router::new().route("/never", get(async || std::future::pending::<()>().await));
    let app = TestApp::start().await.around(never, Limits::with_time(Duration::from_millis(200)));
    let begun = Instant::now();
    let page = app.get("/never").send().await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(page.text.contains("Try again"), "{}", page.text);
    let json = app.get("/never").header("accept", "application/json").send().await;
    assert_eq!(serde_json::from_str::<AppError>(&json.text).unwrap(), AppError::Unavailable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn z5_no_page_hangs_while_another_router_is_made() {
    let app = TestApp::start().await;
    let others = app.clone();
    let making = tokio::task::spawn_blocking(move || {
        let handle = tokio::runtime::Handle::current();
        for _ in 0..80 {
            handle.block_on(others.replica());
        }
    });
    while !making.is_finished() {
        let page = tokio::time::timeout(Duration::from_secs(5), app.get("/projects").send());
        assert_eq!(page.await.expect("a page in time").status, StatusCode::FOUND);
    }
    making.await.unwrap();
}
