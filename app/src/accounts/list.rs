//! The list of accounts: of a project, a workspace or the cluster (SPEC L).

mod board;
mod credentials;
mod footer;
mod page;
pub mod selection;
mod shown;
mod table;
mod toolbar;

pub use page::ListPage;
pub use table::{AccountNotes, DeleteItem};
