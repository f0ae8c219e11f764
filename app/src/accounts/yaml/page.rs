//! The page around the editor.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::{
    LazyRoute,
    hooks::{use_params_map, use_query_map},
    lazy_route,
};
use musterbook_core::{
    AppError,
    list::{ListQuery, Scope},
};

use crate::{
    accounts::yaml::{
        api::{SaveYaml, YamlData, get_yaml},
        editor::Editor,
        gone::Gone,
    },
    lang::use_locale,
    layout::{ErrorPanel, Frame},
    post::{FormState, was_refused},
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
    // In a form that was refused without WebAssembly.
    let typed = was_refused(SaveYaml::PATH)
        .then(|| FormState::of(ServerAction::<SaveYaml>::new()).initial("text", ""))
        .filter(|text| !text.is_empty());
    view! {
        <Title text=move || text!(locale, yaml.title, name = &place.get()[2])/>
        <Suspense fallback=move || view! { <Frame>{text!(locale, loading)}</Frame> }>
            {move || {
                // Read before anything is awaited: a page that is being left takes its signals along.
                let (place, query, typed) = (place.get_untracked(), query.get_untracked(), typed.clone());
                Suspend::new(async move {
                    match data.await {
                        Ok(answer) => view! { <Loaded data=answer.value place query/> }.into_any(),
                        Err(AppError::NotFound) if typed.is_some() => {
                            let [workspace, project, name] = place;
                            let text = typed.unwrap_or_default();
                            view! { <Gone workspace project name text/> }.into_any()
                        }
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
