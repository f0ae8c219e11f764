//! The list of a project's accounts (SPEC L).

mod footer;
mod page;
mod role_badge;
mod table;

pub use page::ListPage;
pub use role_badge::RoleBadge;
pub use table::AccountNotes;
