//! What the pages ask about accounts. Each call is made as the signed-in person; the API server decides.

use leptos::prelude::*;
use musterbook_core::wire::Json;
use musterbook_core::{
    Answer, AppError,
    account::Account,
    list::{ListQuery, Page},
    project::Project,
};
use serde::{Deserialize, Serialize};

/// What the list page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListPageData {
    pub project: Project,
    pub page: Page,
}

/// One page of the project's accounts. `workspace` must be the project's own, else the project isn't there.
#[server(prefix = "/api", endpoint = "accounts/list", output = Json)]
pub async fn list_accounts(
    workspace: String,
    project: String,
    query: ListQuery,
) -> Result<Answer<ListPageData>, AppError> {
    use crate::{
        preferences::remember_project,
        server::{RequestCx, set_status},
    };
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let reads = cx.reads();
    // One round of calls, none waits for another.
    let (found, accounts, rights) =
        futures::join!(reads.project(&project), reads.accounts(&project), reads.rights(&project));
    let found = in_workspace(found, &workspace).inspect_err(set_status)?;
    let (accounts, rights) = (accounts.inspect_err(set_status)?, rights.inspect_err(set_status)?);
    remember_project(&workspace, &project);
    let missing = [found.missing, accounts.missing, rights.missing].concat();
    let page = musterbook_core::list::page(accounts.value, &query, rights.value);
    Ok(Answer { value: ListPageData { project: found.value, page }, at: accounts.at, missing })
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

/// A project under another workspace's address isn't there.
#[cfg(feature = "ssr")]
pub fn in_workspace(found: Result<Answer<Project>, AppError>, workspace: &str) -> Result<Answer<Project>, AppError> {
    found.and_then(|answer| if answer.value.workspace == workspace { Ok(answer) } else { Err(AppError::NotFound) })
}
