//! What the YAML editor asks the server. The text goes as it was typed: what it means is for the server to say.

use leptos::prelude::*;
use musterbook_core::{
    Answer, AppError,
    account::Rights,
    fields::Field,
    project::Project,
    wire::Json,
    yaml::{AccountYaml, MergedYaml, Verdict, YamlDocument},
};
use serde::{Deserialize, Serialize};

/// Longest text, in bytes. Kubernetes' own limit for an object is 1.5 MiB.
pub const TEXT_MAX: usize = 1024 * 1024;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct YamlData {
    pub project: Project,
    pub rights: Rights,
    pub account: AccountYaml,
}

#[server(prefix = "/api", endpoint = "accounts/yaml", output = Json)]
pub async fn get_yaml(workspace: String, project: String, name: String) -> Result<Answer<YamlData>, AppError> {
    use crate::{
        accounts::api::in_workspace,
        server::{RequestCx, set_status},
    };
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let reads = cx.reads();
    let (found, account, rights) =
        futures::join!(reads.project(&project), reads.yaml(&project, &name), reads.rights(&project));
    let found = in_workspace(found, &workspace).inspect_err(set_status)?;
    let (account, rights) = (account.inspect_err(set_status)?, rights.inspect_err(set_status)?);
    Ok(account.map(|account| YamlData { project: found.value, rights: rights.value, account }))
}

/// What the API server would store, and what it has against it: its dry run, as the person.
#[server(prefix = "/api", endpoint = "accounts/yaml-check", output = Json)]
pub async fn check_yaml(
    project: String,
    name: String,
    text: String,
    uid: String,
    resource_version: String,
) -> Result<Verdict, AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let text = fitting(text).inspect_err(set_status)?;
    cx.client().check_yaml(&project, &name, &text, &uid, &resource_version).await.inspect_err(set_status)
}

/// Replaces the account, unless somebody was faster than the version that was loaded.
#[server(prefix = "/api", endpoint = "accounts/yaml-save", output = Json)]
pub async fn save_yaml(
    project: String,
    name: String,
    text: String,
    uid: String,
    resource_version: String,
) -> Result<YamlDocument, AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let text = fitting(text).inspect_err(set_status)?;
    cx.client().save_yaml(&project, &name, &text, &uid, &resource_version).await.inspect_err(set_status)
}

/// The text with what others changed since it was loaded as `base`. Where both changed a field, `theirs` are the paths
/// whose value is to be the cluster's.
#[server(prefix = "/api", endpoint = "accounts/yaml-merge", input = Json, output = Json)]
pub async fn merge_yaml(
    workspace: String,
    project: String,
    name: String,
    uid: String,
    base: String,
    text: String,
    theirs: Vec<String>,
) -> Result<MergedYaml, AppError> {
    use crate::{
        accounts::api::in_workspace,
        server::{RequestCx, set_status},
    };
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let (base, text) = (fitting(base).inspect_err(set_status)?, fitting(text).inspect_err(set_status)?);
    in_workspace(cx.reads().project(&project).await, &workspace).inspect_err(set_status)?;
    cx.client().merge_yaml(&project, &name, &uid, [&base, &text], &theirs).await.inspect_err(set_status)
}

/// What Kubernetes says about the fields of an account.
#[server(prefix = "/api", endpoint = "accounts/yaml-fields", output = Json)]
pub async fn get_fields() -> Result<Vec<Field>, AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    cx.reads().fields().await.map(|fields| fields.to_vec()).inspect_err(set_status)
}

/// The text that was typed: a form post sends its line breaks as CRLF (HTML standard, form submission).
#[cfg(feature = "ssr")]
fn fitting(text: String) -> Result<String, AppError> {
    let text = text.replace("\r\n", "\n");
    if text.len() > TEXT_MAX { Err(AppError::TooLarge) } else { Ok(text) }
}
