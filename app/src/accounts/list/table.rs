//! The table: a row for each account, its menu, sortable headers.

use std::sync::Arc;

use leptos::{prelude::*, reactive::wrappers::read::ArcSignal};
use musterbook_core::{
    account::{Account, DEFAULT, Rights},
    cloud::providers,
    list::{Column, Row as ListRow, Sort},
};

use crate::{
    accounts::list::{
        board::{Board, Drawn, Line},
        credentials::{Credentials, CredentialsCell, Unreadable},
        selection::{PickCell, PickPage, Selection},
        shown::Shown,
    },
    lang::{number, use_locale},
    roles::RoleBadge,
    routes, text,
    ui::{Ago, Draw, Icon, IconName, Menu, effect, parts},
};

#[component]
pub fn Table(board: Board, shown: Shown) -> impl IntoView {
    let locale = use_locale();
    let query = shown.query().clone();
    let empty = ArcSignal::derive(move || !board.loading().get() && board.with(|board| board.lines.is_empty()));
    let header = |sort: Sort, label: String, class: &'static str| {
        let sorted = (query.sort == sort).then_some(if query.descending { "descending" } else { "ascending" });
        let arrow = (query.sort == sort).then_some(if query.descending { " ↓" } else { " ↑" });
        let href = routes::list_with(shown.path(), &query.sorted_by(sort), None);
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
    let shows = |column| !query.hides(column);
    if shows(Column::Credentials)
        && let Some(credentials) = use_context::<Credentials>()
    {
        effect(move || board.with(|board| credentials.ask(&board.page.rows)));
    }
    if let Some(selection) = use_context::<Selection>() {
        effect(move || board.with(|board| selection.shows(&board.page)));
    }
    let picks = shown.offers_delete();
    let common = shown.clone();
    let rows = parts(move || {
        let draw = |line: Line| {
            let shown = common.clone();
            let draw: Draw = Arc::new(move || {
                let Drawn { row, rights } = line.drawn.get();
                view! { <Row row rights picks shown=shown.clone()/> }.into_any()
            });
            draw
        };
        board.with(|board| board.lines.iter().map(|line| (line.id, draw(line.clone()))).collect())
    });
    view! {
        <table hidden=empty>
            <caption class="visually-hidden">{shown.caption(locale)}</caption>
            <thead>
                <tr>
                    {picks.then(|| view! { <PickPage/> })}
                    {header(Sort::Name, text!(locale, list.name), "")}
                    {shown.is_wide().then(|| view! { <th scope="col" class="hide-narrow">{text!(locale, nav.project)}</th> })}
                    {shows(Column::Role).then(|| header(Sort::Role, text!(locale, list.role), "roles"))}
                    {shows(Column::Credentials)
                        .then(|| {
                            view! {
                                <th scope="col" class="credentials hide-narrow">
                                    {text!(locale, list.credentials)}
                                </th>
                            }
                        })}
                    {shows(Column::Pods).then(|| header(Sort::Pods, text!(locale, list.pods), "hide-narrow"))}
                    {shows(Column::Created).then(|| header(Sort::Created, text!(locale, list.created), "hide-narrow"))}
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
fn Row(row: ListRow, rights: Rights, picks: bool, shown: Shown) -> impl IntoView {
    let locale = use_locale();
    let pick = picks.then(|| view! { <PickCell row=row.clone() rights/> });
    let ListRow { account, pods } = row;
    let (name, project, query) = (account.name.clone(), account.project.clone(), shown.query().clone());
    let workspace = shown.workspace_of(&project);
    // The list's state goes along, so that the way back leads here.
    let details = routes::list_with(&routes::details(&workspace, &project, &name), &query, None);
    let status = routes::list_with(&routes::resource_status(&workspace, &project, &name), &query, None);
    let description =
        account.description.clone().or_else(|| (name == DEFAULT).then(|| text!(locale, list.default_note)));
    let shows = |column| !query.hides(column);
    view! {
        <tr>
            {pick}
            <td class="name">
                <a href=details rel="external">
                    {name.clone()}
                </a>
                " "
                <bdi class="muted">{account.alias.clone()}</bdi>
                <AccountNotes account=account.clone()/>
                <small>
                    <bdi>{description.unwrap_or_else(|| "-".into())}</bdi>
                </small>
                {shown.is_wide().then(|| view! { <small class="only-narrow">{project.clone()}</small> })}
            </td>
            {shown
                .is_wide()
                .then(|| {
                    view! {
                        <td class="hide-narrow">
                            <a href=routes::list(&workspace, &project)>{project.clone()}</a>
                        </td>
                    }
                })}
            {shows(Column::Role)
                .then(|| {
                    view! {
                        <td>
                            <RoleBadge role=account.role.clone()/>
                        </td>
                    }
                })}
            {shows(Column::Credentials).then(|| view! { <CredentialsCell account=account.clone() href=status/> })}
            {shows(Column::Pods)
                .then(|| {
                    let number = match pods {
                        Some(0) => view! { <span class="muted">"0"</span> }.into_any(),
                        Some(pods) => number(pods).into_any(),
                        None => view! { <Unreadable why=shown.why_no_pods(locale, &project)/> }.into_any(),
                    };
                    view! { <td class="num hide-narrow">{number}</td> }
                })}
            {shows(Column::Created)
                .then(|| {
                    view! {
                        <td class="muted hide-narrow">
                            <Ago at=account.created/>
                        </td>
                    }
                })}
            <td class="row-menu">
                <RowMenu account rights shown/>
            </td>
        </tr>
    }
}

/// Badges for what keeps an account from being edited as usual.
#[component]
pub fn AccountNotes(account: Account) -> impl IntoView {
    let locale = use_locale();
    let managed = account.managed_by.as_ref().map(|manager| text!(locale, list.managed_by, manager = manager));
    let mut notes = Vec::new();
    notes.extend(account.deleting.then(|| text!(locale, list.being_deleted)));
    notes.extend(account.federated.then(|| text!(locale, list.federated)));
    notes.extend(managed);
    for provider in account.cloud.as_deref().map(providers).into_iter().flatten() {
        notes.push(format!("{provider} {}", text!(locale, list.cloud)));
    }
    notes.into_iter().map(|note| view! { <span class="badge note">{note}</span> }).collect_view()
}

/// What may be done with an account, as links that open its dialogs. Nothing is offered that a review denied (SPEC A7).
#[component]
fn RowMenu(account: Account, rights: Rights, shown: Shown) -> impl IntoView {
    let locale = use_locale();
    let offered = |right: Option<bool>| right != Some(false);
    let role = offered(rights.patch) && offered(rights.bind);
    let clone = offered(rights.create);
    let any = clone || offered(rights.patch) || offered(rights.update) || offered(rights.delete);
    if account.federated || !any {
        return ().into_any();
    }
    let (name, project) = (account.name.clone(), account.project.clone());
    let yaml = routes::yaml(&shown.workspace_of(&project), &project, &name);
    let yaml = routes::list_with(&yaml, shown.query(), None);
    let [edit, settings, role_href, copy, delete] =
        ["edit", "settings", "role", routes::CLONE, "delete"].map(|key| shown.dialog(key, &account));
    let edits = offered(rights.patch);
    view! {
        <Menu
            id=format!("row-{}.{name}", account.project)
            class="quiet"
            label=text!(locale, list.more, name = &account.name)
            trigger=ViewFn::from(|| view! { <Icon name=IconName::More/> })
        >
            {item(edits, edit, IconName::Edit, text!(locale, list.edit_information))}
            {item(edits, settings, IconName::Tag, text!(locale, list.edit_settings))}
            {offered(rights.update)
                .then(|| {
                    view! {
                        <a href=yaml rel="external">
                            <Icon name=IconName::Yaml/>
                            {text!(locale, list.edit_yaml)}
                        </a>
                    }
                })}
            {item(role, role_href, IconName::Swap, text!(locale, list.change_role))}
            {item(clone, copy, IconName::Copy, text!(locale, list.clone))}
            {offered(rights.delete).then(|| view! { <DeleteItem href=delete deleting=account.deleting/> })}
        </Menu>
    }
    .into_any()
}

/// Of a menu. What is being deleted can't be deleted again, which is said (SPEC A7).
#[component]
pub fn DeleteItem(href: String, deleting: bool) -> impl IntoView {
    let locale = use_locale();
    let why = deleting.then(|| view! { <small>{text!(locale, list.being_deleted)}</small> });
    view! {
        <a
            href=(!deleting).then_some(href)
            role=deleting.then_some("link")
            aria-disabled=deleting.then_some("true")
            class="danger"
        >
            <Icon name=IconName::Trash/>
            {text!(locale, list.delete)}
            {why}
        </a>
    }
}

fn item(offered: bool, href: String, icon: IconName, label: String) -> Option<impl IntoView> {
    offered.then(|| {
        view! {
            <a href=href>
                <Icon name=icon/>
                {label}
            </a>
        }
    })
}
