//! What every page stands in: top bar, sidebar, and how errors and gaps are shown.

mod brand;
mod error_panel;
mod form_alert;
mod frame;
mod kubectl;
mod preferences_menu;
mod switcher;
mod toasts;

pub use brand::Brand;
pub use error_panel::{AskFor, DenialHelp, ErrorPanel, MissingNotes};
pub use form_alert::FormAlert;
pub use frame::Frame;
pub use kubectl::KubectlCommand;
#[cfg(feature = "hydrate")]
pub use toasts::LIVE;
pub use toasts::{Offer, ToastList, provide_toasts, use_toasts};
