//! What a stream watches: the page of a list, or an account.

use std::sync::Arc;

use async_trait::async_trait;
use musterbook_cluster::Reads;
use musterbook_core::{
    AppError,
    list::{ListQuery, Scope},
    live::{self, Delta, Message, Sent, Version},
};

use super::follow::Told;

#[async_trait]
pub trait Watched: Send {
    /// What to tell since the last look; `None`: nothing that can be seen.
    async fn look(&mut self) -> Result<Option<Told>, AppError>;

    /// Whether the actor may still see it. `true`: look anew, only a look can tell.
    async fn may_see(&mut self) -> Result<bool, AppError>;

    /// Whether changes are heard of now.
    fn is_heard(&self) -> bool;
}

pub struct OfList {
    reads: Arc<dyn Reads>,
    scope: Scope,
    query: ListQuery,
    has: Option<Version>,
    sent: Option<Sent>,
    asked: u32,
}

/// Which of the questions after their rights looks at a list of several projects.
const LOOK_EVERY: u32 = 6;

impl OfList {
    pub fn new(reads: Arc<dyn Reads>, scope: Scope, query: ListQuery, has: Option<Version>) -> Self {
        Self { reads, scope, query, has, sent: None, asked: 0 }
    }
}

#[async_trait]
impl Watched for OfList {
    async fn look(&mut self) -> Result<Option<Told>, AppError> {
        let answer = self.reads.list(&self.scope, &self.query).await?;
        let now = Sent::of(&answer);
        let delta = match &self.sent {
            Some(before) => before.delta(answer, &now),
            None => (self.has != Some(now.version)).then(|| Delta::whole(answer, &now)),
        };
        let version = now.version;
        self.sent = Some(now);
        Ok(delta.map(|delta| Told { message: Message::List(Box::new(delta)), version: Some(version) }))
    }

    /// In several projects each has an answer of its own: the rows of one may go while the others stay.
    async fn may_see(&mut self) -> Result<bool, AppError> {
        if self.scope.project().is_none() {
            self.asked = (self.asked + 1) % LOOK_EVERY;
            return Ok(self.asked == 0);
        }
        self.reads.may_list(&self.scope).await.map(|()| false)
    }

    fn is_heard(&self) -> bool {
        self.reads.is_watched()
    }
}

pub struct OfAccount {
    reads: Arc<dyn Reads>,
    scope: Scope,
    name: String,
    has: Option<Version>,
    /// Of its row in the list, when it was read last.
    row: Option<Version>,
}

impl OfAccount {
    pub fn new(reads: Arc<dyn Reads>, scope: Scope, name: String, has: Option<Version>) -> Self {
        Self { reads, scope, name, has, row: None }
    }

    /// Its row as the list has it, which costs no call where the project is watched; `None` for who may not list.
    async fn row(&self) -> Option<Version> {
        let query = ListQuery { search: self.name.clone(), ..ListQuery::default() };
        let rows = self.reads.all(&self.scope, &query).await.ok()?.value;
        let row = rows.iter().find(|row| row.account.name == self.name);
        Some(live::fingerprint(&row))
    }
}

/// Of an account that isn't there.
const GONE: Version = 0;

#[async_trait]
impl Watched for OfAccount {
    async fn look(&mut self) -> Result<Option<Told>, AppError> {
        let row = self.row().await;
        if row.is_some() && row == self.row {
            return Ok(None);
        }
        let project = self.scope.project().unwrap_or_default();
        let (version, message) = match self.reads.account(project, &self.name).await {
            Ok(account) => {
                let version = live::account_version(&account);
                (version, Message::Account(version))
            }
            Err(AppError::NotFound) => (GONE, Message::Gone),
            Err(error) => return Err(error),
        };
        self.row = row;
        let differs = self.has.replace(version) != Some(version);
        Ok(differs.then_some(Told { message, version: Some(version) }))
    }

    /// Who may read an account, but not list them, is answered by a look.
    async fn may_see(&mut self) -> Result<bool, AppError> {
        match self.reads.may_list(&self.scope).await {
            Err(AppError::Denied(_)) => Ok(true),
            answer => answer.map(|()| false),
        }
    }

    fn is_heard(&self) -> bool {
        self.reads.is_watched()
    }
}
