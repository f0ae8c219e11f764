//! What the pages ask about accounts. Each call is made as the signed-in person; the API server decides.

use leptos::prelude::*;
#[cfg(feature = "ssr")]
use musterbook_core::project::Project;
use musterbook_core::wire::Json;
use musterbook_core::{
    Answer, AppError,
    account::{Account, AccountId},
    credential::CredentialSummary,
    list::{ListQuery, Page, Scope},
};

/// One page of the accounts in `scope`.
#[server(prefix = "/api", endpoint = "accounts/list", input = Json, output = Json)]
pub async fn list_accounts(scope: Scope, query: ListQuery) -> Result<Answer<Page>, AppError> {
    use crate::{
        preferences::remember_project,
        server::{RequestCx, set_status},
    };
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let mut page = cx.reads().list(&scope, &query).await.inspect_err(set_status)?;
    page.value.version = musterbook_core::live::version(&page);
    if let Scope::Project { workspace, project } = &scope {
        remember_project(workspace, project);
    }
    Ok(page)
}

/// The credentials of rows that are shown, in their order: at most as many as a page has (SPEC L1).
#[server(prefix = "/api", endpoint = "accounts/credentials", input = Json, output = Json)]
pub async fn list_credentials(
    project: String,
    accounts: Vec<AccountId>,
) -> Result<Answer<Vec<CredentialSummary>>, AppError> {
    use crate::server::{RequestCx, set_side_status};
    use musterbook_core::list::PAGE_SIZES;
    let cx = RequestCx::extract().inspect_err(set_side_status)?;
    if accounts.len() > PAGE_SIZES[PAGE_SIZES.len() - 1] {
        return Err(AppError::TooLarge).inspect_err(set_side_status);
    }
    cx.reads().credentials(&project, &accounts).await.inspect_err(set_side_status)
}

/// One account, for a dialog about it.
#[server(prefix = "/api", endpoint = "accounts/one", output = Json)]
pub async fn get_account(workspace: String, project: String, name: String) -> Result<Answer<Account>, AppError> {
    use crate::server::{RequestCx, set_side_status};
    let cx = RequestCx::extract().inspect_err(set_side_status)?;
    let reads = cx.reads();
    let (found, account) = futures::join!(reads.project(&project), reads.account(&project, &name));
    in_workspace(found, &workspace).inspect_err(set_side_status)?;
    account.inspect_err(set_side_status)
}

/// A project under another workspace's address isn't there. An address of the whole cluster names no workspace.
#[cfg(feature = "ssr")]
pub fn in_workspace(found: Result<Answer<Project>, AppError>, workspace: &str) -> Result<Answer<Project>, AppError> {
    found.and_then(|answer| {
        if workspace.is_empty() || answer.value.workspace == workspace { Ok(answer) } else { Err(AppError::NotFound) }
    })
}
