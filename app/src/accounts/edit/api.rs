//! What the edit dialog asks the server to do.

use leptos::prelude::*;
use musterbook_core::wire::Json;
use musterbook_core::{AppError, form::EditInput};

/// Writes alias and description. Where somebody else changed the same text meanwhile, it is a conflict.
#[server(prefix = "/api", endpoint = "accounts/edit", output = Json)]
pub async fn edit_information(project: String, name: String, input: EditInput) -> Result<(), AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let input = input.normalised();
    input.check().map_err(AppError::Invalid).inspect_err(set_status)?;
    cx.client().edit_information(&project, &name, &input).await.inspect_err(set_status)
}
