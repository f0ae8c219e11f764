//! The list: search, filter, sort, page (SPEC L2). State lives in the URL; this parses it, writes it and applies it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    account::{Account, Rights},
    live::Version,
    project::Project,
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
    /// What the actor may do in the projects of `rows`, and in [`Self::project`].
    pub rights: BTreeMap<String, Rights>,
    /// What a stream is told that the browser has.
    pub version: Version,
}

impl Scope {
    pub fn project(&self) -> Option<&str> {
        match self {
            Self::Project { project, .. } => Some(project),
            Self::Workspace { .. } | Self::Cluster => None,
        }
    }
}

impl Page {
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
mod tests {
    use crate::time::Timestamp;

    use super::*;
    use crate::role::AccountRole;

    fn row(name: &str, alias: &str, second: i64) -> Row {
        let account = Account {
            project: "p".into(),
            name: name.into(),
            uid: name.into(),
            resource_version: "1".into(),
            alias: Some(alias.into()),
            description: None,
            creator: None,
            created: Timestamp::from_second(second),
            role: AccountRole { wish: None, bindings: vec![], state: RoleState::None },
            deleting: false,
            federated: false,
            managed_by: None,
        };
        Row { account, pods: Some(0) }
    }

    fn names(page: &Page) -> Vec<&str> {
        page.rows.iter().map(|row| row.account.name.as_str()).collect()
    }

    fn query(pairs: &[(&str, &str)]) -> ListQuery {
        ListQuery::from_pairs(pairs.iter().copied())
    }

    #[test]
    fn l2_search_ignores_case_in_name_alias_and_description() {
        let mut described = row("c", "", 3);
        described.account.description = Some("Nightly BACKUP".into());
        let all = vec![row("backup-a", "", 1), row("b", "BackUp bot", 2), described, row("d", "", 4)];
        let page = page(all, &query(&[("q", "backup"), ("sort", "name")]));
        assert_eq!((names(&page), page.matching, page.total), (vec!["b", "backup-a", "c"], 3, 4));
    }

    #[test]
    fn l2_newest_first_and_ties_by_name() {
        let all = vec![row("b", "", 1), row("a", "", 1), row("c", "", 2)];
        assert_eq!(names(&page(all, &ListQuery::default())), ["c", "a", "b"]);
    }

    #[test]
    fn l2_sorts_by_role_with_the_unbound_last() {
        let with = |name: &str, role: &str| {
            let mut row = row(name, "", 1);
            row.account.role.wish = Some(RoleRef::role(role));
            row
        };
        let all = vec![row("none", "", 1), with("v", "viewer"), with("a", "admin")];
        assert_eq!(names(&page(all, &query(&[("sort", "role")]))), ["a", "v", "none"]);
    }

    #[test]
    fn l2_filters_by_role_and_by_state_and_says_which_roles_there_are() {
        let with = |name: &str, role: &str, state: RoleState| {
            let mut row = row(name, "", 1);
            row.account.role = AccountRole { wish: Some(RoleRef::role(role)), bindings: vec![], state };
            row
        };
        let all = || {
            vec![
                with("a", "viewer", RoleState::Bound),
                with("b", "viewer", RoleState::NotBound),
                with("c", "admin", RoleState::Bound),
                row("d", "", 1),
            ]
        };
        let shown = |pairs: &[(&str, &str)]| {
            let page = page(all(), &query(pairs));
            (names(&page).join(" "), page.roles.join(" "), page.total)
        };
        let roles = "Role/admin Role/viewer".to_owned();
        assert_eq!(shown(&[("project-role", "Role/viewer")]), ("a b".into(), roles.clone(), 4));
        assert_eq!(shown(&[("state", "bound")]), ("a c".into(), roles.clone(), 4));
        assert_eq!(shown(&[("project-role", "Role/viewer"), ("state", "not-bound")]), ("b".into(), roles.clone(), 4));
        assert_eq!(shown(&[("state", "none")]), ("d".into(), roles, 4));
    }

    #[test]
    fn l1_every_column_but_the_name_can_be_hidden_and_shown_again() {
        let hidden = query(&[("hide", "created,name,role")]);
        assert_eq!(hidden.hidden, [Column::Role, Column::Created]);
        assert_eq!(hidden.toggled(Column::Role).hidden, [Column::Created]);
        assert_eq!(hidden.toggled(Column::Role).toggled(Column::Role), hidden);
    }

    #[test]
    fn l2_sorts_by_pods_most_first_and_unknown_last() {
        let with = |name: &str, pods| Row { pods, ..row(name, "", 1) };
        let all = vec![with("hidden", None), with("a", Some(0)), with("b", Some(12))];
        assert_eq!(names(&page(all, &ListQuery::default().sorted_by(Sort::Pods))), ["b", "a", "hidden"]);
    }

    #[test]
    fn a_page_beyond_the_last_is_the_last() {
        let all: Vec<_> = (0..25).map(|i| row(&format!("a{i:02}"), "", i)).collect();
        let page = page(all, &query(&[("page", "9"), ("sort", "name")]));
        assert_eq!((page.page, page.pages, page.rows.len()), (3, 3, 5));
    }

    #[test]
    fn l2_the_url_round_trips_and_unknown_keys_are_ignored() {
        let query = query(&[
            ("q", "a b"),
            ("project-role", "Role/x"),
            ("state", "bound"),
            ("hide", "created"),
            ("sort", "-name"),
            ("page", "2"),
            ("size", "50"),
            ("theme", "x"),
            ("size", "7x"),
        ]);
        assert_eq!(query.size, 10);
        let pairs = query.to_pairs();
        assert_eq!(ListQuery::from_pairs(pairs.iter().map(|(key, value)| (*key, value.as_str()))), query);
        assert_eq!(ListQuery::default().to_pairs(), vec![]);
    }
}
