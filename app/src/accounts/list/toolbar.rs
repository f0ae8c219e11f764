//! Search, filters and columns (SPEC L1, L2). A plain GET form: it works without scripts, and the router takes it over
//! with them.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use musterbook_core::{
    list::{Column, ListQuery, Sort},
    role::RoleState,
};
use wasm_bindgen::JsCast;

use crate::{
    accounts::list::board::Board,
    lang::{Locale, use_locale},
    roles::state_text,
    routes, text,
    ui::{Icon, IconName, Menu, part},
};

#[component]
pub fn Toolbar(query: ListQuery, board: Board, path: String, refresh: Callback<()>) -> impl IntoView {
    let locale = use_locale();
    // What the fields don't say goes along.
    let kept = ListQuery { search: String::new(), role: String::new(), state: None, page: 1, ..query.clone() };
    let chosen = query.role.clone();
    let role_options = part(move || {
        let mut roles = board.with(|board| board.page.roles.clone());
        // A role that nobody has any longer may still be in the address.
        if !chosen.is_empty() && !roles.contains(&chosen) {
            roles.push(chosen.clone());
        }
        let option = |role: String| {
            let selected = role == chosen;
            let name = role.strip_prefix("Role/").unwrap_or(&role).replace('/', " ");
            view! {
                <option value=role selected=selected>
                    {name}
                </option>
            }
        };
        roles.into_iter().map(option).collect_view().into_any()
    });
    let state_options = RoleState::ALL
        .map(|state| {
            view! {
                <option value=state.as_str() selected=query.state == Some(state)>
                    {state_text(locale, state)}
                </option>
            }
        })
        .collect_view();
    let search = {
        let (navigate, query, path) = (use_navigate(), query.clone(), path.clone());
        move |event: leptos::ev::SubmitEvent| {
            if let Some(asked) = asked(&event, &query) {
                event.prevent_default();
                navigate(&routes::list_with(&path, &asked, None), NavigateOptions::default());
            }
        }
    };
    let columns = view! { <Columns query=query.clone() path=path.clone()/> };
    let export = view! { <Export query=query.clone() path=path.clone()/> };
    let chips = view! { <Chips query=query.clone() path=path.clone()/> };
    view! {
        <form method="get" action=path.clone() class="toolbar" role="search" on:submit=search>
            {kept
                .to_pairs()
                .into_iter()
                .map(|(key, value)| view! { <input type="hidden" name=key value=value/> })
                .collect_view()}
            <span class="input grow">
                <Icon name=IconName::Search/>
                <input
                    type="search"
                    name="q"
                    value=query.search.clone()
                    aria-label=text!(locale, list.search)
                    placeholder=text!(locale, list.search)
                />
            </span>
            <select name="project-role" class="filter" aria-label=text!(locale, list.role) on:change:target=submit>
                <option value="">{text!(locale, list.every_role)}</option>
                {role_options}
            </select>
            <select name="state" class="filter" aria-label=text!(locale, list.state) on:change:target=submit>
                <option value="">{text!(locale, list.every_state)}</option>
                {state_options}
            </select>
            <button class="button">{text!(locale, list.submit)}</button>
            <span class="end toolbar-end">
                {export}
                {columns}
                <button
                    type="button"
                    class="button quiet needs-script"
                    aria-label=text!(locale, refresh)
                    on:click=move |_| refresh.run(())
                >
                    <Icon name=IconName::Refresh/>
                </button>
            </span>
        </form>
        {chips}
    }
}

/// What the form asks for; the router's own form would leave empty fields in the address.
fn asked(event: &leptos::ev::SubmitEvent, query: &ListQuery) -> Option<ListQuery> {
    let form = event.target()?.dyn_into().ok()?;
    let fields = web_sys::FormData::new_with_form(&form).ok()?;
    let field = |name: &str| fields.get(name).as_string().unwrap_or_default();
    let state = RoleState::from_name(&field("state"));
    Some(ListQuery { search: field("q"), role: field("project-role"), state, page: 1, ..query.clone() })
}

/// With scripts a choice is applied at once.
fn submit(event: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlSelectElement>) {
    if let Some(form) = event.target().form()
        && let Err(error) = form.request_submit()
    {
        leptos::logging::error!("{error:?}");
    }
}

/// Which columns are shown, and in which order: a column that is hidden has no header to click.
#[component]
fn Columns(query: ListQuery, path: String) -> impl IntoView {
    let locale = use_locale();
    let toggles = Column::ALL
        .map(|column| {
            let (name, hidden) = (column_text(locale, column), query.hides(column));
            let label = if hidden {
                text!(locale, list.show, column = &name)
            } else {
                text!(locale, list.hide, column = &name)
            };
            view! { <a href=routes::list_with(&path, &query.toggled(column), None)>{label}</a> }
        })
        .collect_view();
    let sorts = [
        (Sort::Name, text!(locale, list.name)),
        (Sort::Role, column_text(locale, Column::Role)),
        (Sort::State, text!(locale, list.state)),
        (Sort::Pods, column_text(locale, Column::Pods)),
        (Sort::Created, column_text(locale, Column::Created)),
    ];
    let sorts = sorts
        .map(|(sort, name)| {
            let href = routes::list_with(&path, &query.sorted_by(sort), None);
            let current = (query.sort == sort).then_some("true");
            view! {
                <a href=href aria-current=current>
                    {text!(locale, list.sort_by, column = &name)}
                </a>
            }
        })
        .collect_view();
    view! {
        <Menu
            id="columns"
            class="quiet"
            trigger=ViewFn::from(move || {
                view! {
                    <span class="hide-narrow">{text!(locale, list.columns)}</span>
                    <span class="only-narrow">{text!(locale, list.sort)}</span>
                }
            })
        >
            <div class="hide-narrow parted">{toggles}</div>
            {sorts}
        </Menu>
    }
}

/// Everything that search and filters find, whatever the page (SPEC L7).
#[component]
fn Export(query: ListQuery, path: String) -> impl IntoView {
    let locale = use_locale();
    let query = ListQuery { sort: query.sort, descending: query.descending, ..query.found() };
    let [csv, yaml] = ["csv", "yaml"].map(|kind| routes::list_with(&format!("{path}/export.{kind}"), &query, None));
    view! {
        <Menu id="export" class="quiet hide-narrow" trigger=ViewFn::from(move || text!(locale, list.export))>
            <a href=csv rel="external" download>
                {text!(locale, list.export_csv)}
            </a>
            <a href=yaml rel="external" download>
                {text!(locale, list.export_yaml)}
            </a>
        </Menu>
    }
}

fn column_text(locale: Locale, column: Column) -> String {
    match column {
        Column::Role => text!(locale, list.role),
        Column::Credentials => text!(locale, list.credentials),
        Column::Pods => text!(locale, list.pods),
        Column::Created => text!(locale, list.created),
    }
}

/// What leaves accounts out, each with the way to take it away.
#[component]
fn Chips(query: ListQuery, path: String) -> impl IntoView {
    let locale = use_locale();
    let base = ListQuery { page: 1, ..query.clone() };
    let chip = |shown: String, without: ListQuery| {
        let label = text!(locale, list.remove_filter, filter = &shown);
        view! {
            <a class="badge chip" href=routes::list_with(&path, &without, None) title=label>
                {shown}
                <span aria-hidden="true">"×"</span>
            </a>
        }
    };
    let role = (!query.role.is_empty()).then(|| {
        let name = query.role.strip_prefix("Role/").unwrap_or(&query.role).replace('/', " ");
        chip(name, ListQuery { role: String::new(), ..base.clone() })
    });
    let state = query.state.map(|state| chip(state_text(locale, state), ListQuery { state: None, ..base.clone() }));
    (role.is_some() || state.is_some()).then(|| view! { <p class="chips">{role} {state}</p> })
}
