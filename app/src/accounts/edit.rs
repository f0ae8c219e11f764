//! Editing alias and description (SPEC X1).

pub mod api;
mod conflict;
mod dialog;

pub use dialog::EditDialog;
