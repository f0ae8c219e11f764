//! Creating several accounts from CSV or YAML: a plan first, then one after the other, with a result for each (SPEC C5).

pub mod api;
mod dialog;
mod paste;
mod plan;
mod results;
mod run;
mod told;

pub use dialog::ManyDialog;
