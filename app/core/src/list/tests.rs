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
        cloud: None,
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
fn l8_a_list_of_several_workspaces_names_those_of_its_rows() {
    let project = |workspace: &str, name: &str| Project {
        workspace: workspace.into(),
        name: name.into(),
        alias: None,
        description: None,
        deleting: false,
    };
    let placed = |scope: &Scope| {
        let mut page = Page { rows: vec![row("a", "", 1)], ..Page::default() };
        page.place(scope, vec![project("w", "p"), project("w", "of no row")]);
        (page.workspace_of(scope, "p").to_owned(), page.workspaces.len(), page.project.map(|project| project.name))
    };
    let (workspace, name) = (|| "v".to_owned(), || "p".to_owned());
    assert_eq!(placed(&Scope::Cluster), ("w".into(), 1, None));
    assert_eq!(placed(&Scope::Workspace { workspace: workspace() }), ("v".into(), 0, None));
    let one = Scope::Project { workspace: workspace(), project: name() };
    assert_eq!(placed(&one), ("v".into(), 0, Some("p".into())));
}

#[test]
fn l5_only_what_may_be_deleted_can_be_selected() {
    let may = |delete| Rights { delete, ..Rights::default() };
    assert!(row("a", "", 1).selectable(may(Some(true))));
    // A review that failed: the API server decides.
    assert!(row("a", "", 1).selectable(may(None)));
    assert!(!row("a", "", 1).selectable(may(Some(false))));
    let mut federated = row("a", "", 1);
    federated.account.federated = true;
    assert!(!federated.selectable(may(Some(true))));
    let mut going = row("a", "", 1);
    going.account.deleting = true;
    assert!(!going.selectable(may(Some(true))));
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
