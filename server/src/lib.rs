//! Musterbook's server: who is asking, what may pass, and where it goes. What pages show and what is asked of Kubernetes
//! is decided in `app` and `server/cluster`.

// Views are deeply nested types, which this crate makes handlers of.
#![recursion_limit = "512"]

pub mod assets;
pub mod auth;
pub mod clock;
pub mod config;
mod cookies;
mod export;
mod form_post;
pub mod layers;
pub mod live;
pub mod lockout;
mod metrics;
mod own_path;
mod preferences;
pub mod public_url;
pub mod router;
pub mod seal;
pub mod serve;
pub mod session;
pub mod session_key;
pub mod shared_state;
mod signals;
pub mod telemetry;
pub mod tools;
pub mod users;
mod watched_file;

use musterbook_core::AppError;

/// Logs what went wrong, and gives the visitor a reference to it.
fn failure(what: &str, cause: &dyn std::fmt::Display) -> AppError {
    let reference = format!("{:08x}", rand::random::<u32>());
    tracing::error!(%cause, reference, "{what}");
    AppError::Internal { reference }
}
