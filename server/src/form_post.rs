//! Forms without WebAssembly (SPEC C4): a page's form posts to the page's own path, and names its server function in a
//! hidden field.
//!
//! The function is called as the browser would call it. It worked: the browser is sent on, or gets the page with the
//! answer ([`AnsweredPost`]). It refused: the same page is rendered again, at the same address, and gets a
//! [`RefusedPost`].

mod fields;
mod outcome;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    response::Response,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use musterbook_app::post::{AnsweredPost, RefusedPost};
use musterbook_cluster::Actor;
use musterbook_core::AppError;
use serde::de::IgnoredAny;
use tower::ServiceExt;

use self::{
    fields::Fields,
    outcome::{Outcome, saved, sent_on},
};
use crate::layers::limits;

/// Its answer is a file to save, and never becomes part of a page (SPEC K3).
const KUBECONFIG: &str = "/api/credentials/kubeconfig";
/// Their answers are shown on the page that they were posted from: what came of each account (SPEC L5, C5, X5), a plan, a draft
/// in its other form (SPEC C1).
const SHOWN: [&str; 6] = [
    "/api/accounts/delete-selected",
    "/api/undo/run",
    "/api/accounts/create-plan",
    "/api/accounts/create-many",
    "/api/accounts/draft-yaml",
    "/api/accounts/draft-form",
];
/// These answer with what takes the act back, where something does: it is offered on the page that they were posted from. A
/// delete says first what came of it.
const DELETE: &str = "/api/accounts/delete";
const CHANGE_ROLE: &str = "/api/roles/change";
const FORM: &str = "application/x-www-form-urlencoded";

pub fn is_one(request: &Request) -> bool {
    let path = request.uri().path();
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let form = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM));
    request.method() == Method::POST && form && !path.starts_with("/api/") && path != crate::router::PREFERENCES
}

/// Answers everything that pages and server functions are there for.
pub async fn dispatch(State(pages): State<Router>, request: Request) -> Response {
    if !is_one(&request) {
        return run(&pages, request).await;
    }
    let (parts, body) = request.into_parts();
    let signed_in = parts.extensions.get::<Actor>().is_some();
    let most = if signed_in { limits::YAML } else { limits::GENERAL };
    let fields = match limits::read(&parts.headers, body, most).await {
        Ok(body) => Fields::parse(&body),
        Err(error) => return refused(&pages, &parts, error, Fields::default()).await,
    };
    let Some(function) = fields.function.clone() else {
        return run(&pages, Request::from_parts(parts, Body::empty())).await;
    };
    let arguments = fields.arguments();
    if arguments.len() > limits::limit(&function, signed_in) {
        return refused(&pages, &parts, AppError::TooLarge, fields).await;
    }
    let Some(call) = call(&parts, &function, arguments) else {
        return refused(&pages, &parts, AppError::NotFound, fields).await;
    };
    match Outcome::of(run(&pages, call).await).await {
        Outcome::Done { headers, body } if function.starts_with(KUBECONFIG) => saved(headers, &body),
        Outcome::Done { body, .. } if is_shown(&function, &body) => {
            let answer = String::from_utf8_lossy(&body).into_owned();
            let mut response = again(&pages, &parts, AnsweredPost { function, answer }).await;
            // The page below may have been of the account that is deleted; the answer is what was asked for.
            if response.status() == StatusCode::NOT_FOUND {
                *response.status_mut() = StatusCode::OK;
            }
            response
        }
        Outcome::Done { headers, .. } => sent_on(&headers, fields.done.as_deref(), parts.uri.path()),
        Outcome::Refused(error) => refused(&pages, &parts, error, fields).await,
    }
}

fn is_shown(function: &str, answer: &[u8]) -> bool {
    match function {
        CHANGE_ROLE => answer != b"null",
        DELETE => {
            serde_json::from_slice(answer).is_ok_and(|(_, undo): (IgnoredAny, Option<IgnoredAny>)| undo.is_some())
        }
        function => SHOWN.contains(&function),
    }
}

async fn run(pages: &Router, request: Request) -> Response {
    match pages.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The same request, from the same person, to the function; with `Accept: text/html` or a Referer the framework
/// would answer with a redirect of its own.
fn call(page: &Parts, function: &str, arguments: String) -> Option<Request> {
    let function: Uri = function.parse().ok()?;
    if !function.path().starts_with("/api/") || function.authority().is_some() || function.query().is_some() {
        return None;
    }
    let mut parts = page.clone();
    parts.uri = function;
    without_body(&mut parts.headers);
    parts.headers.remove(header::REFERER);
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FORM));
    Some(Request::from_parts(parts, Body::from(Bytes::from(arguments))))
}

/// The page again, with what was refused and why.
async fn refused(pages: &Router, page: &Parts, error: AppError, fields: Fields) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (function, fields) = (fields.function.clone().unwrap_or_default(), fields.into_shown());
    let mut response = again(pages, page, RefusedPost { function, error, fields }).await;
    // A page that sends its visitor elsewhere, to sign in for example, knows better.
    if response.status().is_success() {
        *response.status_mut() = status;
    }
    response
}

/// The page that the form was on, which is told what came of it.
async fn again<T: Clone + Send + Sync + 'static>(pages: &Router, page: &Parts, outcome: T) -> Response {
    let mut parts = page.clone();
    parts.method = Method::GET;
    without_body(&mut parts.headers);
    parts.extensions.insert(outcome);
    run(pages, Request::from_parts(parts, Body::empty())).await
}

fn without_body(headers: &mut HeaderMap) {
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONTENT_ENCODING] {
        headers.remove(name);
    }
}
