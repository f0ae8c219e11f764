//! Editing alias and description (SPEC X1).

pub mod api;
mod clash;
mod dialog;

pub use clash::Clash;
pub use dialog::EditDialog;
