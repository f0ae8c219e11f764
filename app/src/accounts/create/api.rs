//! What the create dialog asks the server to do.

use leptos::prelude::*;
use musterbook_core::{
    AppError,
    draft::{Copied, Draft},
    form::CreateInput,
    wire::Json,
};
use serde::{Deserialize, Serialize};

/// Account and binding are one act (SPEC C3). The form's rules are checked again here. `base` is the YAML text that the form
/// comes from: what it holds beside the form's fields is created as well.
#[server(prefix = "/api", endpoint = "accounts/create", output = Json)]
pub async fn create_account(
    project: String,
    input: CreateInput,
    #[server(default)] base: String,
) -> Result<(), AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let input = input.normalised();
    input.check().map_err(AppError::Invalid).inspect_err(set_status)?;
    let client = cx.client();
    let created = if base.trim().is_empty() {
        client.create_account(&project, &input).await
    } else {
        client.create_account_with(&project, &input, &base.replace("\r\n", "\n")).await
    };
    created.inspect_err(set_status)
}

/// The same from YAML. Answers with the account's name.
#[server(prefix = "/api", endpoint = "accounts/create-yaml", output = Json)]
pub async fn create_from_yaml(project: String, text: String) -> Result<String, AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    cx.client().create_from_yaml(&project, &text.replace("\r\n", "\n")).await.inspect_err(set_status)
}

/// The form as YAML (SPEC C1). Nothing is created.
#[server(prefix = "/api", endpoint = "accounts/draft-yaml", output = Json, input_derive = (Clone, PartialEq, Serialize, Deserialize))]
pub async fn draft_yaml(
    project: String,
    input: CreateInput,
    #[server(default)] base: String,
) -> Result<Draft, AppError> {
    use crate::server::{RequestCx, set_status};
    RequestCx::extract().inspect_err(set_status)?;
    musterbook_cluster::draft::as_yaml(&project, &input, &base.replace("\r\n", "\n")).inspect_err(set_status)
}

/// The YAML as a form (SPEC C1). Nothing is created.
#[server(prefix = "/api", endpoint = "accounts/draft-form", output = Json, input_derive = (Clone, PartialEq, Serialize, Deserialize))]
pub async fn draft_form(project: String, text: String) -> Result<Draft, AppError> {
    use crate::server::{RequestCx, set_status};
    RequestCx::extract().inspect_err(set_status)?;
    musterbook_cluster::draft::as_form(&project, &text.replace("\r\n", "\n")).inspect_err(set_status)
}

/// A copy of an account, as the form starts with it.
#[server(prefix = "/api", endpoint = "accounts/copy", output = Json)]
pub async fn copy_account(workspace: String, project: String, name: String) -> Result<Copied, AppError> {
    use crate::{
        accounts::api::in_workspace,
        server::{RequestCx, set_side_status},
    };
    let cx = RequestCx::extract().inspect_err(set_side_status)?;
    let reads = cx.reads();
    let (found, account, yaml) =
        futures::join!(reads.project(&project), reads.account(&project, &name), reads.yaml(&project, &name));
    in_workspace(found, &workspace).inspect_err(set_side_status)?;
    let (account, yaml) = (account.inspect_err(set_side_status)?, yaml.inspect_err(set_side_status)?);
    let role = account.value.role.shown();
    musterbook_cluster::draft::copy(&project, &yaml.value.document.text, role).inspect_err(set_side_status)
}
