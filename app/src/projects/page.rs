//! The list of projects, and the way from `/` to the last one.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, components::Redirect, hooks::use_query_map, lazy_route};
use musterbook_core::{
    Answer,
    answer::{Part, Why},
    project::{NO_WORKSPACE, Projects},
};

use crate::{
    lang::{number, use_locale},
    layout::{ErrorPanel, Frame, MissingNotes},
    projects::api::{get_project, list_projects},
    routes, text,
    ui::{Icon, IconName, loaded},
    viewer::use_viewer,
};

/// `/`: the project that was open last, else all of them.
#[component]
pub fn HomePage() -> impl IntoView {
    let to = use_viewer().last_project.unwrap_or_else(|| routes::PROJECTS.into());
    view! { <Redirect path=to/> }
}

/// A chunk of its own, as who works in a project seldom looks at it: links load it anew. What [`LazyRoute::data`] does is
/// in everybody's bundle: so it does nothing.
pub struct ProjectsPage;

#[lazy_route]
impl LazyRoute for ProjectsPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        page().into_any()
    }
}

fn page() -> impl IntoView {
    let locale = use_locale();
    let query = use_query_map();
    let search = Memo::new(move |_| query.read().get("q").unwrap_or_default());
    let projects = Resource::new(move || search.get(), list_projects);
    view! {
        <Title text=text!(locale, projects.title)/>
        <Frame>
            <div class="head">
                <div>
                    <h1>{text!(locale, projects.title)}</h1>
                    <p>{text!(locale, projects.intro)}</p>
                </div>
                <div class="actions">
                    <a class="button" href=routes::cluster_list()>
                        {text!(locale, projects.all_accounts)}
                    </a>
                </div>
            </div>
            <section class="card">
                <form class="toolbar" method="get" action=routes::PROJECTS role="search">
                    <span class="input grow">
                        <Icon name=IconName::Search/>
                        <input
                            type="search"
                            name="q"
                            aria-label=text!(locale, projects.search)
                            placeholder=text!(locale, projects.search)
                            prop:value=move || search.get()
                            value=search.get_untracked()
                        />
                    </span>
                    <button class="button">{text!(locale, projects.submit)}</button>
                </form>
                <Transition>
                    <div>
                        {move || {
                            // Read before anything is awaited: a page that is being left takes its signals along.
                            let search = search.get_untracked();
                            Suspend::new(async move {
                                match loaded(projects).await {
                                    Ok(answer) => view! { <Found answer search/> }.into_any(),
                                    Err(error) => {
                                        let retry = Callback::new(move |()| projects.refetch());
                                        view! { <ErrorPanel error retry/> }.into_any()
                                    }
                                }
                            })
                        }}
                    </div>
                </Transition>
            </section>
        </Frame>
    }
}

#[component]
fn Found(answer: Answer<Projects>, search: String) -> impl IntoView {
    let locale = use_locale();
    let no_cache = answer.lacks(Part::Namespace).is_some() || answer.lacks(Part::Bindings).is_some();
    let Answer { value: Projects { shown: projects, matching }, mut missing, .. } = answer;
    // What takes the projects' place says it.
    missing.retain(|missing| missing.why != Why::NoCache);
    let (shown, empty) = (projects.len(), projects.is_empty());
    let user = use_viewer().user.unwrap_or_default();
    let rows = projects
        .into_iter()
        .map(|project| {
            let workspace = if project.workspace == NO_WORKSPACE {
                text!(locale, nav.no_workspace)
            } else {
                project.workspace.clone()
            };
            let href = routes::list(&project.workspace, &project.name);
            let of_workspace = routes::workspace_list(&project.workspace);
            view! {
                <li>
                    <a href=href>
                        <b>{project.name}</b>
                        " "
                        <span class="muted">{project.alias}</span>
                        <small>{project.description}</small>
                    </a>
                    <a class="badge" href=of_workspace>{workspace}</a>
                    {project.deleting.then(|| view! { <span class="badge warn">{text!(locale, projects.being_deleted)}</span> })}
                </li>
            }
        })
        .collect_view();
    let nothing = empty.then(|| {
        if no_cache {
            view! { <OpenByName search/> }.into_any()
        } else if !search.is_empty() {
            view! {
                <section class="state">
                    <h2>{text!(locale, projects.no_match_title)}</h2>
                    <p>
                        <a class="button" href=routes::PROJECTS rel="external">
                            {text!(locale, projects.clear)}
                        </a>
                    </p>
                </section>
            }
            .into_any()
        } else {
            view! {
                <section class="state">
                    <h2>{text!(locale, projects.none_title)}</h2>
                    <p>{text!(locale, projects.none, user = &user)}</p>
                </section>
            }
            .into_any()
        }
    });
    view! {
        <MissingNotes missing/>
        <ul class="projects">{rows}</ul>
        {(shown < matching)
            .then(|| {
                view! {
                    <p class="foot" role="status">
                        {text!(locale, projects.some, shown = number(shown), matching = number(matching))}
                    </p>
                }
            })}
        {nothing}
    }
}

/// Where projects can't be looked up, their name can be typed (SPEC S2). `search` is what was looked for.
#[component]
fn OpenByName(search: String) -> impl IntoView {
    let locale = use_locale();
    let last = use_viewer().last_project.map(|href| {
        let name = href.split('/').nth(5).unwrap_or_default().to_owned();
        view! {
            <p>
                <a class="button" href=href>
                    {text!(locale, projects.open_last, name = &name)}
                </a>
            </p>
        }
    });
    view! {
        <section class="state">
            <h2>{text!(locale, projects.open_title)}</h2>
            <p>{text!(locale, projects.cache_missing)}</p>
            <form method="get" action="/open" class="inline">
                <input name="project" value=search required aria-label=text!(locale, nav.project)/>
                <button class="button primary">{text!(locale, projects.open)}</button>
            </form>
            {last}
        </section>
    }
}

/// `/open?project=NAME`: to the project's list, with its workspace.
pub struct OpenPage;

#[lazy_route]
impl LazyRoute for OpenPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        opened().into_any()
    }
}

fn opened() -> impl IntoView {
    let query = use_query_map();
    let project = Resource::new(move || query.read().get("project").unwrap_or_default(), get_project);
    view! {
        <Frame>
            <Suspense>
                <div>
                    {move || Suspend::new(async move {
                        match project.await {
                            Ok(Answer { value: project, .. }) => {
                                view! { <Redirect path=routes::list(&project.workspace, &project.name)/> }.into_any()
                            }
                            Err(error) => view! { <ErrorPanel error/> }.into_any(),
                        }
                    })}
                </div>
            </Suspense>
        </Frame>
    }
}
