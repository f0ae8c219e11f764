//! What changes something is a POST from one of our own pages, and a stream is opened by one (SPEC Z2): neither server
//! functions nor streams check that themselves.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, Method, StatusCode, header};
use musterbook_core::{AppError, error::Denial};

use super::Asker;
use crate::{live, public_url::PublicUrl};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

pub async fn check(State(url): State<PublicUrl>, request: Request, next: Next) -> Response {
    match *request.method() {
        Method::GET | Method::HEAD if request.uri().path() != live::PATH => return next.run(request).await,
        Method::GET | Method::HEAD | Method::POST if is_ours(&url, request.headers()) => {
            return next.run(request).await;
        }
        Method::GET | Method::HEAD | Method::POST => {}
        _ => return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD, POST")]).into_response(),
    }
    let verb = if *request.method() == Method::POST { "post" } else { "get" };
    let origin = request.headers().get(header::ORIGIN);
    tracing::warn!(?origin, expected = %url, path = request.uri().path(), "refused a request from another site");
    Asker::of(request.headers()).refuse(&AppError::Denied(Denial::new(verb, "", "from another site", None)))
}

/// `Origin: null` and unknown values of Sec-Fetch-Site are foreign. Without an Origin, only the browser's own word that
/// the request is from here counts; a program that is no browser can send the Origin it likes, and has no cookie to lose.
fn is_ours(url: &PublicUrl, headers: &HeaderMap) -> bool {
    let site = headers.get(SEC_FETCH_SITE).map(|site| site.as_bytes());
    if site.is_some_and(|site| site != b"same-origin") {
        return false;
    }
    let mut origins = headers.get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (Some(origin), None) => origin.to_str().is_ok_and(|origin| url.is_origin(origin)),
        (None, _) => site.is_some(),
        (Some(_), Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn z2_only_our_own_pages_may_post() {
        let url = PublicUrl::parse("https://musterbook.example").unwrap();
        let cases: [(Option<&str>, Option<&str>, bool); 13] = [
            (Some("https://musterbook.example"), None, true),
            (Some("https://musterbook.example"), Some("same-origin"), true),
            (Some("https://musterbook.example"), Some("cross-site"), false),
            (Some("https://musterbook.example"), Some("same-site"), false),
            (Some("https://musterbook.example"), Some("none"), false),
            (Some("http://musterbook.example"), None, false),
            (Some("https://musterbook.example:8443"), None, false),
            (Some("https://evil.example"), Some("same-origin"), false),
            (Some("null"), None, false),
            (Some("null"), Some("same-origin"), false),
            (Some(""), Some("same-origin"), false),
            (None, Some("same-origin"), true),
            (None, None, false),
        ];
        for (origin, site, allowed) in cases {
            let mut headers = HeaderMap::new();
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            if let Some(site) = site {
                headers.insert(SEC_FETCH_SITE, site.parse().unwrap());
            }
            assert_eq!(is_ours(&url, &headers), allowed, "{origin:?} {site:?}");
        }
    }
}
