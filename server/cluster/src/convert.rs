//! From Kubernetes' types to ours.

mod account;
mod binding;
mod holders;
mod role;
mod rules;

pub(crate) use account::{account, created, project, wish};
pub(crate) use binding::{bindings_of, goes_with, role_of};
pub(crate) use holders::add_holders;
pub(crate) use role::{cluster_role_option, role_options};
pub(crate) use rules::missing_rules;
