//! `POST /preferences` (SPEC U1, U2, U4).

use http::StatusCode;

use crate::support::TestApp;

#[tokio::test]
async fn u2_language_and_theme_are_cookies_that_the_first_paint_knows() {
    let app = TestApp::start().await;
    let answer =
        app.form("/preferences", &[("lang", "zh-CN"), ("theme", "dark"), ("_done", "/sign-in?next=%2F")]).send().await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), Some("/sign-in?next=%2F"));
    let cookies = [answer.cookie("lang").unwrap(), answer.cookie("theme").unwrap()];
    assert_eq!(cookies, ["lang=zh-CN", "theme=dark"]);
    let page = app.get("/sign-in").header("cookie", &cookies.join("; ")).send().await;
    assert!(page.text.contains(r#"lang="zh-CN""#) && page.text.contains(r#"data-theme="dark""#), "{}", page.text);
}

#[tokio::test]
async fn u4_single_keys_are_turned_off_by_a_cookie() {
    let app = TestApp::start().await;
    let page = app.get("/sign-in").send().await;
    assert!(!page.text.contains("data-keys"), "{}", page.text);
    let answer = app.form("/preferences", &[("keys", "off")]).send().await;
    let cookie = answer.cookie("keys").unwrap();
    assert_eq!(cookie, "keys=off");
    let page = app.get("/sign-in").header("cookie", &cookie).send().await;
    assert!(page.text.contains(r#"data-keys="off""#), "{}", page.text);
}

#[tokio::test]
async fn u2_what_is_no_preference_sets_nothing() {
    let app = TestApp::start().await;
    let fields = [("lang", "xx"), ("theme", "dark\r\nset-cookie: a=b"), ("__Host-musterbook", "x")];
    let answer = app.form("/preferences", &fields).send().await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, Some("/")));
    assert!(answer.set_cookies().is_empty(), "{answer:?}");
}

#[tokio::test]
async fn z8_preferences_lead_nowhere_else() {
    let app = TestApp::start().await;
    for done in ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", ""] {
        let answer = app.form("/preferences", &[("_done", done)]).send().await;
        assert_eq!(answer.location(), Some("/"), "{done:?}");
    }
}
