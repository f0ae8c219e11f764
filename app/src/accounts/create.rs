//! Creating an account, with its role (SPEC C).

pub mod api;
mod dialog;
mod project_field;

pub use dialog::{CreateDialog, alias_state, counter, description_state};
