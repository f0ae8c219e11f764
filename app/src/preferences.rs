//! Language, theme, and whether single keys do something: cookies that the server sets when a form is posted, so that the
//! first paint is right.

/// The theme that was chosen; `None`: the system's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

pub const THEME_COOKIE: &str = "theme";

impl Theme {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The value of a request's cookie.
#[cfg(feature = "ssr")]
pub fn cookie<'a>(parts: &'a http::request::Parts, name: &str) -> Option<&'a str> {
    parts
        .headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The request's theme.
#[cfg(feature = "ssr")]
pub fn theme() -> Theme {
    let parts = leptos::prelude::use_context::<http::request::Parts>();
    match parts.as_ref().and_then(|parts| cookie(parts, THEME_COOKIE)) {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// `off`: keys that are single characters do nothing (WCAG 2.1.4).
pub const KEYS_COOKIE: &str = "keys";

#[cfg(feature = "ssr")]
pub fn keys_are_off() -> bool {
    let parts = leptos::prelude::use_context::<http::request::Parts>();
    parts.as_ref().and_then(|parts| cookie(parts, KEYS_COOKIE)) == Some("off")
}

/// The project that was open last is remembered so that `/` leads there (SPEC S2).
pub const PROJECT_COOKIE: &str = "project";

/// Path of the list of the project that was open last.
#[cfg(feature = "ssr")]
pub fn last_project(parts: &http::request::Parts) -> Option<String> {
    let (workspace, project) = cookie(parts, PROJECT_COOKIE)?.split_once('/')?;
    let plain =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    (plain(workspace) && plain(project)).then(|| crate::routes::list(workspace, project))
}

/// Remembers the project, with the answer to this request.
#[cfg(feature = "ssr")]
pub fn remember_project(workspace: &str, project: &str) {
    let cookie = format!("{PROJECT_COOKIE}={workspace}/{project}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    if let Ok(cookie) = http::HeaderValue::from_str(&cookie) {
        crate::server::set_cookie(cookie);
    }
}
