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
    let workspace =
        if project.workspace == NO_WORKSPACE { text!(locale, nav.no_workspace) } else { project.workspace.clone() };
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
    // Neither a resource nor a Suspense: those are numbered in the order they are made, which has to be the same on both
    // sides. This comes after the page's data, which is there at once in the browser and isn't on the server.
    let find = Action::new(|search: &String| list_projects(search.clone()));
    let found = find.value();
    // Asked for when the menu is opened first: nobody waits for it on the page's path.
    let open = {
        let search = search.clone();
        move |_| {
            if find.version().get_untracked() == 0 && !find.pending().get_untracked() {
                find.dispatch(search.clone());
            }
        }
    };
    let field = format!("{id}-search");
    view! {
        <Menu
            id=id
            class="quiet crumb"
            label=label
            trigger=ViewFn::from(move || {
                view! {
                    <small>{caption.clone()}</small>
                    " "
                    <span class="crumb-name">{name.clone()}</span>
                    <Icon name=IconName::Chevron/>
                }
            })
        >
            <form method="get" action=routes::PROJECTS role="search" on:focusin=open>
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
                    on:input:target=move |event| _ = find.dispatch(event.target().value())
                />
            </form>
            <ul class="switch-list" aria-live="polite">
                {move || match found.get() {
                    Some(Ok(answer)) => answer.value.into_iter().take(SHOWN).map(entry).collect_view().into_any(),
                    _ => ().into_any(),
                }}
            </ul>
            <a href=routes::PROJECTS>{text!(locale, nav.all_projects)}</a>
        </Menu>
    }
}

/// Projects that a menu shows; whoever has more types a few letters.
const SHOWN: usize = 20;

fn entry(project: Project) -> impl IntoView {
    let href = routes::list(&project.workspace, &project.name);
    view! {
        <li>
            <a href=href>
                {project.name} " " <small class="muted">{project.workspace}</small>
            </a>
        </li>
    }
}
