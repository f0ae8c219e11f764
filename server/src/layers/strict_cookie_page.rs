//! A link from mail or chat arrives without the Strict cookie. This small page loads the same address once more: it is
//! ours, so the browser sends the cookie then (SPEC Z1). It needs no JavaScript.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderMap, Method, header};

use crate::{cookies::cookie_values, public_url::PublicUrl};

/// Lax, so that it comes along even when the second try counts as cross-site too: whatever a browser thinks of such a
/// refresh, there is no third.
const TRIED: &str = "musterbook-tried";

pub async fn reload_once(State(url): State<PublicUrl>, request: Request, next: Next) -> Response {
    if !(request.method() == Method::GET && came_without_the_cookie(&url, request.headers())) {
        return next.run(request).await;
    }
    let secure = if url.is_https() { "; Secure" } else { "" };
    let tried = format!("{TRIED}=1; Path=/; Max-Age=10; HttpOnly; SameSite=Lax{secure}");
    ([(header::SET_COOKIE, tried)], Html(PAGE)).into_response()
}

fn came_without_the_cookie(url: &PublicUrl, headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|is| is.as_bytes() == value.as_bytes());
    is("sec-fetch-site", "cross-site")
        && is("sec-fetch-mode", "navigate")
        && is("sec-fetch-dest", "document")
        && cookie_values(headers, url.session_cookie()).next().is_none()
        && cookie_values(headers, TRIED).next().is_none()
}

const PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
<meta http-equiv=\"refresh\" content=\"0\"><title>Musterbook</title></html>";
