//! The one trait that pages read through (SPEC P2). To hold one is to have an actor: [`crate::Cluster::reads`].

use async_trait::async_trait;
use musterbook_core::{
    Answer, AppError,
    account::{Account, Impact, Rights},
    credential::TokenSecret,
    holders::Choices,
    project::Project,
    yaml::YamlDocument,
};

/// Everything that a page shows, as the actor may see it. An implementation never answers more than the API server
/// would, and says what is missing and why.
#[async_trait]
pub trait Reads: Send + Sync {
    /// The actor's projects whose name, alias or workspace contain `search`, by workspace and name (SPEC S2).
    async fn projects(&self, search: &str) -> Result<Answer<Vec<Project>>, AppError>;

    /// One project. A namespace that may not be read, and one that isn't there, are both [`AppError::NotFound`],
    /// unless an access review says that the actor may list accounts in it.
    async fn project(&self, project: &str) -> Result<Answer<Project>, AppError>;

    /// All accounts of the project, each with its role.
    async fn accounts(&self, project: &str) -> Result<Answer<Vec<Account>>, AppError>;

    /// One account with its role.
    async fn account(&self, project: &str, name: &str) -> Result<Answer<Account>, AppError>;

    /// What the actor may do with accounts of the project (SPEC A7).
    async fn rights(&self, project: &str) -> Result<Answer<Rights>, AppError>;

    /// The account's token Secrets, by `sa.secrets` and by type and annotation, without values (SPEC E3).
    async fn token_secrets(&self, project: &str, account: &str) -> Result<Answer<Vec<TokenSecret>>, AppError>;

    /// What deleting the account would do (SPEC X4).
    async fn impact(&self, project: &str, account: &str) -> Result<Answer<Impact>, AppError>;

    /// The roles that may be given here, each with the API server's answer to a dry run as the actor
    /// (SPEC D5, A3), and who may act as accounts of the project (X3).
    async fn role_options(&self, project: &str) -> Result<Answer<Choices>, AppError>;

    /// The account as YAML, `managedFields` left out.
    async fn yaml(&self, project: &str, account: &str) -> Result<Answer<YamlDocument>, AppError>;
}
