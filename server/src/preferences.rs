//! `POST /preferences`: language, theme and keys, as cookies, so that the first paint is right without JavaScript (SPEC U2).

use axum::{
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use musterbook_app::{
    lang,
    post::DONE_FIELD,
    preferences::{KEYS_COOKIE, THEME_COOKIE},
};

use crate::{own_path::own_path, public_url::PublicUrl};

const PREFERENCES: [(&str, &[&str]); 3] =
    [(lang::COOKIE, &["en", "zh-CN"]), (THEME_COOKIE, &["light", "dark", "system"]), (KEYS_COOKIE, &["on", "off"])];
const YEAR: u32 = 365 * 24 * 60 * 60;

/// Sets what is known, passes over what isn't, and goes back.
pub async fn set(State(url): State<PublicUrl>, body: Bytes) -> Response {
    let fields: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let done = fields.iter().find(|(name, _)| name == DONE_FIELD).and_then(|(_, path)| own_path(path));
    let done = done.unwrap_or(HeaderValue::from_static("/"));
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, done)]).into_response();
    let secure = if url.is_https() { "; Secure" } else { "" };
    for (name, value) in &fields {
        let known = PREFERENCES.iter().find(|(known, values)| known == name && values.contains(&value.as_str()));
        let cookie = known.map(|_| format!("{name}={value}; Path=/; Max-Age={YEAR}; SameSite=Lax{secure}"));
        if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}
