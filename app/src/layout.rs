//! What every page stands in: top bar, sidebar, and how errors and gaps are shown.

mod brand;
mod error_panel;
mod frame;
mod preferences_menu;
mod switcher;

pub use brand::Brand;
pub use error_panel::{DenialHelp, ErrorPanel, MissingNotes};
pub use frame::Frame;
