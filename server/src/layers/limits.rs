//! Bounds for what a request may take: its body, its time, and how many run at once (SPEC Z2, Z5).

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use futures::StreamExt;
use http::HeaderMap;
use musterbook_cluster::Actor;
use musterbook_core::AppError;
use tokio::sync::Semaphore;

use super::Asker;
use crate::form_post;

pub const GENERAL: usize = 64 * 1024;
/// Kubernetes' own limit for an object is 1.5 MiB.
pub const YAML: usize = 2 * 1024 * 1024;
/// Functions that take as much: YAML, annotations, many accounts, and what brings hundreds of them back.
const LARGE: [&str; 7] = [
    "/api/accounts/create",
    "/api/accounts/draft",
    "/api/accounts/yaml",
    "/api/accounts/settings-save",
    "/api/accounts/delete-plan",
    "/api/accounts/delete-selected",
    "/api/undo/",
];
const TIME: Duration = Duration::from_secs(10);
const AT_ONCE: usize = 512;
/// As much of a body that is too large is read and dropped, since a browser that can't finish sending doesn't read the answer.
const DROPPED: usize = 16 * 1024 * 1024;

#[derive(Clone)]
pub struct Limits {
    turns: Arc<Semaphore>,
    time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), time: TIME }
    }
}

impl Limits {
    pub fn with_time(time: Duration) -> Self {
        Self { time, ..Self::default() }
    }
}

/// Waiting for a turn counts.
pub async fn time(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let (path, asker) = (request.uri().path().to_owned(), Asker::of(request.headers()));
    let run = async {
        let _turn = limits.turns.acquire().await;
        next.run(request).await
    };
    match tokio::time::timeout(limits.time, run).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!(path, "gave up on a request that took too long");
            asker.refuse(&AppError::Unavailable)
        }
    }
}

/// Reads the body, so that a server function meets a whole one or none. Plain form posts are left to [`form_post`], which
/// answers with a page.
pub async fn body(request: Request, next: Next) -> Response {
    if form_post::is_one(&request) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let signed_in = parts.extensions.get::<Actor>().is_some();
    match read(&parts.headers, body, limit(parts.uri.path(), signed_in)).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(error) => Asker::Program.refuse(&error),
    }
}

/// Only who is signed in may fill megabytes.
pub fn limit(function: &str, signed_in: bool) -> usize {
    let large = LARGE.iter().any(|prefix| function.starts_with(prefix));
    if signed_in && large { YAML } else { GENERAL }
}

pub async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, AppError> {
    let announced = headers.get(http::header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let mut stream = body.into_data_stream();
    let (mut all, mut read) = (Vec::new(), 0_usize);
    let mut fits = announced.is_none_or(|length: usize| length <= limit);
    while let Some(chunk) = stream.next().await {
        // The connection broke: there is nobody to answer.
        let chunk = chunk.map_err(|_| AppError::Offline)?;
        read = read.saturating_add(chunk.len());
        fits = fits && read <= limit;
        match fits {
            true => all.extend_from_slice(&chunk),
            false if read > DROPPED => break,
            false => all = Vec::new(),
        }
    }
    if fits { Ok(all.into()) } else { Err(AppError::TooLarge) }
}
