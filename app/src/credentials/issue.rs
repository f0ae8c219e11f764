//! Issuing a kubeconfig with a fresh token (SPEC K1–K3).

mod dialog;
mod form;
mod issued;

pub use dialog::IssueDialog;
