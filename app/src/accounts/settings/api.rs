//! What the dialog *Edit Settings* asks the server.

use leptos::prelude::*;
use musterbook_core::wire::Json;
use musterbook_core::{
    Answer, AppError,
    settings::{AccountSettings, SettingsInput},
};

#[server(prefix = "/api", endpoint = "accounts/settings", output = Json)]
pub async fn get_settings(
    workspace: String,
    project: String,
    name: String,
) -> Result<Answer<AccountSettings>, AppError> {
    use crate::{
        accounts::api::in_workspace,
        server::{RequestCx, set_side_status},
    };
    let cx = RequestCx::extract().inspect_err(set_side_status)?;
    let reads = cx.reads();
    let (found, settings) = futures::join!(reads.project(&project), reads.settings(&project, &name));
    in_workspace(found, &workspace).inspect_err(set_side_status)?;
    settings.inspect_err(set_side_status)
}

/// Writes what differs from what was seen. Where somebody else changed the same meanwhile, it is a conflict.
#[server(prefix = "/api", endpoint = "accounts/settings-save", output = Json)]
pub async fn save_settings(project: String, name: String, input: SettingsInput) -> Result<(), AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    cx.client().edit_settings(&project, &name, &input).await.inspect_err(set_status)
}
