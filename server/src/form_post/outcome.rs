//! What a server function answered, and what the browser gets for it.

use axum::{
    body::Bytes,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt;
use musterbook_core::AppError;
use serde::Deserialize;

use crate::{layers::Asker, own_path::own_path};

/// Set by the framework where the function returned an error.
const ERROR: HeaderName = HeaderName::from_static("serverfnerror");

pub enum Outcome {
    Done { headers: HeaderMap, body: Bytes },
    Refused(AppError),
}

impl Outcome {
    pub async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => return Self::Refused(crate::failure("a server function broke off", &error)),
        };
        let good = parts.status.is_success() || parts.status.is_redirection();
        if good && !parts.headers.contains_key(ERROR) {
            return Self::Done { headers: parts.headers, body };
        }
        let error = serde_json::from_slice(&body);
        Self::Refused(error.unwrap_or_else(|_| crate::failure("a server function can't be called", &parts.status)))
    }
}

/// To where the function says, else where the form says, else the page itself without its dialog; with the cookies that
/// the function set. Wherever it comes from, only a path of our own is followed.
pub fn sent_on(answer: &HeaderMap, done: Option<&str>, page: &str) -> Response {
    let said = answer.get(header::LOCATION).and_then(|location| location.to_str().ok());
    let location = [said, done, Some(page)].into_iter().flatten().find_map(own_path);
    let location = location.unwrap_or(HeaderValue::from_static("/"));
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    for cookie in answer.get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}

/// The kubeconfig as a file to save (SPEC K3).
pub fn saved(answer: HeaderMap, body: &[u8]) -> Response {
    #[derive(Deserialize)]
    struct Issued {
        yaml: String,
    }
    let Ok(Issued { yaml }) = serde_json::from_slice(body) else {
        return Asker::Browser.refuse(&crate::failure("a kubeconfig can't be read", &"unexpected answer"));
    };
    let headers = [
        (header::CONTENT_TYPE, "application/yaml"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"kubeconfig.yaml\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let mut response = (headers, yaml).into_response();
    for cookie in answer.get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}
