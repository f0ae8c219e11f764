//! Deleting many accounts at once: a plan, then one after the other, with a result for each (SPEC L5).

pub mod api;
mod dialog;
mod plan;
mod results;
mod run;

pub use dialog::BulkDeleteDialog;
