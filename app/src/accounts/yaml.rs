//! An account as YAML, to be edited whole (SPEC X2). A lazy page: its code is a chunk of its own. Links to it load the
//! page anew, so that a chunk that doesn't come leaves a plain form, and no other page dead.

pub mod api;
mod checked;
mod conflict;
mod editor;
mod explained;
mod gone;
mod page;
mod verdict;

pub use explained::explain_fields;
pub use page::YamlPage;
pub use verdict::mark_problems;
