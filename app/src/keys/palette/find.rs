//! What the server finds: accounts where the page is, projects everywhere.

use leptos::prelude::*;
use musterbook_core::{
    AppError,
    list::{ListQuery, Scope},
    project::Project,
};

use super::entry::Entry;
use crate::{accounts::api::list_accounts, projects::api::projects_menu, routes};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub accounts: Vec<Entry>,
    pub projects: Vec<Entry>,
    /// Why some of it isn't there.
    pub error: Option<AppError>,
}

/// Neither waits for the other, and one that fails leaves the other's finds.
pub async fn find(search: String) -> Found {
    let (accounts, projects) = futures::join!(accounts(scope(), search.clone()), projects(search));
    let error = accounts.as_ref().err().or(projects.as_ref().err()).cloned();
    Found { accounts: accounts.unwrap_or_default(), projects: projects.unwrap_or_default(), error }
}

async fn accounts(scope: Scope, search: String) -> Result<Vec<Entry>, AppError> {
    let page = list_accounts(scope.clone(), ListQuery { search, ..ListQuery::default() }).await?.value;
    let entry = |row: &musterbook_core::list::Row| {
        let (project, name) = (&row.account.project, &row.account.name);
        let alias = row.account.alias.as_ref().map(|alias| format!(" · {alias}")).unwrap_or_default();
        Entry {
            label: name.clone(),
            about: format!("{project}{alias}"),
            href: routes::details(page.workspace_of(&scope, project), project, name),
            anew: true,
        }
    };
    Ok(page.rows.iter().map(entry).collect())
}

async fn projects(search: String) -> Result<Vec<Entry>, AppError> {
    let found = projects_menu(search, String::new()).await?.value;
    let entry = |Project { workspace, name, .. }: Project| Entry {
        href: routes::list(&workspace, &name),
        label: name,
        about: workspace,
        anew: false,
    };
    Ok(found.shown.into_iter().map(entry).collect())
}

/// The page's, by its address; elsewhere all that one may look into.
fn scope() -> Scope {
    let path = window().location().pathname().unwrap_or_default();
    let parts: Vec<_> = path.split('/').map(ToOwned::to_owned).collect();
    match parts.as_slice() {
        [_, workspace, clusters, _, projects, project, ..] if clusters == "clusters" && projects == "projects" => {
            Scope::Project { workspace: workspace.clone(), project: project.clone() }
        }
        [_, workspace, clusters, _, _] if clusters == "clusters" => Scope::Workspace { workspace: workspace.clone() },
        _ => Scope::Cluster,
    }
}
