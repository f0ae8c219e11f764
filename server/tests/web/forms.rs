//! Forms without WebAssembly (SPEC C4, K3).

use axum::{
    Form, Json, Router,
    extract::Request,
    response::IntoResponse,
    routing::{get, post},
};
use http::{StatusCode, header};
use musterbook::layers::limits::Limits;
use musterbook_app::post::RefusedPost;
use musterbook_cluster::Actor;
use musterbook_core::AppError;
use serde_json::json;

use crate::support::{COOKIE, PASSWORD, SIGN_IN, SIGN_OUT, TestApp};

#[tokio::test]
async fn c4_signing_in_needs_no_webassembly() {
    let app = TestApp::start().await;
    let fields = [("_fn", SIGN_IN), ("_done", "/"), ("user", "ann"), ("password", PASSWORD), ("next", "/projects?q=a")];
    let answer = app.form("/sign-in?next=%2Fprojects", &fields).send().await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, Some("/projects?q=a")), "{answer:?}");
    let cookie = answer.cookie(COOKIE).unwrap();
    assert!(app.knows(&cookie).await);

    let out = app.form("/projects", &[("_fn", SIGN_OUT)]).header("cookie", &cookie).send().await;
    assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, Some("/sign-in")), "{out:?}");
    assert!(out.clears(COOKIE));
    assert!(!app.knows(&cookie).await);
}

#[tokio::test]
async fn c4_what_was_refused_is_shown_on_the_same_page_with_what_was_typed() {
    let app = TestApp::start().await;
    let fields = [("_fn", SIGN_IN), ("user", "ann-typed"), ("password", "secret-typed"), ("next", "")];
    let answer = app.form("/sign-in", &fields).send().await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.header("content-type").unwrap().starts_with("text/html"));
    assert!(answer.text.contains("ann-typed"), "{}", answer.text);
    assert!(!answer.text.contains("secret-typed"));
    assert!(answer.header("content-security-policy").unwrap().contains("'nonce-"));
}

/// A page that prints what it was given, and functions that answer in every way there is.
fn pages() -> Router {
    let page = async |request: Request| {
        let refused = request.extensions().get::<RefusedPost>().cloned();
        let actor = request.extensions().get::<Actor>().map(|actor| actor.user.clone());
        Json(json!({ "query": request.uri().query(), "refused": refused, "actor": actor }))
    };
    let echo = async |request: Request| {
        let headers = request.headers();
        assert!(!headers.contains_key(header::REFERER) && headers[header::ACCEPT] == "application/json");
        Json(request.extensions().get::<Actor>().map(|actor| actor.user.clone()))
    };
    let invalid = async |Form(fields): Form<Vec<(String, String)>>| {
        assert!(fields.iter().all(|(name, _)| !name.starts_with('_')));
        (StatusCode::UNPROCESSABLE_ENTITY, [("serverfnerror", "x")], Json(AppError::Conflict))
    };
    Router::new()
        .route("/p", get(page))
        .route("/moved", get(async || (StatusCode::FOUND, [("location", "/sign-in")])))
        .route("/api/echo", post(echo))
        .route("/api/invalid", post(invalid))
        .route("/api/broken", post(async || (StatusCode::INTERNAL_SERVER_ERROR, "a secret of the server")))
        .route("/api/away", post(async || ([("location", "https://evil.example")], "null")))
        .route(
            "/api/credentials/kubeconfig",
            post(async || Json(json!({ "yaml": "kind: Config", "server": "s" })).into_response()),
        )
}

async fn app() -> (TestApp, String) {
    let app = TestApp::start().await;
    let cookie = app.sign_in().await;
    (app.around(pages(), Limits::default()), cookie)
}

#[tokio::test]
async fn c4_success_leads_where_the_form_says_if_it_is_ours_else_to_the_page_without_its_dialog() {
    let (app, cookie) = app().await;
    for (done, expected) in [
        (Some("/done?q=1"), "/done?q=1"),
        (Some("//evil.example"), "/p"),
        (Some("/\\evil.example"), "/p"),
        (Some("https://evil.example"), "/p"),
        (Some(""), "/p"),
        (None, "/p"),
    ] {
        let mut fields = vec![("_fn", "/api/echo")];
        fields.extend(done.map(|done| ("_done", done)));
        let answer = app.form("/p?create", &fields).header("cookie", &cookie).send().await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, Some(expected)), "{done:?}");
    }
}

#[tokio::test]
async fn c4_not_even_a_server_function_leads_elsewhere() {
    let (app, cookie) = app().await;
    let answer = app.form("/p", &[("_fn", "/api/away"), ("_done", "/done")]).header("cookie", &cookie).send().await;
    assert_eq!(answer.location(), Some("/done"));
}

#[tokio::test]
async fn c4_a_refusal_renders_the_same_address_as_the_same_person() {
    let (app, cookie) = app().await;
    let fields = [("_fn", "/api/invalid"), ("_done", "/x"), ("input[name]", "a b"), ("input[password]", "secret")];
    let answer = app.form("/p?create=&q=1", &fields).header("cookie", &cookie).send().await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let page: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(page["query"], "create=&q=1");
    assert_eq!(page["actor"], "ann");
    assert_eq!(
        page["refused"],
        json!({ "function": "/api/invalid", "error": "Conflict", "fields": [["input[name]", "a b"]] })
    );
}

#[tokio::test]
async fn c4_a_fault_of_the_server_is_named_by_reference_only() {
    let (app, cookie) = app().await;
    let answer = app.form("/p", &[("_fn", "/api/broken")]).header("cookie", &cookie).send().await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.text.contains("reference") && !answer.text.contains("a secret"), "{}", answer.text);
}

#[tokio::test]
async fn c4_only_server_functions_can_be_named() {
    let (app, cookie) = app().await;
    for function in [
        "/p",
        "/healthz",
        "/api/none",
        "api/echo",
        "//evil.example/api/echo",
        "https://evil.example/api/echo",
        "/api/echo?x=1",
        "/api/ü",
    ] {
        let answer = app.form("/p", &[("_fn", function), ("_done", "/done")]).header("cookie", &cookie).send().await;
        assert!(answer.status.is_client_error() || answer.status.is_server_error(), "{function}: {answer:?}");
        assert_eq!(answer.location(), None, "{function}");
    }
}

#[tokio::test]
async fn c4_a_page_that_leads_to_signing_in_is_followed() {
    let (app, _) = app().await;
    let answer = app.form("/moved", &[("_fn", "/api/invalid")]).send().await;
    assert_eq!((answer.status, answer.location()), (StatusCode::FOUND, Some("/sign-in")));
}

#[tokio::test]
async fn k3_a_kubeconfig_is_a_file_and_no_page() {
    let (app, cookie) = app().await;
    let fields = [("_fn", "/api/credentials/kubeconfig"), ("_done", "/p")];
    let answer = app.form("/p?kubeconfig", &fields).header("cookie", &cookie).send().await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "kind: Config"));
    assert_eq!(answer.header("content-type"), Some("application/yaml"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"kubeconfig.yaml\""));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn a1_a_function_called_by_a_form_has_the_sessions_actor_and_no_other() {
    let (app, _) = app().await;
    let forged = [("_fn", "/api/echo"), ("_done", "/done")];
    let answer = app.form("/p", &forged).header("impersonate-user", "admin").send().await;
    assert_eq!(answer.location(), Some("/done"), "the function ran, for nobody");
}
