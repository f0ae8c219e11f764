//! What a person does, as that person (SPEC A1): the only place with writes. Checks the forms again, because whoever
//! posts to the server need not have used ours.

use std::sync::Arc;

use musterbook_core::{
    AppError, Timestamp,
    credential::IssueInput,
    form::{CreateInput, EditInput},
    role::RoleRef,
    yaml::YamlDocument,
};
use secrecy::SecretString;
use tracing::Instrument;

use crate::{acting::Acting, failure::broken, names};

mod create;
mod delete;
mod edit;
mod kubeconfig;
mod reveal;
mod role;
mod yaml;

use yaml::Edited;

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
        let project = names::project(project)?.to_owned();
        let input = input.clone().normalised();
        input.check().map_err(AppError::Invalid)?;
        let acting = Arc::clone(&self.acting);
        to_the_end(async move { create::account(&acting, &project, input).await }).await
    }

    /// Alias and description; nothing else of the account is touched (SPEC X1).
    pub async fn edit_information(&self, project: &str, name: &str, input: &EditInput) -> Result<(), AppError> {
        let (project, name) = (names::project(project)?, names::object(name)?);
        let input = input.clone().normalised();
        input.check().map_err(AppError::Invalid)?;
        edit::information(&self.acting, project, name, input).await
    }

    /// Binds the new role, then takes the old one away; `None` revokes (SPEC X3).
    pub async fn change_role(
        &self,
        project: &str,
        name: &str,
        uid: &str,
        role: Option<&RoleRef>,
    ) -> Result<(), AppError> {
        let (project, name) = (names::project(project)?.to_owned(), names::object(name)?.to_owned());
        let (acting, uid, role) = (Arc::clone(&self.acting), uid.to_owned(), role.cloned());
        to_the_end(async move { role::change(&acting, &project, &name, &uid, role.as_ref()).await }).await
    }

    /// Deletes this account, not a namesake that was made since (SPEC X4).
    pub async fn delete_account(&self, project: &str, name: &str, uid: &str) -> Result<(), AppError> {
        delete::account(&self.acting, names::project(project)?, names::object(name)?, uid).await
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
        let edited = Edited { text, uid, resource_version };
        yaml::replace(&self.acting, names::project(project)?, names::object(name)?, edited, true).await
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
        let edited = Edited { text, uid, resource_version };
        yaml::replace(&self.acting, names::project(project)?, names::object(name)?, edited, false).await
    }

    /// A kubeconfig with a new token of the account (SPEC K1, K2).
    pub async fn issue_kubeconfig(
        &self,
        project: &str,
        name: &str,
        input: &IssueInput,
    ) -> Result<IssuedKubeconfig, AppError> {
        kubeconfig::issue(&self.acting, names::project(project)?, names::object(name)?, input).await
    }

    /// One value of a token Secret of this account. Any other Secret is [`AppError::NotFound`] (SPEC E3).
    pub async fn reveal(
        &self,
        project: &str,
        account: &str,
        secret: &str,
        key: &str,
    ) -> Result<SecretString, AppError> {
        let (project, account, secret) = (names::project(project)?, names::object(account)?, names::object(secret)?);
        reveal::value(&self.acting, project, account, secret, key).await
    }
}

/// Runs an act of several steps to its end, though the browser may have gone: half of it would be left (SPEC C3, X3).
async fn to_the_end<T: Send + 'static>(
    act: impl Future<Output = Result<T, AppError>> + Send + 'static,
) -> Result<T, AppError> {
    tokio::spawn(act.in_current_span()).await.unwrap_or_else(|error| Err(broken(&error)))
}
