//! Editing alias and description (SPEC X1).

pub mod api;
mod clash;
mod conflict;
mod dialog;

pub use clash::Clash;
pub use conflict::on_conflict;
pub use dialog::EditDialog;
