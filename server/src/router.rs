//! Every path, on one screen.
//!
//! ```text
//! log ▸ headers ▸ origin ▸ time ▸ panic ─┬─ /pkg, /healthz, /readyz
//!                                        └─ compression ▸ Strict cookie ▸ session ▸ body ─┬─ /preferences, /api/live
//!                                                                           └─ form posts ▸ pages, exports, /api
//! ```

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{MethodRouter, get, post},
};
use musterbook_app::server::AppState;

use crate::{
    assets, export, form_post,
    layers::{
        access_log, compression, limits, limits::Limits, origin_check, panic, security_headers, session::read,
        strict_cookie_page,
    },
    live::{self, Live, Places},
    preferences,
    session::Sessions,
};

mod pages;
mod probes;

pub const PREFERENCES: &str = "/preferences";

/// `places` ends the streams when the server stops.
pub fn app(state: AppState, sessions: Sessions, places: Places) -> Router {
    let probes = probes::routes(state.cluster.clone());
    let live = Live { cluster: state.cluster.clone(), sessions: sessions.clone(), places };
    let pages = export::routes(state.cluster.clone()).merge(pages::routes(state));
    around(pages, live::route(live), probes, sessions, Limits::default())
}

/// Everything but the pages, and what asks the cluster.
pub fn around(pages: Router, live: MethodRouter<Router>, probes: Router, sessions: Sessions, limits: Limits) -> Router {
    let url = sessions.public_url.clone();
    let people = Router::new()
        .route(PREFERENCES, post(preferences::set).with_state(url.clone()))
        .route(live::PATH, live)
        .fallback(form_post::dispatch)
        .with_state(pages)
        .layer(from_fn(limits::body))
        .layer(from_fn_with_state(sessions, read))
        .layer(from_fn_with_state(url.clone(), strict_cookie_page::reload_once))
        .layer(from_fn(compression::pages))
        .layer(compression::others());
    Router::new()
        .route("/pkg/{hash}/{*file}", get(assets::serve))
        .merge(probes)
        .fallback_service(people)
        .layer(from_fn(panic::answer))
        .layer(from_fn_with_state(limits, limits::time))
        .layer(from_fn_with_state(url.clone(), origin_check::check))
        .layer(from_fn_with_state(url, security_headers::add))
        .layer(from_fn(access_log::log))
}
