//! Where a request that changes something may come from (SPEC Z2).

use http::{Method, StatusCode};

use crate::support::{PASSWORD, SIGN_IN, TestApp};

const RIGHT: [(&str, &str); 3] = [("user", "ann"), ("password", PASSWORD), ("next", "")];

#[tokio::test]
async fn z2_a_foreign_origin_is_refused() {
    let app = TestApp::start().await;
    for origin in
        ["https://evil.example", "http://musterbook.example", "https://musterbook.example.evil.example", "null"]
    {
        for path in [SIGN_IN, "/projects", "/preferences"] {
            let answer = app.api(path, &RIGHT).header("origin", origin).send().await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin} {path}");
            assert!(answer.set_cookies().is_empty(), "{origin} {path}");
        }
    }
}

#[tokio::test]
async fn z2_a_request_without_origin_needs_the_browsers_word_that_it_is_ours() {
    let app = TestApp::start().await;
    for (site, status) in [
        (Some("same-origin"), StatusCode::OK),
        (Some("same-site"), StatusCode::FORBIDDEN),
        (Some("cross-site"), StatusCode::FORBIDDEN),
        (Some("none"), StatusCode::FORBIDDEN),
        (None, StatusCode::FORBIDDEN),
    ] {
        let mut call = app.api(SIGN_IN, &RIGHT).without("origin");
        if let Some(site) = site {
            call = call.header("sec-fetch-site", site);
        }
        assert_eq!(call.send().await.status, status, "{site:?}");
    }
}

#[tokio::test]
async fn z2_a_form_from_elsewhere_gets_a_page_and_a_program_gets_json() {
    let app = TestApp::start().await;
    let page = app.form("/projects", &RIGHT).header("origin", "null").send().await;
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    let json = app.api(SIGN_IN, &RIGHT).header("origin", "null").send().await;
    assert!(json.header("content-type").unwrap().starts_with("application/json"));
}

#[tokio::test]
async fn z2_nothing_is_changed_but_by_post() {
    let app = TestApp::start().await;
    for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
        let answer = app.call(method.clone(), SIGN_IN).header("origin", crate::support::ORIGIN).send().await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    let get = app.get(&format!("{SIGN_IN}?user=ann&password=correct+horse&next=")).send().await;
    assert!(!get.status.is_success() && get.set_cookies().is_empty(), "{get:?}");
}
