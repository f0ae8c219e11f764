//! A panic is a fault of ours (SPEC Z7). It costs one request its answer, not the visitor the connection.

use std::panic::AssertUnwindSafe;

use axum::{extract::Request, middleware::Next, response::Response};
use futures::FutureExt;

use super::refuse;

/// What the panicking code shared with others is behind locks that say so.
pub async fn answer(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let run = AssertUnwindSafe(next.run(request)).catch_unwind();
    run.await.unwrap_or_else(|_| refuse(&crate::failure("a request panicked", &path)))
}
