//! The bundle, embedded: `/pkg/<hash>/…`, compressed in advance, never changing under its name (SPEC P4).

pub mod encoding;

use std::borrow::Cow;

use axum::{
    body::Body,
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;

use self::encoding::{ENCODINGS, accepted};

#[derive(RustEmbed)]
#[folder = "../target/site/pkg"]
struct Site;

const FOREVER: &str = "public, max-age=31536000, immutable";

/// Where the newest bundle's files are, as a path below `/`; `None`: the binary was built without one, and pages are
/// without style and WebAssembly.
pub fn current() -> Option<String> {
    let file = Site::get("current")?;
    let hash = std::str::from_utf8(&file.data).ok()?.trim();
    Site::get(&format!("{hash}/musterbook.js")).map(|_| format!("pkg/{hash}"))
}

pub async fn serve(Path((hash, file)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let name = format!("{hash}/{file}");
    if ENCODINGS.iter().any(|encoding| name.ends_with(encoding.ending)) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let twin = accepted(&headers)
        .find_map(|encoding| Some((Some(encoding.name), Site::get(&format!("{name}{}", encoding.ending))?.data)));
    let Some((encoding, data)) = twin.or_else(|| Some((None, Site::get(&name)?.data))) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let body = match data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type(&file));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(FOREVER));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn content_type(file: &str) -> HeaderValue {
    let mime = mime_guess::from_path(file).first_or_octet_stream();
    let text = mime.type_() == mime_guess::mime::TEXT;
    let named = if text { format!("{mime}; charset=utf-8") } else { mime.to_string() };
    HeaderValue::from_str(&named).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}
