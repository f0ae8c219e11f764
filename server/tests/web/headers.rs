//! What every response says (SPEC Z3).

use http::{Method, StatusCode};

use crate::support::{Answer, SIGN_IN, TestApp};

fn holds_z3(answer: &Answer, what: &str) {
    let says = |name: &str| answer.header(name).unwrap_or_else(|| panic!("{what}: no {name}")).to_owned();
    assert_eq!(says("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(says("referrer-policy"), "same-origin", "{what}");
    assert_eq!(says("cross-origin-opener-policy"), "same-origin", "{what}");
    assert_eq!(says("cross-origin-resource-policy"), "same-origin", "{what}");
    assert_eq!(says("strict-transport-security"), "max-age=31536000", "{what}");
    let policy = says("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{what}: {policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{what}: {policy}");
    assert_eq!(answer.headers.get_all("content-security-policy").iter().count(), 1, "{what}");
    assert!(answer.header("x-request-id").is_some(), "{what}");
}

#[tokio::test]
async fn z3_every_kind_of_response_has_the_headers() {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    let calls = [
        ("page", app.get("/sign-in"), StatusCode::OK),
        ("page for somebody", app.get("/projects").header("cookie", &cookie), StatusCode::OK),
        ("redirect", app.get("/projects"), StatusCode::FOUND),
        ("page that is not there", app.get("/no/such/page").header("cookie", &cookie), StatusCode::NOT_FOUND),
        ("file that is not there", app.get("/pkg/0/none.js"), StatusCode::NOT_FOUND),
        (
            "server function",
            app.api(SIGN_IN, &[("user", "x"), ("password", "x"), ("next", "")]),
            StatusCode::UNAUTHORIZED,
        ),
        ("no server function", app.api("/api/nothing", &[]), StatusCode::NOT_FOUND),
        ("foreign post", app.api(SIGN_IN, &[]).header("origin", "https://evil.example"), StatusCode::FORBIDDEN),
        ("method", app.call(Method::DELETE, "/projects"), StatusCode::METHOD_NOT_ALLOWED),
        ("form post", app.form("/preferences", &[("theme", "dark")]), StatusCode::SEE_OTHER),
        ("health", app.get("/healthz"), StatusCode::OK),
    ];
    for (what, call, status) in calls {
        let answer = call.send().await;
        if what == "page for somebody" {
            // The API server is away: the page says so, in its own words.
            assert!(answer.header("content-type").unwrap().starts_with("text/html"));
        } else {
            assert_eq!(answer.status, status, "{what}: {answer:?}");
        }
        holds_z3(&answer, what);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    }
}

#[tokio::test]
async fn z3_a_page_allows_its_own_scripts_by_a_nonce_that_is_new_each_time() {
    let app = TestApp::start().await;
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let answer = app.get("/sign-in").send().await;
        let policy = answer.header("content-security-policy").unwrap().to_owned();
        for part in [
            "'wasm-unsafe-eval'",
            "require-trusted-types-for 'script'",
            "trusted-types default",
            "object-src 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{part}: {policy}");
        }
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let scripts = answer.text.matches("<script ").chain(answer.text.matches("<script>")).count();
        assert!(scripts > 0);
        assert_eq!(answer.text.matches(&format!("nonce=\"{nonce}\"")).count(), scripts, "{}", answer.text);
        assert!(!answer.text.contains(" style=\""), "the policy blocks style attributes");
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn z3_what_is_no_page_may_load_nothing() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/pkg/0/none.js", "/api/nothing"] {
        let answer = app.get(path).send().await;
        assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'"), "{path}");
    }
}

#[tokio::test]
async fn p3_pages_are_compressed_as_the_browser_asks_and_nothing_beside_them() {
    let app = TestApp::start().await;
    for (accepted, sent) in [
        ("gzip, br, zstd", Some("zstd")),
        ("gzip, br", Some("br")),
        ("gzip", Some("gzip")),
        ("identity", None),
        ("zstd;q=0, gzip", Some("gzip")),
    ] {
        let answer = app.get("/sign-in").header("accept-encoding", accepted).send().await;
        assert_eq!(answer.header("content-encoding"), sent, "{accepted}");
        let vary: Vec<_> = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        assert!(vary.iter().any(|names| names.to_lowercase().contains("accept-encoding")), "{accepted}: {vary:?}");
    }
    let call = app.api(SIGN_IN, &[("user", "x"), ("password", "x"), ("next", "")]);
    let answer = call.header("accept-encoding", "gzip, br, zstd").send().await;
    assert_eq!(answer.header("content-encoding"), None);
}
