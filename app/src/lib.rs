//! Musterbook's pages and their server functions. Compiled twice: for the server (`ssr`) and for the browser
//! (`hydrate`). A page's code is in `page.rs`, what it asks the server in `api.rs`.

#![recursion_limit = "512"]

include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));

pub mod accounts;
mod app;
pub mod auth;
pub mod credentials;
pub mod explain;
mod keys;
pub mod lang;
mod layout;
mod live;
pub mod post;
pub mod preferences;
pub mod projects;
pub mod roles;
pub mod routes;
#[cfg(feature = "ssr")]
pub mod server;
mod ui;
mod undo;
mod viewer;

pub use app::App;
#[cfg(feature = "hydrate")]
pub use app::hydrate;
#[cfg(feature = "ssr")]
pub use app::shell;
