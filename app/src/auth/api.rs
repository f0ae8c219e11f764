//! Signing in and out: what the pages ask the server.

use leptos::prelude::*;
use musterbook_core::AppError;
use musterbook_core::wire::Json;

/// Starts a session. `next` is an own path to go to; empty: stay.
#[server(prefix = "/api", endpoint = "auth/sign-in", output = Json)]
pub async fn sign_in(user: String, password: String, next: String) -> Result<(), AppError> {
    use crate::server::{set_cookie, set_status, shared};
    let (state, parts) = shared()?;
    let cookie = state.auth.sign_in(&parts, user.trim(), &password).await.inspect_err(set_status)?;
    set_cookie(cookie);
    if let Some(next) = own_path(&next) {
        leptos_axum::redirect(next);
    }
    Ok(())
}

/// Ends the session everywhere.
#[server(prefix = "/api", endpoint = "auth/sign-out", output = Json)]
pub async fn sign_out() -> Result<(), AppError> {
    use crate::server::{set_cookie, set_status, shared};
    let (state, parts) = shared()?;
    let cookie = state.auth.sign_out(&parts).await.inspect_err(set_status)?;
    set_cookie(cookie);
    leptos_axum::redirect(crate::routes::SIGN_IN);
    Ok(())
}

/// `path` when it stays on this site: browsers read `//host` and `/\host` as another one.
pub fn own_path(path: &str) -> Option<&str> {
    let own =
        path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && !path.chars().any(char::is_control);
    own.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn s1_only_own_paths_are_gone_to_after_signing_in() {
        for own in ["/", "/projects?q=a", "/w/clusters/local/projects/p/serviceaccounts"] {
            assert_eq!(own_path(own), Some(own));
        }
        for foreign in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil"]
        {
            assert_eq!(own_path(foreign), None, "{foreign}");
        }
    }
}
