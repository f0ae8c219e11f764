//! Which dialog the address names (`?create`, `?edit=NAME`, `?role=NAME`, `?delete=NAME`): on the list and on the
//! details page alike, so that links open them, the back button closes them, and they work without scripts.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `back` is where closing leads, `done` where success leads; `changes` is raised after a change.
#[component]
pub fn Dialogs(workspace: String, project: String, back: String, done: String, changes: RwSignal<u32>) -> impl IntoView {
    let query = use_query_map();
    let place = Place { workspace, project, back, done, changes };
    move || {
        let query = query.read();
        let place = place.clone();
        if query.get("create").is_some() { view! { <p>{place.project}</p> }.into_any() } else { ().into_any() }
    }
}

/// Where a dialog stands.
#[derive(Debug, Clone)]
pub struct Place {
    pub workspace: String,
    pub project: String,
    pub back: String,
    pub done: String,
    pub changes: RwSignal<u32>,
}
