//! The list page: toolbar, table or the state that takes its place, footer, and the dialogs that its address names.

use std::{pin::Pin, time::Duration};

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
            board::Board,
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
    live::{Followed, LiveState, follow},
    routes, text,
    ui::{Icon, IconName, effect, loaded, part},
};

/// An answer that comes sooner takes the place of the old rows: nothing flickers.
const SOON: Duration = Duration::from_millis(200);

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
    let data = Resource::new(move || (scope.get(), query.get()), load);
    let board = Board::new();
    let credentials = Credentials::provide();
    Selection::provide(scope, query);
    let retry = Callback::new(move |()| data.refetch());
    // In place; what takes the rows away is read as a page is.
    let refresh = Callback::new(move |()| {
        let Some(asked) = board.asked() else { return data.refetch() };
        leptos::task::spawn_local(async move {
            let answer = load(asked.clone()).await;
            if !board.refreshed(asked, answer) {
                data.refetch();
            }
            credentials.forget();
        });
    });
    effect(move || {
        scope.track();
        query.track();
        set_timeout(
            move || {
                // The page may be gone.
                if let Some(now) = scope.try_get_untracked().zip(query.try_get_untracked()) {
                    board.wait_for(now);
                }
            },
            SOON,
        );
    });
    // Raised by whatever changes an account on this page.
    let changes = RwSignal::new(0_u32);
    effect(move || {
        if changes.get() > 0 {
            refresh.run(());
        }
    });
    let live = follow(Followed {
        address: Callback::new(move |()| board.stream()),
        version: Callback::new(move |()| board.with(|board| board.page.version)),
        told: Callback::new(move |(message,)| board.told(message)),
        refused: refresh,
    });
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
    // The page without its rows, until they come first.
    let waiting = move || {
        part(move || {
            if !board.loading().get() {
                return ().into_any();
            }
            let (scope, query) = (scope.get_untracked(), query.get_untracked());
            view! { <Loaded board scope query refresh live/> }.into_any()
        })
    };
    view! {
        <Title text=text!(locale, list.title)/>
        <Transition fallback=move || waiting()>
            {move || {
                // Read before anything is awaited: a page that is being left takes its signals along.
                let (scope, query) = (scope.get_untracked(), query.get_untracked());
                Suspend::new(async move {
                    let answer = loaded(data).await;
                    match board.take(scope.clone(), query.clone(), answer) {
                        None => view! { <Loaded board scope query refresh live/> }.into_any(),
                        Some(error) => {
                            view! {
                                <Frame>
                                    <ErrorPanel error retry/>
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

type Answered = Pin<Box<dyn Future<Output = Result<Answer<Page>, AppError>> + Send>>;

/// The same for the first page and for every refresh: its code is there once.
fn load((scope, query): (Scope, ListQuery)) -> Answered {
    Box::pin(list_accounts(scope, query))
}

#[component]
fn Loaded(
    board: Board,
    scope: Scope,
    query: ListQuery,
    refresh: Callback<()>,
    live: ReadSignal<LiveState>,
) -> impl IntoView {
    let locale = use_locale();
    let path = routes::list_of(&scope);
    let create = {
        let (href, scope) = (routes::list_with(&path, &query, Some(("create", ""))), scope.clone());
        part(move || {
            // Where the list is of several projects, it depends on the one that is chosen.
            let denied = |project: &str| board.with(|board| board.page.rights_in(project).create) == Some(false);
            let allowed = !scope.project().is_some_and(denied);
            let button = || {
                view! {
                    <a class="button primary" href=href.clone()>
                        <Icon name=IconName::Plus/>
                        {text!(locale, list.create)}
                    </a>
                }
            };
            allowed.then(button).into_any()
        })
    };
    let missing = part(move || {
        let missing = board.with(|board| board.missing.clone());
        view! { <MissingNotes missing/> }.into_any()
    });
    let stale = part(move || {
        let note = |error| {
            view! {
                <div class="stale" role="status">
                    <p>{text!(locale, list.stale)}</p>
                    <ErrorPanel error retry=refresh/>
                </div>
            }
        };
        board.with(|board| board.failed.clone()).map(note).into_any()
    });
    let nothing = {
        // With a filter, too, the text may well be in an account that the filter leaves out.
        let by_search = query.role.is_empty() && query.state.is_none();
        let searched = if by_search { query.search.clone() } else { String::new() };
        let (filtered, path) = (query.filters(), path.clone());
        part(move || {
            let nothing = || view! { <Nothing filtered searched=searched.clone() path=path.clone()/> };
            (!board.loading().get() && board.with(|board| board.lines.is_empty())).then(nothing).into_any()
        })
    };
    view! {
        <Frame scope=Some(scope.clone())>
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
                    {create}
                </div>
            </div>
            {missing}
            {stale}
            <section class="card" aria-busy=move || board.loading().get().then_some("true")>
                <Toolbar query=query.clone() board path=path.clone() refresh/>
                <Table board shown=Shown::new(board, scope, query.clone())/>
                {nothing}
                <SelectionBar board query=query.clone() path=path.clone()/>
                <Footer board live query path/>
            </section>
        </Frame>
    }
    .into_any()
}

/// *None yet* and *none matching* are different things (SPEC L6).
#[component]
fn Nothing(filtered: bool, searched: String, path: String) -> impl IntoView {
    let locale = use_locale();
    if filtered {
        let why = if searched.trim().is_empty() {
            text!(locale, list.no_match_filters)
        } else {
            text!(locale, list.no_match, search = &searched)
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
