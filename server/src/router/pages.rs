//! The app's pages and server functions, and the context they run in.

use std::sync::OnceLock;

use axum::{Router, body::Body, extract::Request, middleware::map_response, response::Response, routing::any};
use http::{HeaderValue, StatusCode, header, request::Parts};
use http_body_util::{BodyExt, Collected};
use leptos::{
    config::LeptosOptions,
    nonce::use_nonce,
    prelude::*,
    server_fn::{error::SERVER_FN_ERROR_HEADER, redirect::REDIRECT_HEADER},
};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list, render_app_async_with_context,
};
use musterbook_app::{
    App,
    post::{AnsweredPost, RefusedPost},
    server::AppState,
    shell,
};
use musterbook_core::AppError;

use crate::{
    assets,
    layers::{Asker, security_headers::page_policy},
};

pub fn routes(state: AppState) -> Router {
    let options = options();
    let context = context(state);
    let site = format!("/{}", options.site_pkg_dir);
    let page = move || shell(site.clone());
    let not_found = render_app_async_with_context(context.clone(), page.clone());
    Router::new()
        .leptos_routes_with_context(&options, page_routes(), context, page)
        .route("/api/{*function}", any(async || Asker::Program.refuse(&AppError::NotFound)))
        .fallback(async move |request: Request| as_not_found(not_found(request).await))
        .layer(map_response(redirected))
        .layer(map_response(with_own_status))
        .with_state(options)
}

/// Made once: while Leptos makes it, no resource of the process loads, and a page that is rendered meanwhile waits for ever
/// (leptos-rs/leptos#4773).
fn page_routes() -> Vec<AxumRouteListing> {
    static ROUTES: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();
    ROUTES.get_or_init(|| generate_route_list(App)).clone()
}

fn options() -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("musterbook")
        // Nothing is read from a disk: the files are in the binary.
        .site_root("embedded")
        .site_pkg_dir(assets::current().unwrap_or_else(|| "pkg/missing".to_owned()))
        .build()
}

/// Runs for each page and each call of a server function. Only pages have a nonce.
fn context(state: AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        provide_context(state.clone());
        let posted = use_context::<Parts>().map(|parts| parts.extensions).unwrap_or_default();
        if let Some(refused) = posted.get::<RefusedPost>().cloned() {
            provide_context(refused);
        }
        if let Some(answered) = posted.get::<AnsweredPost>().cloned() {
            provide_context(answered);
        }
        let (nonce, response) = (use_nonce(), use_context::<ResponseOptions>());
        if let (Some(nonce), Some(response)) = (nonce, response)
            && let Ok(policy) = HeaderValue::from_str(&page_policy(&nonce))
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// A part of the page that found nothing to show may have set its own status after the page had decided to send its visitor
/// elsewhere, and browsers follow a `Location` only with the right status. Server functions mark theirs, and don't mean this.
async fn redirected(mut response: Response) -> Response {
    let headers = response.headers();
    let elsewhere = headers.contains_key(header::LOCATION) && !headers.contains_key(REDIRECT_HEADER);
    if elsewhere && !response.status().is_redirection() {
        *response.status_mut() = StatusCode::FOUND;
    }
    response
}

/// Where a function's arguments can't be read, the framework answers 500, whatever the error is.
async fn with_own_status(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR
        || !response.headers().contains_key(SERVER_FN_ERROR_HEADER)
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    let error = serde_json::from_slice::<AppError>(&body).ok();
    if let Some(status) = error.and_then(|error| StatusCode::from_u16(error.status()).ok()) {
        parts.status = status;
    }
    Response::from_parts(parts, Body::from(body))
}

fn as_not_found(mut response: Response) -> Response {
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}
