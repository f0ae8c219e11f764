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
        list::{footer::Footer, table::Table, toolbar::Toolbar},
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
    let place = Memo::new(move |_| {
        let params = params.read();
        (params.get("workspace").unwrap_or_default(), params.get("project").unwrap_or_default())
    });
    let query = Memo::new(move |_| routes::list_query(&query_map.read()));
    // Raised by whatever changes an account on this page.
    let changes = RwSignal::new(0_u32);
    let data = Resource::new(
        move || (place.get(), query.get(), changes.get()),
        |((workspace, project), query, _)| list_accounts(Scope::Project { workspace, project }, query),
    );
    // The rows that were shown last stay when a refresh fails (SPEC L6).
    let last = StoredValue::new(None::<Answer<Page>>);
    let refresh = Callback::new(move |()| data.refetch());
    let list = Signal::derive(move || {
        let (workspace, project) = place.get();
        routes::list_with(&routes::list(&workspace, &project), &query.get(), None)
    });
    let dialogs = Place {
        workspace: Signal::derive(move || place.get().0),
        project: Signal::derive(move || place.get().1),
        back: list,
        gone: list,
        changes,
    };
    view! {
        <Title text=text!(locale, list.title)/>
        <Transition fallback=move || view! { <Frame>{text!(locale, loading)}</Frame> }>
            {move || {
                // Read before anything is awaited: a page that is being left takes its signals along.
                let query = query.get_untracked();
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
                            view! { <Loaded answer query failed refresh/> }.into_any()
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
fn Loaded(answer: Answer<Page>, query: ListQuery, failed: Option<AppError>, refresh: Callback<()>) -> impl IntoView {
    let locale = use_locale();
    let Answer { value: mut page, missing, .. } = answer;
    let Some(project) = page.project.take() else { return ().into_any() };
    let (workspace, name) = (project.workspace.clone(), project.name.clone());
    let path = routes::list(&workspace, &name);
    let create = routes::list_with(&path, &query, Some(("create", "")));
    let rights = page.rights_in(&name);
    let body = if page.rows.is_empty() {
        view! { <Nothing filtered=query.filters() search=query.search.clone() path=path.clone()/> }.into_any()
    } else {
        view! {
            <Table
                rows=page.rows.clone()
                rights
                query=query.clone()
                workspace=workspace.clone()
                project=name.clone()
            />
        }
        .into_any()
    };
    view! {
        <Frame project=Some(project)>
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
                    {(rights.create != Some(false))
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
