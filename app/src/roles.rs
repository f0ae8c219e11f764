//! Project roles: which may be given, and giving another one (SPEC D5, A3, X3).

pub mod api;
mod badge;
mod change;
mod consequences;
mod field;
mod held;
mod options;
mod repairs;

pub use badge::{RoleBadge, state_text};
pub use change::{Bindings, ChangeRoleDialog};
pub use consequences::AdminWarning;
pub use field::RoleField;
pub use options::is_admin_like;
pub use repairs::Repairs;
