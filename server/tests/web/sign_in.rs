//! Signing in (SPEC S1, Z1).

use std::time::{Duration, Instant};

use http::StatusCode;

use crate::support::{COOKIE, PASSWORD, SIGN_IN, TestApp};

#[tokio::test]
async fn z1_the_session_cookie_is_for_this_host_and_not_for_scripts() {
    let app = TestApp::start().await;
    let answer = app.api(SIGN_IN, &[("user", "ann"), ("password", PASSWORD), ("next", "")]).send().await;
    let cookie = answer.set_cookies()[0].to_owned();
    assert!(cookie.starts_with("__Host-musterbook="), "{cookie}");
    for attribute in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
        assert!(cookie.split("; ").any(|part| part == attribute), "{attribute}: {cookie}");
    }
    assert!(!cookie.contains("Domain") && !cookie.contains("ann") && !cookie.contains("Max-Age"), "{cookie}");
}

#[tokio::test]
async fn z1_each_sign_in_has_a_new_session_and_ends_the_one_before() {
    let app = TestApp::start().await;
    let first = app.sign_in().await;
    let answer = app.api(SIGN_IN, &[("user", "ann"), ("password", PASSWORD), ("next", "")]);
    let second = answer.header("cookie", &first).send().await.cookie(COOKIE).unwrap();
    assert!(app.knows(&second).await);
    assert!(!app.knows(&first).await);
}

#[tokio::test]
async fn s1_unknown_user_and_wrong_password_get_the_same_words_in_the_same_time() {
    let app = TestApp::start().await;
    let mut times = [Duration::MAX; 2];
    let mut words = [String::new(), String::new()];
    for round in 0..4 {
        for (n, user) in ["ann", "nobody"].into_iter().enumerate() {
            let begun = Instant::now();
            let answer = app.api(SIGN_IN, &[("user", user), ("password", "wrong"), ("next", "")]).send().await;
            times[n] = times[n].min(begun.elapsed());
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "round {round}");
            assert!(answer.set_cookies().is_empty());
            words[n] = answer.text;
        }
    }
    assert_eq!(words[0], words[1]);
    let [known, unknown] = times.map(|time| time.as_secs_f64());
    // Without the hash the difference would be a hundredfold; the shortest of four is little disturbed.
    assert!((0.5..2.0).contains(&(known / unknown)), "known {known} s, unknown {unknown} s");
}

#[tokio::test]
async fn s1_the_page_asked_for_is_opened_after_signing_in_if_it_is_ours() {
    let app = TestApp::start().await;
    for (next, expected) in [
        ("/projects?q=a", Some("/projects?q=a")),
        ("//evil.example", None),
        ("/\\evil.example", None),
        ("https://evil.example", None),
    ] {
        let answer = app.api(SIGN_IN, &[("user", "ann"), ("password", PASSWORD), ("next", next)]).send().await;
        assert_eq!(answer.location(), expected, "{next}");
    }
}

#[tokio::test]
async fn s1_a_page_without_a_session_leads_to_signing_in_and_back() {
    let app = TestApp::start().await;
    let answer = app.get("/w/clusters/local/projects/p/serviceaccounts?q=ci").send().await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let location = answer.location().unwrap();
    assert_eq!(location, "/sign-in?next=%2Fw%2Fclusters%2Flocal%2Fprojects%2Fp%2Fserviceaccounts%3Fq%3Dci");
}

#[tokio::test]
async fn o4_who_is_taken_off_the_list_or_changes_password_is_signed_out() {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    assert!(app.knows(&cookie).await);
    let other = musterbook::users::hash_password("another").unwrap();
    std::fs::write(app.folder().join("users.yaml"), crate::support::users(&other)).unwrap();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert!(!app.knows(&cookie).await);
}
