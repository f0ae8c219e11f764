//! Building blocks that know no account and call no server function.

mod code;
mod copy;
mod dialog;
mod field;
mod focus;
mod icon;
mod menu;
mod part;
mod pause;
pub mod tab;
mod text_area;
mod text_field;
mod time;
mod unsaved;

pub use code::{CodeArea, CodeEditor};
pub use copy::{CopyButton, Copying, download};
pub use dialog::{CancelLink, Modal, OtherDialogLink, use_modal};
pub use field::{FieldView, described_by};
pub use focus::{focus_first, focus_page_without};
pub use icon::{Icon, IconName};
pub use menu::Menu;
pub use part::{Draw, effect, loaded, part, parts};
pub use pause::{after_a_pause, after_a_pause_of};
pub use text_area::textarea_content;
pub use text_field::{TextAreaField, TextField, TextState};
pub use time::Ago;
pub use unsaved::ask_before_unload;
