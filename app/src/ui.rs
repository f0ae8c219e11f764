//! Building blocks that know no account and call no server function.

mod copy;
mod dialog;
mod field;
mod icon;
mod menu;
mod time;

pub use copy::{CopyButton, download};
pub use dialog::Modal;
pub use field::{FieldView, described_by};
pub use icon::{Icon, IconName};
pub use menu::Menu;
pub use time::Ago;
