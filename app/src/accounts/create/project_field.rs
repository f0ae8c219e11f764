//! Where the new account goes, on a list of several projects (SPEC L8). The address holds the choice: links make it,
//! with and without scripts.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use musterbook_core::{Answer, AppError, project::Projects};

use crate::{
    accounts::dialogs::Place,
    explain::error_text,
    lang::{number, use_locale},
    layout::MissingNotes,
    projects::api::projects_for_new,
    routes, text,
    ui::{FieldView, after_a_pause, described_by},
};

const ID: &str = "in-project";
/// The form of the search: the field stands inside another one.
const FIND: &str = "find-project";
const KEY: &str = "find";

/// Stands beside the form that [`ProjectField`] is in.
#[component]
pub fn FindForm(place: Place) -> impl IntoView {
    let kept = use_query_map().get_untracked().into_iter().filter(|(key, _)| key != KEY && key != routes::WITHIN);
    let path = place.back.get_untracked();
    let path = path.split('?').next().unwrap_or_default().to_owned();
    let kept =
        kept.map(|(key, value)| view! { <input type="hidden" name=key.into_owned() value=value/> }).collect_view();
    view! {
        <form id=FIND method="get" action=path hidden on:submit=|event| event.prevent_default()>
            {kept}
        </form>
    }
}

/// The project that is chosen, or a search for one.
#[component]
pub fn ProjectField(place: Place, project: Signal<String>) -> impl IntoView {
    let locale = use_locale();
    move || {
        let chosen = project.get();
        if chosen.is_empty() {
            return view! { <Search place/> }.into_any();
        }
        let change = routes::with_more(&place.back.get_untracked(), [("create", kind())]);
        view! {
            <p class="choice" id="chosen-project">
                <span class="muted">{text!(locale, nav.project)}</span>
                <b>{chosen}</b>
                <a class="end" href=change data-noscroll>
                    {text!(locale, create.other_project)}
                </a>
            </p>
        }
        .into_any()
    }
}

/// Which dialog it is: the form, YAML, or that for several accounts.
fn kind() -> String {
    use_query_map().with_untracked(|query| query.get("create").unwrap_or_default())
}

#[component]
fn Search(place: Place) -> impl IntoView {
    let locale = use_locale();
    let typed = use_query_map().with_untracked(|query| query.get(KEY).unwrap_or_default());
    let search = RwSignal::new(typed.clone());
    let found = Resource::new(
        move || (search.get(), place.workspace.get_untracked()),
        |(search, workspace)| projects_for_new(search, workspace),
    );
    let later = after_a_pause(move |text| _ = search.try_set(text));
    view! {
        <FieldView id=ID label=text!(locale, nav.project) hint=text!(locale, create.project_hint) problem=None>
            <input
                id=ID
                form=FIND
                name=KEY
                type="search"
                value=typed
                autocomplete="off"
                autofocus
                aria-describedby=described_by(ID)
                on:input:target=move |event| later(event.target().value())
            />
        </FieldView>
        <button class="button no-script" form=FIND>
            {text!(locale, projects.submit)}
        </button>
        <Transition fallback=move || view! { <p class="note" role="status">{text!(locale, loading)}</p> }>
            <div role="status">
                {move || Suspend::new(async move { view! { <Choices found=found.await place/> } })}
            </div>
        </Transition>
    }
}

#[component]
fn Choices(found: Result<Answer<Projects>, AppError>, place: Place) -> impl IntoView {
    let locale = use_locale();
    let Answer { value: Projects { shown: projects, matching }, missing, .. } = match found {
        Ok(answer) => answer,
        Err(error) => return view! { <p class="alert">{error_text(locale, &error)}</p> }.into_any(),
    };
    let shown = projects.len();
    let note = if matching == 0 {
        Some(text!(locale, nav.no_match))
    } else if shown < matching {
        Some(text!(locale, nav.some, shown = number(shown), matching = number(matching)))
    } else {
        None
    };
    let (back, kind) = (place.back.get_untracked(), kind());
    let links = projects.into_iter().map(|project| {
        let pairs = [("create", kind.clone()), (routes::WITHIN, project.name.clone())];
        view! {
            <li>
                <a href=routes::with_more(&back, pairs) data-noscroll>
                    {project.name}
                </a>
                " "
                <span class="muted">{project.alias}</span>
            </li>
        }
    });
    view! {
        <ul class="plain choices">{links.collect_view()}</ul>
        {note.map(|note| view! { <p class="note">{note}</p> })}
        <MissingNotes missing/>
    }
    .into_any()
}
