//! Service accounts: the list, and what is done with one.

mod account_dialog;
pub mod api;
pub mod bulk;
mod cloud;
pub mod create;
pub mod delete;
pub mod details;
pub mod dialogs;
pub mod edit;
#[cfg(feature = "ssr")]
pub mod export;
pub mod list;
mod managed;
pub mod many;
mod rounds;
pub mod settings;
pub mod yaml;

pub use account_dialog::{AccountDialog, Failed, FocusContent, Instead};
pub use cloud::CloudIdentities;
pub use dialogs::{Place, on_left};
pub use managed::{ManagedBy, ManagedNote};
pub use rounds::Progress;
