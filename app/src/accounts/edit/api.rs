//! What the edit dialog asks the server to do.

use leptos::prelude::*;
use musterbook_core::wire::Json;
use musterbook_core::{AppError, form::EditInput};

/// Writes alias and description, unless somebody was faster than the version that the person saw.
#[server(prefix = "/api", endpoint = "accounts/edit", output = Json)]
pub async fn edit_information(project: String, name: String, input: EditInput) -> Result<(), AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let input = input.normalised();
    input.check().map_err(AppError::Invalid).inspect_err(set_status)?;
    // Without them, somebody else's change would be overwritten.
    if input.uid.is_empty() || input.resource_version.is_empty() {
        set_status(&AppError::Conflict);
        return Err(AppError::Conflict);
    }
    cx.client().edit_information(&project, &name, &input).await.inspect_err(set_status)
}
