//! What the log says (SPEC Z6, K3).

use crate::support::{PASSWORD, SIGN_IN, TestApp, log_text};

#[tokio::test]
async fn z6_each_request_is_a_line_with_its_person_and_without_secrets() {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    let answer = app.get("/projects?q=searched-for").header("cookie", &cookie).send().await;
    app.api(SIGN_IN, &[("user", "typed-as-user"), ("password", "typed-as-password"), ("next", "")]).send().await;
    app.form("/sign-in", &[("_fn", SIGN_IN), ("user", "typed-as-user"), ("password", "typed-as-password")])
        .send()
        .await;

    let text = log_text();
    let id = answer.header("x-request-id").unwrap();
    let line = text.lines().find(|line| line.contains(id) && line.contains("musterbook::access")).unwrap();
    for part in ["method=GET", "path=\"/projects\"", "user=\"ann\"", "status=", "ms="] {
        assert!(line.contains(part), "{part}: {line}");
    }
    let secrets = [PASSWORD, "typed-as", "searched-for", cookie.split_once('=').unwrap().1];
    for secret in secrets {
        let told = text.lines().find(|line| line.contains(secret));
        assert_eq!(told, None, "{secret}");
    }
}
