//! How long a session lasts, and what ends it (SPEC S1, Z1, O3).

use std::time::{Duration, Instant};

use base64::{Engine, engine::general_purpose::STANDARD};
use http::StatusCode;

use crate::support::{COOKIE, SIGN_OUT, TestApp};

#[tokio::test]
async fn s1_a_session_outlives_a_restart() {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    assert!(app.replica().await.knows(&cookie).await);
}

#[tokio::test]
async fn s1_signing_out_ends_the_session_on_every_replica_within_5_seconds() {
    let app = TestApp::start().await;
    let other = app.replica().await;
    let cookie = app.sign_in().await;
    assert!(other.knows(&cookie).await);
    let answer = app.api(SIGN_OUT, &[]).header("cookie", &cookie).send().await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.clears(COOKIE), "{answer:?}");
    assert!(!app.knows(&cookie).await, "here at once");
    let begun = Instant::now();
    while other.knows(&cookie).await {
        assert!(begun.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!app.replica().await.knows(&cookie).await, "after a restart");
}

#[tokio::test]
async fn z1_a_session_ends_after_2_hours_without_use() {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    app.pass(119);
    assert!(app.knows(&cookie).await);
    app.pass(1);
    let answer = app.get("/projects").header("cookie", &cookie).send().await;
    assert!(answer.location().unwrap().starts_with("/sign-in"));
    assert!(answer.clears(COOKIE));
}

#[tokio::test]
async fn z1_use_prolongs_a_session_to_12_hours_and_no_further() {
    let app = TestApp::start().await;
    let mut cookie = app.sign_in().await;
    for hour in 1..12 {
        app.pass(60);
        let answer = app.get("/projects").header("cookie", &cookie).send().await;
        cookie = answer.cookie(COOKIE).unwrap_or_else(|| panic!("hour {hour}: {answer:?}"));
    }
    app.pass(59);
    assert!(app.knows(&cookie).await);
    app.pass(1);
    assert!(!app.knows(&cookie).await);
}

#[tokio::test]
async fn z1_a_cookie_is_made_anew_at_most_once_a_minute() {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    assert!(app.get("/projects").header("cookie", &cookie).send().await.set_cookies().is_empty());
    app.pass(1);
    assert!(app.get("/projects").header("cookie", &cookie).send().await.cookie(COOKIE).is_some());
}

#[tokio::test]
async fn z1_a_forged_cookie_is_no_session_and_is_cleared() {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    let (name, value) = cookie.split_once('=').unwrap();
    let mut bytes = STANDARD.decode(value).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let flipped = STANDARD.encode(bytes);
    for forged in [flipped.as_str(), &value[..value.len() - 4], "", "x", "%00", "eyJ1c2VyIjoiYW5uIn0="] {
        let answer = app.get("/projects").header("cookie", &format!("{name}={forged}")).send().await;
        assert!(answer.location().unwrap().starts_with("/sign-in"), "{forged}");
        assert!(answer.clears(COOKIE), "{forged}");
    }
}

#[tokio::test]
async fn z1_two_keys_hold_during_a_rotation() {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    let path = app.folder().join("key");
    let old = std::fs::read_to_string(&path).unwrap();
    let new = STANDARD.encode([7; 64]);

    std::fs::write(&path, format!("{new}\n{old}")).unwrap();
    let rotated = app.replica().await;
    assert!(rotated.knows(&cookie).await, "a session of the previous key");
    let newer = rotated.sign_in().await;

    std::fs::write(&path, &new).unwrap();
    let done = app.replica().await;
    assert!(done.knows(&newer).await);
    assert!(!done.knows(&cookie).await, "the old key is gone");
}

#[tokio::test]
async fn z1_the_state_file_holds_no_session() {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    app.api(SIGN_OUT, &[]).header("cookie", &cookie).send().await;
    let text = std::fs::read_to_string(app.folder().join("state.json")).unwrap();
    assert!(!text.contains("ann") && !text.contains(cookie.split_once('=').unwrap().1), "{text}");
}
