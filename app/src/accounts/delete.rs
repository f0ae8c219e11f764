//! Deleting an account, with what goes with it (SPEC X4).

pub mod api;
mod dialog;
mod impact;

pub use dialog::DeleteDialog;
