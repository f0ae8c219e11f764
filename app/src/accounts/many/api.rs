//! What the dialog that creates several accounts asks the server.

use leptos::prelude::*;
use musterbook_core::{
    AppError,
    many::{Outcome, Plan, Report, Row},
    wire::Json,
};

/// What creating the accounts of a text would do: dry runs as the actor. Nothing is created.
#[server(prefix = "/api", endpoint = "accounts/create-plan", output = Json)]
pub async fn plan_creations(project: String, text: String) -> Result<Plan, AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    cx.client().plan_creations(&project, &text).await.inspect_err(set_status)
}

/// One row of a plan. What the cluster says to it is an answer, not an error.
#[server(prefix = "/api", endpoint = "accounts/create-row", output = Json)]
pub async fn create_row(project: String, row: Row) -> Result<Outcome, AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    Ok(cx.client().create_row(&project, &row).await)
}

/// Without scripts: as many of the text's accounts as there is time for. The same text again goes on.
#[server(prefix = "/api", endpoint = "accounts/create-many", output = Json)]
pub async fn create_many(project: String, text: String) -> Result<ManyReport, AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let report = cx.client().create_in_turn(&project, &text).await.inspect_err(set_status)?;
    Ok(ManyReport { report, text })
}

/// What was done, and the text it was done for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ManyReport {
    pub report: Report,
    pub text: String,
}
