//! The one trait that pages read through (SPEC P2). To hold one is to have an actor: [`crate::Cluster::reads`].

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use musterbook_core::{
    Answer, AppError,
    account::{Account, AccountId, Impact, Rights},
    credential::{CredentialSummary, TokenSecret},
    fields::Field,
    holders::Choices,
    list::{ListQuery, Page, Row, Scope},
    project::Project,
    settings::AccountSettings,
    standing::{Extent, Standing},
    yaml::AccountYaml,
};

/// Raised at each change. Who waits sees several changes as one.
pub type Changes = tokio::sync::watch::Receiver<u64>;

/// Everything that a page shows, as the actor may see it. An implementation never answers more than the API server
/// would, and says what is missing and why.
#[async_trait]
pub trait Reads: Send + Sync {
    /// The actor's projects whose name, alias or workspace contain `search`, by workspace and name (SPEC S2).
    async fn projects(&self, search: &str) -> Result<Answer<Vec<Project>>, AppError>;

    /// One project. A namespace that may not be read, and one that isn't there, are both [`AppError::NotFound`],
    /// unless an access review says that the actor may list accounts in it.
    async fn project(&self, project: &str) -> Result<Answer<Project>, AppError>;

    /// One page of the accounts in `scope`, each with its role and pods, and the actor's rights in the projects of the
    /// page. A project under another workspace's name is [`AppError::NotFound`] (SPEC L1, L2, L8).
    async fn list(&self, scope: &Scope, query: &ListQuery) -> Result<Answer<Page>, AppError>;

    /// All rows that `query` finds, in its order, whatever its page: for exports and for acts on many.
    async fn all(&self, scope: &Scope, query: &ListQuery) -> Result<Answer<Vec<Row>>, AppError>;

    /// Whether the actor may list accounts in `scope`, asked at most 30 s ago (SPEC A2).
    async fn may_list(&self, scope: &Scope) -> Result<(), AppError>;

    /// Tells of changes to what lists of `scope` show; `None` where nothing is watched.
    fn changes(&self, scope: &Scope) -> Option<Changes>;

    /// Whether changes are heard of now: the watches are as the cluster is.
    fn is_watched(&self) -> bool;

    /// The credentials of these accounts of the project, in their order (SPEC L1).
    async fn credentials(
        &self,
        project: &str,
        accounts: &[AccountId],
    ) -> Result<Answer<Vec<CredentialSummary>>, AppError>;

    /// One account with its role.
    async fn account(&self, project: &str, name: &str) -> Result<Answer<Account>, AppError>;

    /// One account with every binding that gives it rights in its project, as far as the actor may read them, and what
    /// each allows (SPEC X3). Of ClusterRoleBindings one page is looked through, of ClusterRoles at most twenty.
    async fn standing(&self, project: &str, account: &str) -> Result<Answer<Standing>, AppError>;

    /// What the actor may do with accounts of the project (SPEC A7).
    async fn rights(&self, project: &str) -> Result<Answer<Rights>, AppError>;

    /// The account's token Secrets, by `sa.secrets` and by type and annotation, without values (SPEC E3).
    async fn token_secrets(&self, project: &str, account: &str) -> Result<Answer<Vec<TokenSecret>>, AppError>;

    /// What deleting the account would do (SPEC X4).
    async fn impact(&self, project: &str, account: &str) -> Result<Answer<Impact>, AppError>;

    /// How many workloads of the project would make pods as each account, by its name (SPEC X4).
    async fn workloads(&self, project: &str) -> Result<Answer<HashMap<String, usize>>, AppError>;

    /// Names of the ClusterRoleBindings that name each account, by its project and name. One page of them is looked
    /// through.
    async fn named_everywhere(&self) -> (HashMap<(String, String), Vec<String>>, Extent);

    /// The roles that may be given here, each with the API server's answer to a dry run as the actor
    /// (SPEC D5, A3), and who may act as accounts of the project (X3).
    async fn role_options(&self, project: &str) -> Result<Answer<Choices>, AppError>;

    /// What else the account has, and the Secrets of the project that it could pull images with (SPEC D6). Its role is
    /// not among it.
    async fn settings(&self, project: &str, account: &str) -> Result<Answer<AccountSettings>, AppError>;

    /// The account as YAML, `managedFields` apart from it, and who manages it.
    async fn yaml(&self, project: &str, account: &str) -> Result<Answer<AccountYaml>, AppError>;

    /// What Kubernetes says about the fields of an account, at most ten minutes old (SPEC X2).
    async fn fields(&self) -> Result<Arc<Vec<Field>>, AppError>;
}
