//! The table: a row for each account, its menu, sortable headers.

use std::sync::Arc;

use leptos::{prelude::*, reactive::wrappers::read::ArcSignal};
use musterbook_core::{
    account::{Account, DEFAULT, Rights},
    list::{Column, ListQuery, Row as ListRow, Sort},
};

use crate::{
    accounts::list::board::{Board, Drawn, Line},
    lang::use_locale,
    roles::RoleBadge,
    routes, text,
    ui::{Ago, Draw, Icon, IconName, Menu, parts},
};

#[component]
pub fn Table(board: Board, query: ListQuery, workspace: String, project: String) -> impl IntoView {
    let locale = use_locale();
    let empty = ArcSignal::derive(move || board.with(|board| board.lines.is_empty()));
    let path = routes::list(&workspace, &project);
    let header = |sort: Sort, label: String, class: &'static str| {
        let sorted = (query.sort == sort).then_some(if query.descending { "descending" } else { "ascending" });
        let arrow = (query.sort == sort).then_some(if query.descending { " ↓" } else { " ↑" });
        let href = routes::list_with(&path, &query.sorted_by(sort), None);
        view! {
            <th scope="col" aria-sort=sorted class=class>
                <a href=href title=text!(locale, list.sort_by, column = &label)>
                    {label.clone()}
                    <span aria-hidden="true">{arrow}</span>
                </a>
            </th>
        }
    };
    let actions = text!(locale, actions);
    let common = (query.clone(), workspace, path.clone());
    let rows = parts(move || {
        let draw = |line: Line| {
            let common = common.clone();
            let draw: Draw = Arc::new(move || {
                let Drawn { row: ListRow { account, .. }, rights } = line.drawn.get();
                let (query, workspace, path) = common.clone();
                view! { <Row account rights query workspace path/> }.into_any()
            });
            draw
        };
        board.with(|board| board.lines.iter().map(|line| (line.id, draw(line.clone()))).collect())
    });
    view! {
        <table hidden=empty>
            <caption class="visually-hidden">{text!(locale, list.caption, project = &project)}</caption>
            <thead>
                <tr>
                    {header(Sort::Name, text!(locale, list.name), "")}
                    {(!query.hides(Column::Role)).then(|| header(Sort::Role, text!(locale, list.role), ""))}
                    {(!query.hides(Column::Created))
                        .then(|| header(Sort::Created, text!(locale, list.created), "hide-narrow"))}
                    <th>
                        <span class="visually-hidden">{actions}</span>
                    </th>
                </tr>
            </thead>
            <tbody class:settled=board.settled()>
                {rows}
            </tbody>
        </table>
    }
}

#[component]
fn Row(account: Account, rights: Rights, query: ListQuery, workspace: String, path: String) -> impl IntoView {
    let locale = use_locale();
    let name = account.name.clone();
    // The list's state goes along, so that the way back leads here.
    let details = routes::list_with(&routes::details(&workspace, &account.project, &name), &query, None);
    let description =
        account.description.clone().or_else(|| (name == DEFAULT).then(|| text!(locale, list.default_note)));
    view! {
        <tr>
            <td class="name">
                <a href=details rel="external">
                    {name.clone()}
                </a>
                " "
                <span class="muted">{account.alias.clone()}</span>
                <AccountNotes account=account.clone()/>
                <small>{description.unwrap_or_else(|| "-".into())}</small>
            </td>
            {(!query.hides(Column::Role))
                .then(|| {
                    view! {
                        <td>
                            <RoleBadge role=account.role.clone()/>
                        </td>
                    }
                })}
            {(!query.hides(Column::Created))
                .then(|| {
                    view! {
                        <td class="muted hide-narrow">
                            <Ago at=account.created/>
                        </td>
                    }
                })}
            <td class="row-menu">
                <RowMenu account rights query workspace path/>
            </td>
        </tr>
    }
}

/// Badges for what keeps an account from being edited as usual.
#[component]
pub fn AccountNotes(account: Account) -> impl IntoView {
    let locale = use_locale();
    let managed = account.managed_by.as_ref().map(|manager| text!(locale, list.managed_by, manager = manager));
    let notes = [
        account.deleting.then(|| text!(locale, list.being_deleted)),
        account.federated.then(|| text!(locale, list.federated)),
        managed,
    ];
    notes.into_iter().flatten().map(|note| view! { <span class="badge note">{note}</span> }).collect_view()
}

/// What may be done with an account, as links that open its dialogs. Nothing is offered that a review denied (SPEC A7).
#[component]
fn RowMenu(account: Account, rights: Rights, query: ListQuery, workspace: String, path: String) -> impl IntoView {
    let locale = use_locale();
    let offered = |right: Option<bool>| right != Some(false);
    let role = offered(rights.patch) && offered(rights.bind);
    let any = offered(rights.patch) || offered(rights.update) || offered(rights.delete);
    if account.federated || !any {
        return ().into_any();
    }
    let name = account.name.clone();
    let [edit, role_href, delete] =
        ["edit", "role", "delete"].map(|key| routes::list_with(&path, &query, Some((key, &name))));
    let yaml = routes::list_with(&routes::yaml(&workspace, &account.project, &name), &query, None);
    view! {
        <Menu
            id=format!("row-{}.{name}", account.project)
            class="quiet"
            label=text!(locale, list.more, name = &account.name)
            trigger=ViewFn::from(|| view! { <Icon name=IconName::More/> })
        >
            {offered(rights.patch)
                .then(|| {
                    view! {
                        <a href=edit>
                            <Icon name=IconName::Edit/>
                            {text!(locale, list.edit_information)}
                        </a>
                    }
                })}
            {offered(rights.update)
                .then(|| {
                    view! {
                        <a href=yaml rel="external">
                            <Icon name=IconName::Yaml/>
                            {text!(locale, list.edit_yaml)}
                        </a>
                    }
                })}
            {role
                .then(|| {
                    view! {
                        <a href=role_href>
                            <Icon name=IconName::Swap/>
                            {text!(locale, list.change_role)}
                        </a>
                    }
                })}
            {offered(rights.delete)
                .then(|| {
                    view! {
                        <a href=delete class="danger">
                            <Icon name=IconName::Trash/>
                            {text!(locale, list.delete)}
                        </a>
                    }
                })}
        </Menu>
    }
    .into_any()
}
