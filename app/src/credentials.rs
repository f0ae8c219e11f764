//! Credentials of an account: its token Secrets, and kubeconfigs with a fresh token (SPEC E3, K).

pub mod api;
mod issue;
mod kubeconfig;
mod secret;
mod status;
mod value;

pub use issue::IssueDialog;
pub use status::ResourceStatus;
