//! The list page: toolbar, table or the state that takes its place, footer, and the dialogs that its address names.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use musterbook_core::{
    Answer, AppError,
    list::{ListQuery, Page, Scope},
};

use crate::{
    accounts::{
        api::list_accounts,
        dialogs::{Dialogs, Place},
        list::{
            credentials::Credentials,
            footer::Footer,
            selection::{Selection, SelectionBar},
            shown::Shown,
            table::Table,
            toolbar::Toolbar,
        },
    },
    lang::use_locale,
    layout::{ErrorPanel, Frame, MissingNotes},
    routes, text,
    ui::{Icon, IconName},
};

/// Documentation of what a service account is.
const LEARN_MORE: &str = "https://kubernetes.io/docs/concepts/security/service-accounts/";

#[component]
pub fn ListPage() -> impl IntoView {
    let locale = use_locale();
    let (params, query_map) = (use_params_map(), use_query_map());
    let scope = Memo::new(move |_| {
        let params = params.read();
        match (params.get("workspace"), params.get("project")) {
            (Some(workspace), Some(project)) => Scope::Project { workspace, project },
            (Some(workspace), None) => Scope::Workspace { workspace },
            (None, _) => Scope::Cluster,
        }
    });
    let query = Memo::new(move |_| routes::list_query(&query_map.read()));
    // Raised by whatever changes an account on this page.
    let changes = RwSignal::new(0_u32);
    let data = Resource::new(
        move || (scope.get(), query.get(), changes.get()),
        |(scope, query, _)| list_accounts(scope, query),
    );
    Credentials::provide();
    Selection::provide(scope, query);
    // The rows that were shown last stay when a refresh fails (SPEC L6).
    let last = StoredValue::new(None::<Answer<Page>>);
    let refresh = Callback::new(move |()| data.refetch());
    let list = Signal::derive(move || routes::list_with(&routes::list_of(&scope.get()), &query.get(), None));
    // A list of several projects names the project of a dialog beside it.
    let within = Memo::new(move |_| query_map.read().get(routes::WITHIN).unwrap_or_default());
    let dialogs = Place {
        workspace: Signal::derive(move || scope.read().workspace().unwrap_or_default().to_owned()),
        project: Signal::derive(move || scope.read().project().map_or_else(|| within.get(), ToOwned::to_owned)),
        wide: Signal::derive(move || scope.read().project().is_none()),
        back: list,
        gone: list,
        changes,
    };
    view! {
        <Title text=text!(locale, list.title)/>
        <Transition fallback=move || view! { <Frame>{text!(locale, loading)}</Frame> }>
            {move || {
                // Read before anything is awaited: a page that is being left takes its signals along.
                let (scope, query) = (scope.get_untracked(), query.get_untracked());
                Suspend::new(async move {
                    let (answer, failed) = match data.await {
                        Ok(answer) => {
                            _ = last.try_set_value(Some(answer.clone()));
                            (Some(answer), None)
                        }
                        Err(error) => (last.try_get_value().flatten().filter(|_| keeps_rows(&error)), Some(error)),
                    };
                    match answer {
                        Some(answer) => {
                            view! { <Loaded answer scope query failed refresh/> }.into_any()
                        }
                        None => {
                            let error = failed.unwrap_or(AppError::NotFound);
                            view! {
                                <Frame>
                                    <ErrorPanel error retry=refresh/>
                                </Frame>
                            }
                                .into_any()
                        }
                    }
                })
            }}
        </Transition>
        <Dialogs place=dialogs/>
    }
}

/// A denial or a vanished project takes the rows away; a cluster that doesn't answer doesn't.
fn keeps_rows(error: &AppError) -> bool {
    !matches!(error, AppError::Denied(_) | AppError::NotFound)
}

#[component]
fn Loaded(
    answer: Answer<Page>,
    scope: Scope,
    query: ListQuery,
    failed: Option<AppError>,
    refresh: Callback<()>,
) -> impl IntoView {
    let locale = use_locale();
    let Answer { value: page, missing, .. } = answer;
    let path = routes::list_of(&scope);
    let create = routes::list_with(&path, &query, Some(("create", "")));
    // Where the list is of several projects, it depends on the one that is chosen.
    let may_create = scope.project().is_none_or(|project| page.rights_in(project).create != Some(false));
    let body = if page.rows.is_empty() {
        view! { <Nothing filtered=query.filters() search=query.search.clone() path=path.clone()/> }.into_any()
    } else {
        let rows = page.rows.clone();
        let common = Page { rows: Vec::new(), ..page.clone() };
        let shown = Shown::new(scope.clone(), query.clone(), common, missing.clone());
        view! { <Table rows shown/> }.into_any()
    };
    view! {
        <Frame scope=Some(scope)>
            <div class="head">
                <div>
                    <h1>{text!(locale, list.title)}</h1>
                    <p>
                        {text!(locale, list.intro)} " "
                        <a href=LEARN_MORE rel="external noopener" target="_blank">
                            {text!(locale, list.learn_more)}
                        </a>
                    </p>
                </div>
                <div class="actions">
                    {may_create
                        .then(|| {
                            view! {
                                <a class="button primary" href=create>
                                    <Icon name=IconName::Plus/>
                                    {text!(locale, list.create)}
                                </a>
                            }
                        })}
                </div>
            </div>
            <MissingNotes missing/>
            {failed
                .map(|error| {
                    view! {
                        <div class="stale" role="status">
                            <p>{text!(locale, list.stale)}</p>
                            <ErrorPanel error retry=refresh/>
                        </div>
                    }
                })}
            <section class="card">
                <Toolbar query=query.clone() roles=page.roles.clone() path=path.clone() refresh/>
                {body}
                <SelectionBar query=query.clone() path=path.clone() matching=page.matching/>
                <Footer page query=query.clone() path=path.clone()/>
            </section>
        </Frame>
    }
    .into_any()
}

/// *None yet* and *none matching* are different things (SPEC L6).
#[component]
fn Nothing(filtered: bool, search: String, path: String) -> impl IntoView {
    let locale = use_locale();
    if filtered {
        let why = if search.trim().is_empty() {
            text!(locale, list.no_match_filters)
        } else {
            text!(locale, list.no_match, search = &search)
        };
        view! {
            <section class="state" role="status">
                <h2>{text!(locale, list.no_match_title)}</h2>
                <p>{why}</p>
                <p>
                    <a class="button" href=path>
                        {text!(locale, list.clear)}
                    </a>
                </p>
            </section>
        }
        .into_any()
    } else {
        view! {
            <section class="state" role="status">
                <h2>{text!(locale, list.empty_title)}</h2>
                <p>{text!(locale, list.empty)}</p>
            </section>
        }
        .into_any()
    }
}
