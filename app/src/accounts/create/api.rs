//! What the create dialog asks the server to do.

use leptos::prelude::*;
use musterbook_core::wire::Json;
use musterbook_core::{AppError, form::CreateInput};

/// Account and binding are one act (SPEC C3). The form's rules are checked again here.
#[server(prefix = "/api", endpoint = "accounts/create", output = Json)]
pub async fn create_account(project: String, input: CreateInput) -> Result<(), AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let input = input.normalised();
    input.check().map_err(AppError::Invalid).inspect_err(set_status)?;
    cx.client().create_account(&project, &input).await.inspect_err(set_status)
}
