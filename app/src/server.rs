//! What a server function has to work with (server side only): who asks, and the cluster to ask as them.

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderValue, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use musterbook_cluster::{Actor, ActorClient, Cluster, Reads, Record};
use musterbook_core::{AppError, undo::Stop};

pub use crate::post::RefusedPost;

/// What every request shares. The server provides it as context for pages and server functions.
#[derive(Clone)]
pub struct AppState {
    pub cluster: Arc<Cluster>,
    pub auth: Arc<dyn Auth>,
    pub seals: Arc<dyn Seals>,
}

/// Signing in and out. The server owns users, sessions and lock-outs; pages only ask.
#[async_trait]
pub trait Auth: Send + Sync {
    /// A session cookie, or [`AppError::WrongCredentials`] or [`AppError::Locked`] (SPEC S1).
    async fn sign_in(&self, parts: &Parts, user: &str, password: &str) -> Result<HeaderValue, AppError>;

    /// Ends the session for every replica, and gives the cookie that clears it.
    async fn sign_out(&self, parts: &Parts) -> Result<HeaderValue, AppError>;
}

/// What undoes an act leaves the server sealed, and is opened for nobody but its actor (SPEC X5). The server owns the keys.
pub trait Seals: Send + Sync {
    /// `None` where it is too large.
    fn seal(&self, actor: &Actor, record: Record) -> Option<String>;

    fn open(&self, actor: &Actor, sealed: &str) -> Result<Record, Stop>;
}

/// The request's actor and the cluster to ask as them. A server function that has one has a session.
pub struct RequestCx {
    pub state: AppState,
    pub parts: Parts,
    pub actor: Actor,
}

impl RequestCx {
    /// [`AppError::SignedOut`] without a valid session.
    pub fn extract() -> Result<Self, AppError> {
        let (state, parts) = shared()?;
        let actor = parts.extensions.get::<Actor>().cloned().ok_or(AppError::SignedOut)?;
        Ok(Self { state, parts, actor })
    }

    pub fn reads(&self) -> Arc<dyn Reads> {
        self.state.cluster.reads(&self.actor)
    }

    /// For the browser to keep.
    pub fn seal(&self, record: Option<Record>) -> Option<String> {
        self.state.seals.seal(&self.actor, record?)
    }

    /// For writes.
    pub fn client(&self) -> ActorClient {
        self.state.cluster.acting_as(&self.actor)
    }
}

/// State and request, for the few server functions that need no session.
pub fn shared() -> Result<(AppState, Parts), AppError> {
    let missing = |what: &str| AppError::Internal { reference: format!("no {what} in context") };
    let state = use_context::<AppState>().ok_or_else(|| missing("state"))?;
    let parts = use_context::<Parts>().ok_or_else(|| missing("request"))?;
    Ok((state, parts))
}

/// Sets a cookie on the answer.
pub fn set_cookie(cookie: HeaderValue) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// As [`set_status`], but a page keeps its own: for what stands on a page beside its subject.
pub fn set_side_status(error: &AppError) {
    if use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with("/api/")) {
        set_status(error);
    }
}

/// Sets the answer's status: of the page while a page is rendered, else of the server function's answer.
pub fn set_status(error: &AppError) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), http::StatusCode::from_u16(error.status()))
    {
        response.set_status(status);
    }
}
