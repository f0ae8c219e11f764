//! A link from mail or chat arrives, though the session cookie is Strict (SPEC Z1, S1).

use http::StatusCode;

use crate::support::{Call, TestApp};

fn clicked_elsewhere(call: Call) -> Call {
    call.header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
}

#[tokio::test]
async fn z1_a_link_from_elsewhere_is_loaded_once_more_without_javascript() {
    let app = TestApp::start().await;
    let answer = clicked_elsewhere(app.get("/projects?q=a")).send().await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.contains(r#"<meta http-equiv="refresh" content="0">"#), "{}", answer.text);
    assert!(!answer.text.contains("<script"));

    // What the browser does then: the request is ours, and has the Strict cookie.
    let cookie = app.sign_in().await;
    let again = app.get("/projects?q=a").header("sec-fetch-site", "same-origin").header("cookie", &cookie).send().await;
    assert!(!again.text.contains("http-equiv=\"refresh\""));
}

#[tokio::test]
async fn z1_there_is_no_third_try() {
    let app = TestApp::start().await;
    let first = clicked_elsewhere(app.get("/projects")).send().await;
    let tried = first.cookie("musterbook-tried").unwrap();
    let second = clicked_elsewhere(app.get("/projects")).header("cookie", &tried).send().await;
    assert_eq!(second.status, StatusCode::FOUND);
    assert!(second.location().unwrap().starts_with("/sign-in"));
}

#[tokio::test]
async fn z1_who_comes_from_here_or_types_the_address_is_answered_at_once() {
    let app = TestApp::start().await;
    for site in ["same-origin", "same-site", "none"] {
        let call = clicked_elsewhere(app.get("/projects")).header("sec-fetch-site", site);
        assert_eq!(call.send().await.status, StatusCode::FOUND, "{site}");
    }
    let image = clicked_elsewhere(app.get("/projects")).header("sec-fetch-dest", "image");
    assert_eq!(image.send().await.status, StatusCode::FOUND);
}
