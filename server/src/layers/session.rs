//! From the cookie to the actor, and back.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderValue, header};

use super::access_log::LoggedUser;
use crate::{
    live,
    session::{Found, Sessions},
};

/// Adds the [`musterbook_cluster::Actor`] and the session to the request's extensions, where there is a valid one.
pub async fn read(State(sessions): State<Sessions>, mut request: Request, next: Next) -> Response {
    let (session, cookie) = match sessions.find(request.headers()) {
        Found::Nothing => (None, None),
        Found::Invalid => (None, Some(sessions.clearing_cookie())),
        Found::Valid(session) => {
            // Browsers come back to a stream by themselves: that is no use of the session.
            let newer = (request.uri().path() != live::PATH).then(|| sessions.refresh(&session)).flatten();
            (Some(session), newer)
        }
    };
    let user = session.as_ref().map(|session| LoggedUser(session.actor.user.clone()));
    if let Some(session) = session {
        request.extensions_mut().insert(session.actor.clone());
        request.extensions_mut().insert(session);
    }
    let mut response = next.run(request).await;
    if let Some(user) = user {
        response.extensions_mut().insert(user);
    }
    // Who just signed in or out has the newest cookie already.
    if let Some(cookie) = cookie
        && !sets(response.headers(), sessions.public_url.session_cookie())
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn sets(headers: &HeaderMap<HeaderValue>, name: &str) -> bool {
    let cookies = headers.get_all(header::SET_COOKIE).into_iter();
    cookies.filter_map(|cookie| cookie.as_bytes().strip_prefix(name.as_bytes())).any(|rest| rest.starts_with(b"="))
}
