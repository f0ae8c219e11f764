//! Creating an account, with its role (SPEC C).

pub mod api;
mod copied;
mod dialog;
mod form;
mod project_field;
mod yaml;

pub use dialog::{Begin, CreateDialog};
pub use form::{alias_state, counter, description_state};
pub use project_field::{FindForm, ProjectField};
pub use yaml::field_problem;
