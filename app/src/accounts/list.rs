//! The list of a project's accounts (SPEC L).

mod footer;
mod page;
mod table;

pub use page::ListPage;
pub use table::AccountNotes;
