//! Projects (namespaces) and the workspaces they belong to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The workspace of a namespace without the label.
pub const NO_WORKSPACE: &str = "-";
/// A namespace's workspace (SPEC section 1).
pub const WORKSPACE_LABEL: &str = "kubesphere.io/workspace";

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Project {
    pub workspace: String,
    pub name: String,
    pub alias: Option<String>,
    pub description: Option<String>,
    pub deleting: bool,
}

/// The first of the projects that a search found, and how many it found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Projects {
    pub shown: Vec<Project>,
    pub matching: usize,
}

/// A workspace of the projects that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    pub name: String,
    /// How many of its projects are the actor's.
    pub projects: usize,
}

/// As [`Projects`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspaces {
    pub shown: Vec<Workspace>,
    pub matching: usize,
}

impl Projects {
    /// The first `limit` of `projects`.
    pub fn first(mut projects: Vec<Project>, limit: usize) -> Self {
        let matching = projects.len();
        projects.truncate(limit);
        Self { shown: projects, matching }
    }
}

impl Workspaces {
    /// The first `limit` workspaces of `projects` whose name contains `search`, ignoring case, by name.
    pub fn of(projects: &[Project], search: &str, limit: usize) -> Self {
        let search = search.trim().to_lowercase();
        let mut counts = BTreeMap::new();
        for project in projects.iter().filter(|project| project.workspace.to_lowercase().contains(&search)) {
            *counts.entry(project.workspace.as_str()).or_default() += 1;
        }
        let shown =
            counts.iter().take(limit).map(|(name, projects)| Workspace { name: (*name).into(), projects: *projects });
        Self { shown: shown.collect(), matching: counts.len() }
    }
}

impl Project {
    /// Name, alias or workspace contain `query`, ignoring case.
    pub fn matches(&self, query: &str) -> bool {
        let query = query.trim().to_lowercase();
        [Some(&self.name), self.alias.as_ref(), Some(&self.workspace)]
            .into_iter()
            .flatten()
            .any(|text| text.to_lowercase().contains(&query))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(workspace: &str, name: &str) -> Project {
        let (workspace, name) = (workspace.into(), name.into());
        Project { workspace, name, alias: None, description: None, deleting: false }
    }

    #[test]
    fn s3_of_many_projects_a_few_are_answered_and_all_are_counted() {
        let many: Vec<_> = (0..10_000).map(|n| project("w", &format!("p{n:05}"))).collect();
        let found = Projects::first(many, 20);
        assert_eq!((found.shown.len(), found.matching), (20, 10_000));
        assert_eq!(found.shown[19].name, "p00019");
    }

    #[test]
    fn s3_each_workspace_is_named_once() {
        let projects = [project("-", "x"), project("Shop", "a"), project("Shop", "b"), project("workshop", "c")];
        let found = |search, limit| {
            let found = Workspaces::of(&projects, search, limit);
            let shown: Vec<_> = found.shown.iter().map(|one| format!("{} {}", one.name, one.projects)).collect();
            (shown.join(", "), found.matching)
        };
        assert_eq!(found("", 9), ("- 1, Shop 2, workshop 1".into(), 3));
        assert_eq!(found("shop", 1), ("Shop 2".into(), 2));
        // A project's name doesn't make its workspace match.
        assert_eq!(found("x", 9), (String::new(), 0));
    }
}
