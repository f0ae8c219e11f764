//! The projects that a person belongs to (SPEC S2).

pub mod api;
mod page;

pub use page::{HomePage, OpenPage, ProjectsPage};
