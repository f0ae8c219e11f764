//! Labels, annotations, and what pods get from an account (SPEC X1, D6).

pub mod api;
mod dialog;
mod kept;
mod met;
mod pairs;
mod pull_secrets;

pub use dialog::SettingsDialog;
