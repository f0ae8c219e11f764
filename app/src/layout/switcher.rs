//! The breadcrumb's switchers: other workspaces and projects, with search (SPEC S3).

use leptos::prelude::*;
use musterbook_core::project::{NO_WORKSPACE, Project};

use crate::{
    lang::use_locale,
    projects::api::list_projects,
    routes, text,
    ui::{Icon, IconName, Menu},
};

/// Workspace ▸ project. Each opens a menu with a search field; without WebAssembly the search leads to the list of projects.
#[component]
pub fn Breadcrumb(project: Project) -> impl IntoView {
    let locale = use_locale();
    let workspace = if project.workspace == NO_WORKSPACE {
        text!(locale, nav.no_workspace)
    } else {
        project.workspace.clone()
    };
    let workspace_query = if project.workspace == NO_WORKSPACE { String::new() } else { project.workspace.clone() };
    view! {
        <nav class="crumbs" aria-label=text!(locale, nav.breadcrumb)>
            <span class="hide-narrow crumb-part">
                <Switcher
                    id="switch-workspace"
                    caption=text!(locale, nav.workspace)
                    label=text!(locale, nav.switch_workspace, name = &workspace)
                    name=workspace
                    search=""
                />
                <span aria-hidden="true">"/"</span>
            </span>
            <Switcher
                id="switch-project"
                caption=text!(locale, nav.project)
                label=text!(locale, nav.switch_project, name = &project.name)
                name=project.name
                search=workspace_query
            />
        </nav>
    }
}

#[component]
fn Switcher(
    id: &'static str,
    #[prop(into)] caption: String,
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    /// What is searched for at first.
    #[prop(into)]
    search: String,
) -> impl IntoView {
    let locale = use_locale();
    let typed = RwSignal::new(search.clone());
    // Asked for when the menu is opened first: nobody waits for it on the page's path.
    let opened = RwSignal::new(false);
    let found = LocalResource::new(move || {
        let (opened, typed) = (opened.get(), typed.get());
        async move { if opened { Some(list_projects(typed).await) } else { None } }
    });
    let field = format!("{id}-search");
    view! {
        <Menu
            id=id
            class="quiet crumb"
            label=label
            trigger=ViewFn::from(move || {
                view! {
                    <small>{caption.clone()}</small>
                    <span class="crumb-name">{name.clone()}</span>
                    <Icon name=IconName::Chevron/>
                }
            })
        >
            <form method="get" action=routes::PROJECTS role="search" on:focusin=move |_| opened.set(true)>
                <label class="visually-hidden" for=field.clone()>
                    {text!(locale, nav.search_projects)}
                </label>
                <input
                    id=field
                    name="q"
                    type="search"
                    value=search
                    autofocus
                    placeholder=text!(locale, nav.search_projects)
                    on:input:target=move |event| typed.set(event.target().value())
                />
            </form>
            <ul class="switch-list" aria-live="polite">
                <Suspense>
                    {move || Suspend::new(async move {
                        match found.await {
                            Some(Ok(answer)) => {
                                answer
                                    .value
                                    .into_iter()
                                    .take(20)
                                    .map(|project| {
                                        let href = routes::list(&project.workspace, &project.name);
                                        view! {
                                            <li>
                                                <a href=href>
                                                    {project.name} " "
                                                    <small class="muted">{project.workspace}</small>
                                                </a>
                                            </li>
                                        }
                                    })
                                    .collect_view()
                                    .into_any()
                            }
                            _ => ().into_any(),
                        }
                    })}
                </Suspense>
            </ul>
            <a href=routes::PROJECTS>{text!(locale, nav.all_projects)}</a>
        </Menu>
    }
}
