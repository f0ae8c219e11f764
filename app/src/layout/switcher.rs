//! The breadcrumb's switchers: other workspaces and projects, with search (SPEC S3).

use std::pin::Pin;

use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_split::{SplitLoaderError, wasm_split},
};
use musterbook_core::{
    AppError,
    list::Scope,
    project::{NO_WORKSPACE, Project, Workspace},
};

use crate::{
    explain::error_text,
    lang::{Locale, number, use_locale},
    plural,
    projects::api::{projects_menu, workspaces_menu},
    routes, text,
    ui::{Icon, IconName, Menu, after_a_pause, part},
};

/// Workspace ▸ project. Each opens a menu with a search field; without WebAssembly the search leads to the list of projects.
#[component]
pub fn Breadcrumb(scope: Scope) -> impl IntoView {
    let locale = use_locale();
    let workspace = scope.workspace().map(ToOwned::to_owned);
    let workspace_name =
        workspace.as_deref().map_or_else(|| text!(locale, nav.all_workspaces), |name| workspace_text(locale, name));
    let project_name = scope.project().map_or_else(|| text!(locale, nav.all_projects), ToOwned::to_owned);
    let project = workspace.map(|workspace| {
        let all = routes::workspace_list(&workspace);
        view! {
            <span aria-hidden="true" class="hide-narrow">"/"</span>
            <Switcher
                id="switch-project"
                caption=text!(locale, nav.project)
                label=text!(locale, nav.switch_project, name = &project_name)
                name=project_name
                search_label=text!(locale, nav.search_projects)
                kind=Kind::Projects { workspace }
            >
                <a href=all>{text!(locale, nav.all_of_workspace)}</a>
                <a href=routes::PROJECTS rel="external">{text!(locale, nav.all_projects)}</a>
            </Switcher>
        }
    });
    view! {
        <nav class="crumbs" aria-label=text!(locale, nav.breadcrumb)>
            <span class="crumb-part" class:hide-narrow=project.is_some()>
                <Switcher
                    id="switch-workspace"
                    caption=text!(locale, nav.workspace)
                    label=text!(locale, nav.switch_workspace, name = &workspace_name)
                    name=workspace_name
                    search_label=text!(locale, nav.search_workspaces)
                    kind=Kind::Workspaces
                >
                    <a href=routes::cluster_list()>{text!(locale, nav.all_workspaces)}</a>
                </Switcher>
            </span>
            {project}
        </nav>
    }
}

fn workspace_text(locale: Locale, workspace: &str) -> String {
    if workspace == NO_WORKSPACE { text!(locale, nav.no_workspace) } else { workspace.to_owned() }
}

#[derive(Debug, Clone)]
enum Kind {
    Workspaces,
    /// Those of the workspace, until something is typed: then of all.
    Projects {
        workspace: String,
    },
}

/// What a search found, as far as it is shown, and how many there are.
type Found = Result<(Vec<Entry>, usize), AppError>;

#[derive(Debug, Clone)]
struct Entry {
    href: String,
    name: String,
    about: String,
}

/// The search's code is a chunk of its own: most visits open no switcher.
#[wasm_split(switcher, wasm_split_path = leptos::wasm_split, fallible)]
fn search_in(kind: Kind, locale: Locale, search: String) -> Result<Pin<Box<dyn Future<Output = ViewFn>>>, NoChunk> {
    Ok(Box::pin(async move {
        let found = kind.find(locale, search).await;
        ViewFn::from(move || results(locale, found.clone()))
    }))
}

/// The chunk could not be loaded: the network, or a newer version was deployed.
struct NoChunk;

impl From<SplitLoaderError> for NoChunk {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

impl Kind {
    async fn find(self, locale: Locale, search: String) -> Found {
        let of_project = |Project { workspace, name, .. }: Project| Entry {
            href: routes::list(&workspace, &name),
            about: workspace_text(locale, &workspace),
            name,
        };
        let of_workspace = |Workspace { name, projects }: Workspace| Entry {
            href: routes::workspace_list(&name),
            about: plural!(locale, nav.projects_count, projects),
            name: workspace_text(locale, &name),
        };
        Ok(match self {
            Self::Workspaces => {
                let found = workspaces_menu(search).await?.value;
                (found.shown.into_iter().map(of_workspace).collect(), found.matching)
            }
            Self::Projects { workspace } => {
                let found = projects_menu(search, workspace).await?.value;
                (found.shown.into_iter().map(of_project).collect(), found.matching)
            }
        })
    }
}

#[component]
fn Switcher(
    id: &'static str,
    caption: String,
    label: String,
    name: String,
    search_label: String,
    kind: Kind,
    children: Children,
) -> impl IntoView {
    let locale = use_locale();
    // Neither a resource nor a Suspense: those are numbered in the order they are made, which has to be the same on both
    // sides. This comes after the page's data, which is there at once in the browser and isn't on the server.
    let found = RwSignal::new(None::<ViewFn>);
    // The searches so far: an answer to an earlier one than the last is dropped.
    let searches = StoredValue::new(0_u32);
    let kind = StoredValue::new(kind);
    let find = move |search: String| {
        // A page that is being left is still shown, and may be typed in.
        let Some(last) = searches.try_get_value() else { return };
        let number = last + 1;
        searches.set_value(number);
        let kind = kind.get_value();
        spawn_local(async move {
            let answer = match search_in(kind, locale, search).await {
                Ok(answer) => answer.await,
                Err(NoChunk) => ViewFn::from(move || note(error_text(locale, &AppError::Offline))),
            };
            if searches.try_get_value() == Some(number) {
                found.set(Some(answer));
            }
        });
    };
    // Asked for when the menu is opened first: nobody waits for it on the page's path.
    let open = move |_| {
        if searches.try_get_value() == Some(0) {
            find(String::new());
        }
    };
    let later = after_a_pause(find);
    let results = part(move || found.get().map(|found| found.run()).into_any());
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
                    {search_label.clone()}
                </label>
                <input
                    id=field
                    name="q"
                    type="search"
                    autocomplete="off"
                    autofocus
                    placeholder=search_label.clone()
                    on:input:target=move |event| later(event.target().value())
                />
            </form>
            <div role="status">
                {results}
            </div>
            <div class="apart">{children()}</div>
        </Menu>
    }
}

fn results(locale: Locale, found: Found) -> AnyView {
    let (entries, matching) = match found {
        Ok(found) => found,
        Err(error) => return note(error_text(locale, &error)),
    };
    let shown = entries.len();
    let more = if matching == 0 {
        Some(text!(locale, nav.no_match))
    } else if shown < matching {
        Some(text!(locale, nav.some, shown = number(shown), matching = number(matching)))
    } else {
        None
    };
    let entries = entries.into_iter().map(|Entry { href, name, about }| {
        view! {
            <li>
                <a href=href>
                    {name} " " <small class="muted">{about}</small>
                </a>
            </li>
        }
    });
    view! {
        <ul class="switch-list">{entries.collect_view()}</ul>
        {more.map(note)}
    }
    .into_any()
}

fn note(text: String) -> AnyView {
    view! { <p class="menu-note">{text}</p> }.into_any()
}
