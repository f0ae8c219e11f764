//! A panic is a fault of ours (SPEC Z7). It costs one request its answer, not the visitor the connection.

use std::panic::AssertUnwindSafe;

use axum::{extract::Request, middleware::Next, response::Response};
use futures::FutureExt;

use super::Asker;

/// What the panicking code shared with others is behind locks that say so.
pub async fn answer(request: Request, next: Next) -> Response {
    let (path, asker) = (request.uri().path().to_owned(), Asker::of(request.headers()));
    let run = AssertUnwindSafe(next.run(request)).catch_unwind();
    run.await.unwrap_or_else(|_| asker.refuse(&crate::failure("a request panicked", &path)))
}
