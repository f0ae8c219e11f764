//! What the pages ask about projects.

use leptos::prelude::*;
use musterbook_core::wire::Json;
use musterbook_core::{Answer, AppError, project::Project};

/// The actor's projects whose name, alias or workspace contain `search`, by workspace.
#[server(prefix = "/api", endpoint = "projects/list", output = Json)]
pub async fn list_projects(search: String) -> Result<Answer<Vec<Project>>, AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    cx.reads().projects(&search).await.inspect_err(set_status)
}

/// One project by its name alone.
#[server(prefix = "/api", endpoint = "projects/get", output = Json)]
pub async fn get_project(project: String) -> Result<Answer<Project>, AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    cx.reads().project(&project).await.inspect_err(set_status)
}
