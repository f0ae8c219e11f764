//! The page around the editor.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    LazyRoute,
    hooks::{use_params_map, use_query_map},
    lazy_route,
};
use musterbook_core::list::{ListQuery, Scope};

use crate::{
    accounts::yaml::{
        api::{YamlData, get_yaml},
        editor::Editor,
    },
    lang::use_locale,
    layout::{ErrorPanel, Frame},
    routes, text,
    ui::{Icon, IconName},
};

/// Workspace, project, name.
type Place = [String; 3];

/// A chunk of its own; links to it load it anew. What [`LazyRoute::data`] does is in everybody's bundle: so it does nothing.
pub struct YamlPage;

#[lazy_route]
impl LazyRoute for YamlPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        page().into_any()
    }
}

fn page() -> impl IntoView {
    let (params, query_map) = (use_params_map(), use_query_map());
    let place = Memo::new(move |_| {
        let params = params.read();
        ["workspace", "project", "name"].map(|key| params.get(key).unwrap_or_default())
    });
    let query = Memo::new(move |_| routes::list_query(&query_map.read()));
    let data = Resource::new(move || place.get(), |[workspace, project, name]| get_yaml(workspace, project, name));
    let locale = use_locale();
    let retry = Callback::new(move |()| data.refetch());
    view! {
        <Title text=move || text!(locale, yaml.title, name = &place.get()[2])/>
        <Suspense fallback=move || view! { <Frame>{text!(locale, loading)}</Frame> }>
            {move || {
                // Read before anything is awaited: a page that is being left takes its signals along.
                let (place, query) = (place.get_untracked(), query.get_untracked());
                Suspend::new(async move {
                    match data.await {
                        Ok(answer) => view! { <Loaded data=answer.value place query/> }.into_any(),
                        Err(error) => {
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
        </Suspense>
    }
}

#[component]
fn Loaded(data: YamlData, place: Place, query: ListQuery) -> impl IntoView {
    let locale = use_locale();
    let [workspace, project, name] = place;
    let details = routes::list_with(&routes::details(&workspace, &project, &name), &query, None);
    let here = routes::list_with(&routes::yaml(&workspace, &project, &name), &query, None);
    view! {
        <Frame scope=Some(Scope::of(&data.project))>
            <a class="back" href=details.clone() rel="external">
                <Icon name=IconName::Back/>
                {name.clone()}
            </a>
            <div class="head">
                <h1>{text!(locale, yaml.title, name = &name)}</h1>
            </div>
            <Editor data name here details/>
        </Frame>
    }
}
