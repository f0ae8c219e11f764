//! The list of a project's accounts (SPEC L).

mod board;
mod footer;
mod page;
mod table;
mod toolbar;

pub use page::ListPage;
pub use table::AccountNotes;
