//! The list: search, filter, sort, page (SPEC L2). State lives in the URL; this parses it, writes it and applies it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    account::{Account, Rights},
    live::Version,
    project::{NO_WORKSPACE, Project},
    role::{RoleRef, RoleState},
};

pub const PAGE_SIZES: [usize; 4] = [10, 20, 50, 100];

/// Whose accounts a list shows (SPEC L8).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    Project {
        workspace: String,
        project: String,
    },
    /// All projects of a workspace that the actor may look into.
    Workspace {
        workspace: String,
    },
    /// All projects that the actor may look into.
    Cluster,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    Name,
    Role,
    State,
    Pods,
    #[default]
    Created,
}

/// A column that can be hidden: all but the name (SPEC L1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Column {
    Role,
    Credentials,
    Pods,
    Created,
}

impl Column {
    pub const ALL: [Self; 4] = [Self::Role, Self::Credentials, Self::Pods, Self::Created];

    fn as_str(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Credentials => "credentials",
            Self::Pods => "pods",
            Self::Created => "created",
        }
    }
}

/// What a list page asks for. Defaults: all, newest first, ten rows, first page, every column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    pub search: String,
    /// Text form of the project role to show; empty: all.
    pub role: String,
    /// The state to show; `None`: all.
    pub state: Option<RoleState>,
    pub hidden: Vec<Column>,
    pub sort: Sort,
    pub descending: bool,
    /// From 1.
    pub page: usize,
    /// One of [`PAGE_SIZES`].
    pub size: usize,
}

impl Default for ListQuery {
    fn default() -> Self {
        let (search, role) = (String::new(), String::new());
        Self {
            search,
            role,
            state: None,
            hidden: Vec::new(),
            sort: Sort::Created,
            descending: true,
            page: 1,
            size: PAGE_SIZES[0],
        }
    }
}

impl Sort {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Name, "name"),
        (Self::Role, "role"),
        (Self::State, "state"),
        (Self::Pods, "pods"),
        (Self::Created, "created"),
    ];

    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(sort, _)| *sort == self).map_or("", |(_, text)| text)
    }

    /// Newest first, most pods first, else A to Z: what a first click on the column gives.
    pub fn descends_first(self) -> bool {
        matches!(self, Self::Created | Self::Pods)
    }
}

impl ListQuery {
    /// The keys that are the list's own. `role` is none of them: it names a dialog.
    pub const KEYS: [&str; 7] = ["q", "project-role", "state", "hide", "sort", "page", "size"];

    /// Reads the keys it knows ([`Self::KEYS`]); unknown keys and values mean the default.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut query = Self::default();
        for (key, value) in pairs {
            match key {
                "q" => query.search = value.into(),
                "project-role" => query.role = value.into(),
                "state" => query.state = RoleState::from_name(value),
                "hide" => {
                    let is_named = |column: &Column| value.split(',').any(|name| name == column.as_str());
                    query.hidden = Column::ALL.into_iter().filter(is_named).collect();
                }
                "sort" => {
                    let (name, descending) = value.strip_prefix('-').map_or((value, false), |name| (name, true));
                    if let Some((sort, _)) = Sort::ALL.iter().find(|(_, text)| *text == name) {
                        (query.sort, query.descending) = (*sort, descending);
                    }
                }
                "page" => query.page = value.parse().unwrap_or(1).max(1),
                "size" => {
                    query.size = value.parse().ok().filter(|size| PAGE_SIZES.contains(size)).unwrap_or(PAGE_SIZES[0]);
                }
                _ => {}
            }
        }
        query
    }

    /// The pairs that differ from the default, in a fixed order.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let default = Self::default();
        let mut pairs = Vec::new();
        if !self.search.is_empty() {
            pairs.push(("q", self.search.clone()));
        }
        if !self.role.is_empty() {
            pairs.push(("project-role", self.role.clone()));
        }
        if let Some(state) = self.state {
            pairs.push(("state", state.as_str().to_owned()));
        }
        if !self.hidden.is_empty() {
            let names: Vec<_> = self.hidden.iter().map(|column| column.as_str()).collect();
            pairs.push(("hide", names.join(",")));
        }
        if (self.sort, self.descending) != (default.sort, default.descending) {
            pairs.push(("sort", format!("{}{}", if self.descending { "-" } else { "" }, self.sort.as_str())));
        }
        if self.page != default.page {
            pairs.push(("page", self.page.to_string()));
        }
        if self.size != default.size {
            pairs.push(("size", self.size.to_string()));
        }
        pairs
    }

    /// The same list sorted by `sort`: the other way round when it is sorted by it already.
    pub fn sorted_by(&self, sort: Sort) -> Self {
        let descending = if self.sort == sort { !self.descending } else { sort.descends_first() };
        Self { sort, descending, page: 1, ..self.clone() }
    }

    pub fn on_page(&self, page: usize) -> Self {
        Self { page, ..self.clone() }
    }

    /// The same list with `column` hidden, or shown where it was.
    pub fn toggled(&self, column: Column) -> Self {
        let hides = !self.hides(column);
        let hidden = Column::ALL.into_iter().filter(|each| if *each == column { hides } else { self.hides(*each) });
        Self { hidden: hidden.collect(), ..self.clone() }
    }

    pub fn hides(&self, column: Column) -> bool {
        self.hidden.contains(&column)
    }

    /// What is looked for, and nothing of how it is shown.
    pub fn found(&self) -> Self {
        Self { search: self.search.clone(), role: self.role.clone(), state: self.state, ..Self::default() }
    }

    /// Whether some accounts are left out.
    pub fn filters(&self) -> bool {
        !self.search.trim().is_empty() || !self.role.is_empty() || self.state.is_some()
    }
}

/// An account in the list, with what only lists show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub account: Account,
    /// Pods that run as it and haven't ended; `None` where pods may not be read.
    pub pods: Option<usize>,
}

impl Row {
    /// How selections and addresses name it: `PROJECT/NAME`.
    pub fn pick(&self) -> String {
        format!("{}/{}", self.account.project, self.account.name)
    }

    /// Whether it can be picked to be deleted with others, as far as is known (SPEC L5, E4).
    pub fn selectable(&self, rights: Rights) -> bool {
        rights.delete != Some(false) && !self.account.federated && !self.account.deleting
    }
}

/// One page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The project, where the list is of one.
    pub project: Option<Project>,
    pub rows: Vec<Row>,
    /// How many match search and filters.
    pub matching: usize,
    /// How many there are.
    pub total: usize,
    /// The page that `rows` are: the last one, where the one asked for is beyond it.
    pub page: usize,
    pub pages: usize,
    /// Text forms of the roles that the accounts have: what the list can be filtered by.
    pub roles: Vec<String>,
    /// The workspaces of the projects of `rows`, where the list is of several workspaces.
    pub workspaces: BTreeMap<String, String>,
    /// What the actor may do in the projects of `rows`, and in [`Self::project`].
    pub rights: BTreeMap<String, Rights>,
    /// What a stream is told that the browser has.
    pub version: Version,
}

impl Scope {
    pub fn of(project: &Project) -> Self {
        Self::Project { workspace: project.workspace.clone(), project: project.name.clone() }
    }

    pub fn project(&self) -> Option<&str> {
        match self {
            Self::Project { project, .. } => Some(project),
            Self::Workspace { .. } | Self::Cluster => None,
        }
    }

    /// `None` where it is of several.
    pub fn workspace(&self) -> Option<&str> {
        match self {
            Self::Project { workspace, .. } | Self::Workspace { workspace } => Some(workspace),
            Self::Cluster => None,
        }
    }
}

impl Page {
    /// Says where the rows are: `projects` are those of `scope`, as the actor may see them.
    pub fn place(&mut self, scope: &Scope, projects: Vec<Project>) {
        match scope {
            Scope::Project { .. } => self.project = projects.into_iter().next(),
            Scope::Workspace { .. } => {}
            Scope::Cluster => {
                let shown = self.projects();
                let shown = projects.into_iter().filter(|project| shown.contains(project.name.as_str()));
                let shown: Vec<_> = shown.map(|project| (project.name, project.workspace)).collect();
                self.workspaces.extend(shown);
            }
        }
    }

    /// Of the rows.
    pub fn projects(&self) -> BTreeSet<&str> {
        self.rows.iter().map(|row| row.account.project.as_str()).collect()
    }

    /// The workspace of the project of a row of a list of `scope`.
    pub fn workspace_of<'a>(&'a self, scope: &'a Scope, project: &str) -> &'a str {
        scope.workspace().or_else(|| self.workspaces.get(project).map(String::as_str)).unwrap_or(NO_WORKSPACE)
    }

    /// Nothing is known of a project that isn't there: buttons stay, and the API server decides.
    pub fn rights_in(&self, project: &str) -> Rights {
        self.rights.get(project).copied().unwrap_or_default()
    }
}

/// The number of pages, and the one to show: a page beyond the last one is the last one.
pub fn place(query: &ListQuery, matching: usize) -> (usize, usize) {
    let pages = matching.div_ceil(query.size).max(1);
    (query.page.clamp(1, pages), pages)
}

/// What a search looks for, and in what: both in the same letters (SPEC L2).
pub fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// One page of `query`, by looking at all rows. Project and rights are left to the caller.
pub fn page(rows: Vec<Row>, query: &ListQuery) -> Page {
    let total = rows.len();
    let roles: BTreeSet<_> = rows.iter().filter_map(|row| row.account.role.shown()).map(ToString::to_string).collect();
    let rows = all(rows, query);
    let matching = rows.len();
    let (page, pages) = place(query, matching);
    let rows = rows.into_iter().skip((page - 1) * query.size).take(query.size).collect();
    Page { rows, matching, total, page, pages, roles: roles.into_iter().collect(), ..Page::default() }
}

/// The rows that `query` finds, in its order. Ties are broken by name, then by project.
pub fn all(mut rows: Vec<Row>, query: &ListQuery) -> Vec<Row> {
    if !query.role.is_empty() {
        rows.retain(|row| row.account.role.shown().is_some_and(|role| role.to_string() == query.role));
    }
    if let Some(state) = query.state {
        rows.retain(|row| row.account.role.state == state);
    }
    let needle = folded(&query.search);
    if !needle.is_empty() {
        rows.retain(|row| matches(&row.account, &needle));
    }
    rows.sort_by(|a, b| {
        let (x, y) = (&a.account, &b.account);
        let order = match query.sort {
            Sort::Name => x.name.cmp(&y.name),
            Sort::Role => role_order(x.role.shown()).cmp(&role_order(y.role.shown())),
            Sort::State => x.role.state.severity().cmp(&y.role.state.severity()),
            Sort::Pods => a.pods.cmp(&b.pods),
            Sort::Created => x.created.cmp(&y.created),
        };
        let order = if query.descending { order.reverse() } else { order };
        order.then_with(|| x.name.cmp(&y.name)).then_with(|| x.project.cmp(&y.project))
    });
    rows
}

fn matches(account: &Account, needle: &str) -> bool {
    [Some(&account.name), account.alias.as_ref(), account.description.as_ref()]
        .into_iter()
        .flatten()
        .any(|text| text.to_lowercase().contains(needle))
}

/// Accounts without a role come last, A to Z.
pub fn role_order(role: Option<&RoleRef>) -> (bool, Option<&str>) {
    (role.is_none(), role.map(|role| role.name.as_str()))
}

#[cfg(test)]
mod tests;
