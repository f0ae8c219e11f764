//! Service accounts: the list, and what is done with one.

pub mod api;
mod dialogs;
pub mod list;
