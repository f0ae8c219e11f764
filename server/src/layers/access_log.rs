//! One line for each request: who asked for what, and how it went. Queries, headers and bodies are left out, since
//! they may hold what a person searched for, or a secret.

use std::time::Instant;

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderName, HeaderValue};
use rand::Rng;

/// The request's name in the log, and in the header `x-request-id` of its response. One sent along isn't taken over: it
/// could be made to look like another request's.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Put into a response's extensions by the session layer.
#[derive(Debug, Clone)]
pub struct LoggedUser(pub String);

pub async fn log(mut request: Request, next: Next) -> Response {
    let id = format!("{:016x}", rand::rng().random::<u64>());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    request.extensions_mut().insert(RequestId(id.clone()));
    let begun = Instant::now();
    let mut response = next.run(request).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    // Probes ask every few seconds: one would see nothing else.
    if matches!(path.as_str(), "/healthz" | "/readyz") && response.status().is_success() {
        return response;
    }
    tracing::info!(
        target: "musterbook::access",
        %method,
        path,
        status = response.status().as_u16(),
        ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        user = response.extensions().get::<LoggedUser>().map_or("-", |user| user.0.as_str()),
        request = id,
    );
    response
}
