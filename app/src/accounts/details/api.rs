//! What the details page asks for: all of it in one call (SPEC A7).

use leptos::prelude::*;
use musterbook_core::{
    Answer, AppError,
    account::{Account, Rights},
    credential::{Endpoint, TokenSecret},
    live::Version,
    project::Project,
    wire::Json,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Details {
    pub project: Project,
    pub account: Account,
    pub rights: Rights,
    /// Without values (SPEC K3).
    pub token_secrets: Vec<TokenSecret>,
    pub endpoints: Vec<Endpoint>,
    /// What a stream is told that the browser has.
    pub version: Version,
}

/// `workspace` must be the project's own, else the account isn't there.
#[server(prefix = "/api", endpoint = "accounts/get", output = Json)]
pub async fn get_details(workspace: String, project: String, name: String) -> Result<Answer<Details>, AppError> {
    use crate::{
        accounts::api::in_workspace,
        preferences::remember_project,
        server::{RequestCx, set_status},
    };
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let reads = cx.reads();
    // One round of calls, none waits for another.
    let (found, account, rights, secrets) = futures::join!(
        reads.project(&project),
        reads.account(&project, &name),
        reads.rights(&project),
        reads.token_secrets(&project, &name),
    );
    let found = in_workspace(found, &workspace).inspect_err(set_status)?;
    let account = account.inspect_err(set_status)?;
    let rights = rights.inspect_err(set_status)?;
    let secrets = secrets.or_else(|error| without_secrets(error, account.at)).inspect_err(set_status)?;
    remember_project(&workspace, &project);
    let version = musterbook_core::live::account_version(&account);
    let missing = [found.missing, account.missing, rights.missing, secrets.missing].concat();
    let value = Details {
        project: found.value,
        account: account.value,
        rights: rights.value,
        token_secrets: secrets.value,
        endpoints: cx.state.cluster.endpoints(),
        version,
    };
    Ok(Answer { value, at: account.at, missing })
}

/// The page stands without its Secrets, and says that they are missing (SPEC A6).
#[cfg(feature = "ssr")]
fn without_secrets(error: AppError, at: musterbook_core::Timestamp) -> Result<Answer<Vec<TokenSecret>>, AppError> {
    use musterbook_core::{
        Missing,
        answer::{Part, Why},
    };
    let why = match error {
        AppError::Denied(denial) => Why::Denied(denial),
        AppError::Unavailable | AppError::Busy { .. } => Why::Unavailable,
        error => return Err(error),
    };
    Ok(Answer { value: Vec::new(), at, missing: vec![Missing { what: Part::TokenSecrets, why }] })
}
