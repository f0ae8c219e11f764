//! The reads of pages as calls of the actor (SPEC P2).

use std::sync::Arc;

use async_trait::async_trait;
use musterbook_core::{
    Answer, AppError,
    account::{Account, Impact, Rights},
    credential::TokenSecret,
    project::Project,
    role::RoleOption,
    yaml::YamlDocument,
};

use super::Reads;
use crate::acting::Acting;

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
        Err(AppError::Unavailable)
    }

    async fn project(&self, project: &str) -> Result<Answer<Project>, AppError> {
        Err(AppError::Unavailable)
    }

    async fn accounts(&self, project: &str) -> Result<Answer<Vec<Account>>, AppError> {
        Err(AppError::Unavailable)
    }

    async fn account(&self, project: &str, name: &str) -> Result<Answer<Account>, AppError> {
        Err(AppError::Unavailable)
    }

    async fn rights(&self, project: &str) -> Result<Answer<Rights>, AppError> {
        Err(AppError::Unavailable)
    }

    async fn token_secrets(&self, project: &str, account: &str) -> Result<Answer<Vec<TokenSecret>>, AppError> {
        Err(AppError::Unavailable)
    }

    async fn impact(&self, project: &str, account: &str) -> Result<Answer<Impact>, AppError> {
        Err(AppError::Unavailable)
    }

    async fn role_options(&self, project: &str) -> Result<Answer<Vec<RoleOption>>, AppError> {
        Err(AppError::Unavailable)
    }

    async fn yaml(&self, project: &str, account: &str) -> Result<Answer<YamlDocument>, AppError> {
        Err(AppError::Unavailable)
    }
}
