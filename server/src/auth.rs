//! Signing in and out, for the pages' server functions (SPEC S1).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use async_trait::async_trait;
use axum::extract::ConnectInfo;
use http::{HeaderMap, HeaderValue, header::HeaderName, request::Parts};
use musterbook_app::server::Auth;
use musterbook_core::AppError;

use crate::{
    lockout::Lockout,
    session::{Session, Sessions},
};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

#[derive(Clone)]
pub struct LocalUsers {
    pub sessions: Sessions,
    pub lockout: Lockout,
    /// How many reverse proxies stand before the server, each adding who it heard from to `X-Forwarded-For`.
    pub proxies: usize,
}

#[async_trait]
impl Auth for LocalUsers {
    async fn sign_in(&self, parts: &Parts, user: &str, password: &str) -> Result<HeaderValue, AppError> {
        let source = source(parts, self.proxies);
        self.lockout.attempt(user, source).await.inspect_err(|error| refused(source, error))?;
        let signed_in = self.sessions.users.verify(user, password).await;
        let signed_in = signed_in.inspect_err(|error| refused(source, error))?;
        self.lockout.succeeded(user, source).await;
        if let Some(old) = parts.extensions.get::<Session>() {
            self.sessions.end(old).await?;
        }
        tracing::info!(user, %source, "signed in");
        self.sessions.begin(signed_in)
    }

    async fn sign_out(&self, parts: &Parts) -> Result<HeaderValue, AppError> {
        if let Some(session) = parts.extensions.get::<Session>() {
            self.sessions.end(session).await?;
            tracing::info!(user = session.actor.user, "signed out");
        }
        Ok(self.sessions.clearing_cookie())
    }
}

/// The name isn't logged: people type their password there.
fn refused(source: IpAddr, error: &AppError) {
    tracing::warn!(%source, %error, "sign-in refused");
}

fn source(parts: &Parts, proxies: usize) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    forwarded(&parts.headers, proxies).unwrap_or(peer)
}

/// Counted from the right: what stands further left, the client may have made up.
fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let lines = headers.get_all(X_FORWARDED_FOR).into_iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    hops.iter().rev().nth(proxies.checked_sub(1)?)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_only_proxies_we_know_say_who_the_source_is() {
        let headers = HeaderMap::from_iter([(X_FORWARDED_FOR, "198.51.100.9, 203.0.113.7, 10.0.0.1".parse().unwrap())]);
        let source = |proxies| forwarded(&headers, proxies).map(|source| source.to_string());
        assert_eq!(source(0), None);
        assert_eq!(source(1).as_deref(), Some("10.0.0.1"));
        assert_eq!(source(2).as_deref(), Some("203.0.113.7"));
        assert_eq!(source(4), None);
    }
}
