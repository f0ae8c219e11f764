//! What the pages ask about projects. Nobody is sent more of them than are shown.

use leptos::prelude::*;
use musterbook_core::wire::Json;
use musterbook_core::{
    Answer, AppError,
    project::{Project, Projects, Workspaces},
};

/// What the page of projects shows; whoever has more types a few letters.
pub const ON_A_PAGE: usize = 100;
/// What a menu shows.
pub const IN_A_MENU: usize = 20;

/// The actor's projects whose name, alias or workspace contain `search`, by workspace: the first [`ON_A_PAGE`].
#[server(prefix = "/api", endpoint = "projects/list", output = Json)]
pub async fn list_projects(search: String) -> Result<Answer<Projects>, AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let found = cx.reads().projects(&search).await.inspect_err(set_status)?;
    Ok(found.map(|projects| Projects::first(projects, ON_A_PAGE)))
}

/// For a menu: the same; those of `workspace` alone where nothing is searched for.
#[server(prefix = "/api", endpoint = "projects/menu", output = Json)]
pub async fn projects_menu(search: String, workspace: String) -> Result<Answer<Projects>, AppError> {
    use crate::server::{RequestCx, set_side_status};
    let cx = RequestCx::extract().inspect_err(set_side_status)?;
    let found = cx.reads().projects(&search).await.inspect_err(set_side_status)?;
    let any = workspace.is_empty() || !search.trim().is_empty();
    Ok(found.map(|mut projects| {
        projects.retain(|project| any || project.workspace == workspace);
        Projects::first(projects, IN_A_MENU)
    }))
}

/// For a menu: the workspaces of the actor's projects whose name contains `search`.
#[server(prefix = "/api", endpoint = "projects/workspaces", output = Json)]
pub async fn workspaces_menu(search: String) -> Result<Answer<Workspaces>, AppError> {
    use crate::server::{RequestCx, set_side_status};
    let cx = RequestCx::extract().inspect_err(set_side_status)?;
    // Projects that match by their own name are no reason to show their workspace.
    let found = cx.reads().projects(&search).await.inspect_err(set_side_status)?;
    Ok(found.map(|projects| Workspaces::of(&projects, &search, IN_A_MENU)))
}

/// Where an account may be made: as [`projects_menu`], of `workspace` alone where one is named, and none that is being
/// deleted (SPEC L8).
#[server(prefix = "/api", endpoint = "projects/for-new", output = Json)]
pub async fn projects_for_new(search: String, workspace: String) -> Result<Answer<Projects>, AppError> {
    use crate::server::{RequestCx, set_side_status};
    let cx = RequestCx::extract().inspect_err(set_side_status)?;
    let found = cx.reads().projects(&search).await.inspect_err(set_side_status)?;
    Ok(found.map(|mut projects| {
        projects.retain(|project| !project.deleting && (workspace.is_empty() || project.workspace == workspace));
        Projects::first(projects, IN_A_MENU)
    }))
}

/// One project by its name alone.
#[server(prefix = "/api", endpoint = "projects/get", output = Json)]
pub async fn get_project(project: String) -> Result<Answer<Project>, AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    cx.reads().project(&project).await.inspect_err(set_status)
}
