//! What a person does, as that person (SPEC A1): the only place with writes. Checks the forms again, because whoever
//! posts to the server need not have used ours.

use std::{future::Future, sync::Arc};

use jiff::Timestamp;
use musterbook_core::{
    AppError,
    credential::IssueInput,
    form::{CreateInput, EditInput},
    role::RoleRef,
    yaml::YamlDocument,
};
use secrecy::SecretString;

use crate::{acting::Acting, failure::broken};

/// The writes of one actor, and the two reads that bring a credential's value.
#[derive(Clone)]
pub struct ActorClient {
    acting: Arc<Acting>,
}

/// A kubeconfig with a fresh token. To be shown once, never kept (SPEC K3).
pub struct IssuedKubeconfig {
    pub yaml: SecretString,
    /// As the API server said; it may differ from what was asked for.
    pub expires: Timestamp,
    pub server: String,
    /// The address works inside the cluster only.
    pub in_cluster_only: bool,
}

impl ActorClient {
    pub(crate) fn new(acting: Arc<Acting>) -> Self {
        Self { acting }
    }

    /// Account and binding are one act: when the binding fails, the account is taken away again (SPEC C3).
    pub async fn create_account(&self, project: &str, input: &CreateInput) -> Result<(), AppError> {
        Err(AppError::Unavailable)
    }

    /// Alias and description; nothing else of the account is touched (SPEC X1).
    pub async fn edit_information(&self, project: &str, name: &str, input: &EditInput) -> Result<(), AppError> {
        Err(AppError::Unavailable)
    }

    /// Binds the new role, then takes the old one away; `None` revokes (SPEC X3).
    pub async fn change_role(
        &self,
        project: &str,
        name: &str,
        uid: &str,
        role: Option<&RoleRef>,
    ) -> Result<(), AppError> {
        Err(AppError::Unavailable)
    }

    /// Deletes this account, not a namesake that was made since (SPEC X4).
    pub async fn delete_account(&self, project: &str, name: &str, uid: &str) -> Result<(), AppError> {
        Err(AppError::Unavailable)
    }

    /// What the account would be after saving `text`: the API server's dry run (SPEC X2).
    pub async fn check_yaml(
        &self,
        project: &str,
        name: &str,
        text: &str,
        uid: &str,
        resource_version: &str,
    ) -> Result<YamlDocument, AppError> {
        Err(AppError::Unavailable)
    }

    /// Replaces the account with `text`, unless somebody was faster than `resource_version` (SPEC X2).
    pub async fn save_yaml(
        &self,
        project: &str,
        name: &str,
        text: &str,
        uid: &str,
        resource_version: &str,
    ) -> Result<YamlDocument, AppError> {
        Err(AppError::Unavailable)
    }

    /// A kubeconfig with a new token of the account (SPEC K1, K2).
    pub async fn issue_kubeconfig(
        &self,
        project: &str,
        name: &str,
        input: &IssueInput,
    ) -> Result<IssuedKubeconfig, AppError> {
        Err(AppError::Unavailable)
    }

    /// One value of a token Secret of this account. Any other Secret is [`AppError::NotFound`] (SPEC E3).
    pub async fn reveal(
        &self,
        project: &str,
        account: &str,
        secret: &str,
        key: &str,
    ) -> Result<SecretString, AppError> {
        Err(AppError::Unavailable)
    }
}
