//! From Kubernetes' types to ours.

mod account;
mod binding;
mod held;
mod holders;
mod role;
mod rules;

pub(crate) use account::{account, created, is_federated, managed_by, project, wish};
pub(crate) use binding::{accounts_of, bindings_of, goes_with, has_uid, holds_only, is_labelled, only_owner, role_of};
pub(crate) use held::{held, order};
pub(crate) use holders::{add_holders, named_everywhere, rules};
pub(crate) use role::{IamRole, bound_role, cluster_role_option, mirrored_options, role_options};
pub(crate) use rules::missing_rules;
