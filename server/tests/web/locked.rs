//! Lock-outs as a person meets them (SPEC S1); the rules in detail are tested beside the code.

use http::StatusCode;
use musterbook_core::AppError;

use crate::support::{Answer, PASSWORD, SIGN_IN, TestApp};

async fn attempt(app: &TestApp, password: &str, source: &str) -> Answer {
    app.api(SIGN_IN, &[("user", "ann"), ("password", password), ("next", "")]).from(source).send().await
}

#[tokio::test]
async fn s1_after_five_failures_even_the_right_password_waits_30_minutes() {
    let app = TestApp::start().await;
    for _ in 0..5 {
        assert_eq!(attempt(&app, "wrong", "192.0.2.1").await.status, StatusCode::UNAUTHORIZED);
    }
    let locked = attempt(&app, PASSWORD, "192.0.2.1").await;
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(serde_json::from_str::<AppError>(&locked.text).unwrap(), AppError::Locked { minutes: 30 });

    assert_eq!(attempt(&app, PASSWORD, "192.0.2.2").await.status, StatusCode::OK, "another source");
    let restarted = app.replica().await;
    assert_eq!(
        attempt(&restarted, PASSWORD, "192.0.2.1").await.status,
        StatusCode::TOO_MANY_REQUESTS,
        "another replica"
    );
    app.pass(30);
    assert_eq!(attempt(&app, PASSWORD, "192.0.2.1").await.status, StatusCode::OK, "later");
}

#[tokio::test]
async fn s1_a_forwarded_address_from_no_known_proxy_is_not_believed() {
    let app = TestApp::start().await;
    for n in 0..6 {
        let call = app.api(SIGN_IN, &[("user", "ann"), ("password", "wrong"), ("next", "")]);
        let answer = call.header("x-forwarded-for", &format!("198.51.100.{n}")).send().await;
        assert_eq!(answer.status == StatusCode::TOO_MANY_REQUESTS, n == 5, "attempt {n}");
    }
}
