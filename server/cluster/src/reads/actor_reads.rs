//! The reads of pages as calls of the actor (SPEC P2).

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use musterbook_core::{
    Answer, AppError, Missing, Timestamp,
    account::{Account, AccountId, Impact, Rights},
    answer::Part,
    credential::{CredentialSummary, TokenSecret},
    fields::Field,
    holders::Choices,
    list::{self, ListQuery, Page, Row, Scope},
    project::Project,
    settings::AccountSettings,
    standing::{Extent, Standing},
    yaml::AccountYaml,
};

use super::{Changes, Reads, accounts, credentials, impact, projects, rights, roles, settings, standing};
use crate::{acting::Acting, failure::Failure, names, yaml};

pub(crate) struct ActorReads {
    acting: Arc<Acting>,
}

impl ActorReads {
    pub fn new(acting: Arc<Acting>) -> Self {
        Self { acting }
    }
}

#[async_trait]
impl Reads for ActorReads {
    async fn projects(&self, search: &str) -> Result<Answer<Vec<Project>>, AppError> {
        projects::all(&self.acting, search).await
    }

    async fn project(&self, project: &str) -> Result<Answer<Project>, AppError> {
        projects::one(&self.acting, names::project(project)?).await
    }

    async fn list(&self, scope: &Scope, query: &ListQuery) -> Result<Answer<Page>, AppError> {
        let (found, rights) = tokio::join!(accounts::all(&self.acting, scope), rights::of_scope(&self.acting, scope));
        let (projects, rows) = found?;
        let mut page = rows.map(|rows| list::page(rows, query));
        page.value.place(scope, projects);
        page.value.rights = rights;
        rights::add_of_rows(&self.acting, &mut page.value).await;
        Ok(page)
    }

    async fn all(&self, scope: &Scope, query: &ListQuery) -> Result<Answer<Vec<Row>>, AppError> {
        let (_, rows) = accounts::all(&self.acting, scope).await?;
        Ok(rows.map(|rows| list::all(rows, query)))
    }

    async fn may_list(&self, scope: &Scope) -> Result<(), AppError> {
        accounts::may_list(&self.acting, scope).await
    }

    fn changes(&self, _scope: &Scope) -> Option<Changes> {
        None
    }

    fn is_watched(&self) -> bool {
        false
    }

    async fn credentials(
        &self,
        project: &str,
        accounts: &[AccountId],
    ) -> Result<Answer<Vec<CredentialSummary>>, AppError> {
        Ok(credentials::summaries(&self.acting, names::project(project)?, accounts).await)
    }

    async fn account(&self, project: &str, name: &str) -> Result<Answer<Account>, AppError> {
        accounts::one(&self.acting, names::project(project)?, names::object(name)?).await
    }

    async fn standing(&self, project: &str, account: &str) -> Result<Answer<Standing>, AppError> {
        standing::of(&self.acting, names::project(project)?, names::object(account)?).await
    }

    async fn rights(&self, project: &str) -> Result<Answer<Rights>, AppError> {
        Ok(rights::all(&self.acting, names::project(project)?).await)
    }

    async fn token_secrets(&self, project: &str, account: &str) -> Result<Answer<Vec<TokenSecret>>, AppError> {
        credentials::token_secrets(&self.acting, names::project(project)?, names::object(account)?).await
    }

    async fn impact(&self, project: &str, account: &str) -> Result<Answer<Impact>, AppError> {
        impact::of(&self.acting, names::project(project)?, names::object(account)?).await
    }

    async fn workloads(&self, project: &str) -> Result<Answer<HashMap<String, usize>>, AppError> {
        Ok(impact::workloads_by_account(&self.acting, names::project(project)?).await)
    }

    async fn named_everywhere(&self) -> (HashMap<(String, String), Vec<String>>, Extent) {
        impact::named_everywhere(&self.acting).await
    }

    async fn role_options(&self, project: &str) -> Result<Answer<Choices>, AppError> {
        Ok(roles::options(&self.acting, names::project(project)?).await)
    }

    async fn settings(&self, project: &str, account: &str) -> Result<Answer<AccountSettings>, AppError> {
        settings::of(&self.acting, names::project(project)?, names::object(account)?).await
    }

    async fn yaml(&self, project: &str, account: &str) -> Result<Answer<AccountYaml>, AppError> {
        let loaded = yaml::load(&self.acting.calls(), names::project(project)?, names::object(account)?).await?;
        Ok(answer(yaml::of_account(loaded)?, Vec::new()))
    }

    async fn fields(&self) -> Result<Arc<Vec<Field>>, AppError> {
        yaml::fields(&self.acting).await
    }
}

/// An answer of now.
pub(super) fn answer<T>(value: T, missing: Vec<Missing>) -> Answer<T> {
    Answer { value, at: Timestamp::from_millisecond(jiff::Timestamp::now().as_millisecond()), missing }
}

/// What was read, or why `part` is missing.
pub(super) fn part<T>(missing: &mut Vec<Missing>, what: Part, read: Result<T, Failure>) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(failure) => {
            missing.push(Missing { what, why: failure.why() });
            None
        }
    }
}
