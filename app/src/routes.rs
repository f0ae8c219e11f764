//! Every page's path, as KubeSphere's, so that links and tests share them.

use musterbook_core::{
    list::{ListQuery, Scope},
    percent::escape,
};

/// The one cluster's name in paths.
pub const CLUSTER: &str = "local";
pub const SIGN_IN: &str = "/sign-in";
pub const PROJECTS: &str = "/projects";
/// Streams of what changes.
pub const LIVE: &str = "/api/live";

pub fn projects(search: &str) -> String {
    with_query(PROJECTS, [("q", search.to_owned())].into_iter().filter(|(_, value)| !value.is_empty()))
}

pub fn list(workspace: &str, project: &str) -> String {
    format!("/{}/clusters/{CLUSTER}/projects/{}/serviceaccounts", escape(workspace), escape(project))
}

/// The list of all projects of a workspace that one may look into (SPEC L8).
pub fn workspace_list(workspace: &str) -> String {
    format!("/{}/clusters/{CLUSTER}/serviceaccounts", escape(workspace))
}

/// The list of all projects that one may look into.
pub fn cluster_list() -> String {
    format!("/clusters/{CLUSTER}/serviceaccounts")
}

pub fn list_of(scope: &Scope) -> String {
    match scope {
        Scope::Project { workspace, project } => list(workspace, project),
        Scope::Workspace { workspace } => workspace_list(workspace),
        Scope::Cluster => cluster_list(),
    }
}

pub fn details(workspace: &str, project: &str, account: &str) -> String {
    format!("{}/{}", list(workspace, project), escape(account))
}

/// The tab *Resource Status* of the details.
pub fn resource_status(workspace: &str, project: &str, account: &str) -> String {
    format!("{}/resource-status", details(workspace, project, account))
}

/// The YAML editor of an account: a page of its own, so that its code is loaded only there.
pub fn yaml(workspace: &str, project: &str, account: &str) -> String {
    format!("{}/yaml", details(workspace, project, account))
}

/// The stream that follows a list.
pub fn live_list(scope: &Scope, query: &ListQuery) -> String {
    let (workspace, project) = match scope {
        Scope::Project { workspace, project } => (workspace.as_str(), project.as_str()),
        Scope::Workspace { workspace } => (workspace.as_str(), ""),
        Scope::Cluster => ("", ""),
    };
    let within = [("workspace", workspace), ("project", project)].map(|(key, value)| (key, value.to_owned()));
    with_query(LIVE, within.into_iter().filter(|(_, value)| !value.is_empty()).chain(query.to_pairs()))
}

/// The stream that follows an account.
pub fn live_account(workspace: &str, project: &str, name: &str) -> String {
    let of = [("workspace", workspace), ("project", project), ("name", name)];
    with_query(LIVE, of.map(|(key, value)| (key, value.to_owned())))
}

/// The list's state in an address's query.
pub fn list_query(map: &leptos_router::params::ParamsMap) -> ListQuery {
    let pairs = ListQuery::KEYS.map(|key| (key, map.get(key).unwrap_or_default()));
    ListQuery::from_pairs(
        pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| (*key, value.as_str())),
    )
}

/// `path` with the list's state, and a dialog on top of it.
pub fn list_with(path: &str, query: &ListQuery, dialog: Option<(&'static str, &str)>) -> String {
    with_query(path, query.to_pairs().into_iter().chain(dialog.map(|(key, value)| (key, value.to_owned()))))
}

/// Says which project a dialog is about, where the page is of several.
pub const WITHIN: &str = "in";

/// The dialog that creates a copy of an account: two keys of an address, the second one names it.
pub const CLONE: &str = "create&from";

/// `address`, which may have a query already, with more in it.
pub fn with_more(address: &str, pairs: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let more = with_query("", pairs);
    if address.contains('?') { format!("{address}{}", more.replacen('?', "&", 1)) } else { format!("{address}{more}") }
}

/// As [`list_with`]; `within` is the project of the dialog's account, where the list is of several.
pub fn dialog(path: &str, query: &ListQuery, dialog: (&'static str, &str), within: Option<&str>) -> String {
    with_more(&list_with(path, query, Some(dialog)), within.map(|project| (WITHIN, project.to_owned())))
}

pub fn with_query(path: &str, pairs: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let query: Vec<_> = pairs
        .into_iter()
        .map(|(key, value)| if value.is_empty() { key.to_owned() } else { format!("{key}={}", escape(&value)) })
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_kubespheres_and_escaped() {
        assert_eq!(details("w", "p", "a"), "/w/clusters/local/projects/p/serviceaccounts/a");
        assert_eq!(list_of(&Scope::Workspace { workspace: "w".into() }), "/w/clusters/local/serviceaccounts");
        assert_eq!(list_of(&Scope::Cluster), "/clusters/local/serviceaccounts");
        assert_eq!(list("-", "a b/ü"), "/-/clusters/local/projects/a%20b%2F%C3%BC/serviceaccounts");
    }

    #[test]
    fn a_dialog_keeps_the_lists_state() {
        let query = ListQuery { search: "a&b".into(), page: 2, ..Default::default() };
        assert_eq!(list_with("/x", &query, Some(("edit", "ci"))), "/x?q=a%26b&page=2&edit=ci");
        assert_eq!(list_with("/x", &ListQuery::default(), Some(("create", ""))), "/x?create");
        assert_eq!(dialog("/x", &query, ("edit", "ci"), Some("p")), "/x?q=a%26b&page=2&edit=ci&in=p");
    }
}
