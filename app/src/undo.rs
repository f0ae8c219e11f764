//! Taking back a delete or a change of role (SPEC X5). What is needed for it the server gives sealed with its answer; the
//! browser keeps it for this tab, or without WebAssembly in the form of the page that answers.

pub mod api;
mod ask;
mod dialog;
mod finish;
mod half_done;
mod kept;
mod posted;
mod run;
mod strip;
mod words;

pub use dialog::UndoDialog;
pub use finish::{address, finish};
pub use half_done::{TakeBack, keep_half_done, taken_back_by};
pub use kept::{Done, any, keep};
pub use posted::is_posted;
pub use strip::Strip;

/// Names the dialog in an address.
pub const UNDO: &str = "undo";
