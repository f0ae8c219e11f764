//! Who gets a stream (SPEC L4, Z2). How one goes on is tested beside its code, and in the browser.

use http::StatusCode;
use musterbook_core::{AppError, live};

use crate::support::{Call, ORIGIN, TestApp};

const STREAM: &str = "/api/live?workspace=w&project=p";

/// As a browser's EventSource asks.
fn stream(app: &TestApp) -> Call {
    app.get(STREAM).header("accept", "text/event-stream").header("sec-fetch-site", "same-origin")
}

#[tokio::test]
async fn z2_another_site_gets_no_stream() {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    for site in ["cross-site", "same-site", "none"] {
        let answer = stream(&app).header("sec-fetch-site", site).header("cookie", &cookie).send().await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{site}");
    }
    for origin in ["https://evil.example", "null"] {
        let answer = stream(&app).header("origin", origin).header("cookie", &cookie).send().await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin}");
    }
    let unknown = stream(&app).without("sec-fetch-site").header("cookie", &cookie).send().await;
    assert_eq!(unknown.status, StatusCode::FORBIDDEN, "neither header");
    let ours = stream(&app).header("origin", ORIGIN).header("cookie", &cookie).send().await;
    assert_eq!(ours.status, StatusCode::OK);
}

#[tokio::test]
async fn l4_without_a_session_there_is_no_stream() {
    let app = TestApp::start().await;
    let answer = stream(&app).send().await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(serde_json::from_str::<AppError>(&answer.text).unwrap(), AppError::SignedOut);
}

#[tokio::test]
async fn l4_a_server_that_watches_nothing_says_so_and_ends_the_stream() {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    let answer = stream(&app).header("cookie", &cookie).send().await;
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let data = answer.text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    let message: live::Message = serde_json::from_str(data).unwrap();
    assert_eq!(message, live::Message::End(live::End::NotWatched));
}

#[tokio::test]
async fn z1_a_stream_does_not_prolong_a_session() {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    app.pass(2);
    assert!(stream(&app).header("cookie", &cookie).send().await.set_cookies().is_empty());
    assert!(!app.get("/projects").header("cookie", &cookie).send().await.set_cookies().is_empty());
}
