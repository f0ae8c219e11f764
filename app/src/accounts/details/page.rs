//! The details page: card, tabs, and the dialogs that its address names.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    LazyRoute,
    hooks::{use_params_map, use_query_map},
    lazy_route,
};
use musterbook_core::{
    Answer, AppError,
    answer::Part,
    list::{ListQuery, Scope},
};

use crate::{
    accounts::{
        details::{
            api::{Details, get_details},
            card::Card,
        },
        dialogs::{Dialogs, Place},
    },
    credentials::{IssueDialog, ResourceStatus},
    lang::use_locale,
    layout::{ErrorPanel, Frame, MissingNotes},
    routes, text,
    ui::{Icon, IconName},
};

/// Also the page of the tab *Resource Status*, which is the only one for now. Its code is a chunk of its own, so that
/// the list doesn't wait for it; links to it load the page anew, so that a chunk that can't be had never stops another page.
pub struct DetailsPage;

#[lazy_route]
impl LazyRoute for DetailsPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        details_page().into_any()
    }
}

fn details_page() -> impl IntoView {
    let locale = use_locale();
    let (params, query_map) = (use_params_map(), use_query_map());
    let place = Memo::new(move |_| {
        let params = params.read();
        ["workspace", "project", "name"].map(|key| params.get(key).unwrap_or_default())
    });
    // The list's state comes along, so that the way back leads to the list as it was (SPEC section 4).
    let query = Memo::new(move |_| routes::list_query(&query_map.read()));
    let changes = RwSignal::new(0_u32);
    let data = Resource::new(
        move || (place.get(), changes.get()),
        |([workspace, project, name], _)| get_details(workspace, project, name),
    );
    let refresh = Callback::new(move |()| data.refetch());
    let (here, list) = (Signal::derive(move || path_of(&place.get(), &query.get())), list_signal(place, query));
    let dialogs = Place {
        workspace: Signal::derive(move || place.get()[0].clone()),
        project: Signal::derive(move || place.get()[1].clone()),
        wide: Signal::stored(false),
        back: here,
        gone: list,
        changes,
    };
    view! {
        <Title text=move || place.get()[2].clone()/>
        <Transition fallback=move || view! { <Frame>{text!(locale, loading)}</Frame> }>
            {move || {
                // Read before anything is awaited: a page that is being left takes its signals along.
                let (place, query) = (place.get_untracked(), query.get_untracked());
                let list = list.get_untracked();
                Suspend::new(async move {
                    match data.await {
                        Ok(answer) => view! { <Loaded answer place query list/> }.into_any(),
                        Err(error) => view! { <Failed error list refresh/> }.into_any(),
                    }
                })
            }}
        </Transition>
        <Dialogs place=dialogs/>
        <IssueDialog place=dialogs account=Signal::derive(move || place.get()[2].clone()) data/>
    }
}

fn path_of([workspace, project, name]: &[String; 3], query: &ListQuery) -> String {
    routes::list_with(&routes::details(workspace, project, name), query, None)
}

fn list_signal(place: Memo<[String; 3]>, query: Memo<ListQuery>) -> Signal<String> {
    Signal::derive(move || {
        let [workspace, project, _] = place.get();
        routes::list_with(&routes::list(&workspace, &project), &query.get(), None)
    })
}

#[component]
fn Back(list: String) -> impl IntoView {
    let locale = use_locale();
    view! {
        <a class="back" href=list>
            <Icon name=IconName::Back/>
            {text!(locale, list.title)}
        </a>
    }
}

/// What isn't there and what one may not know of look the same (SPEC A6).
#[component]
fn Failed(error: AppError, list: String, refresh: Callback<()>) -> impl IntoView {
    view! {
        <Frame>
            <Back list/>
            <ErrorPanel error retry=refresh/>
        </Frame>
    }
}

#[component]
fn Loaded(answer: Answer<Details>, place: [String; 3], query: ListQuery, list: String) -> impl IntoView {
    let locale = use_locale();
    let no_secrets = answer.lacks(Part::TokenSecrets).is_some();
    let Answer { value: details, missing, .. } = answer;
    let [workspace, project, name] = place;
    let path = routes::details(&workspace, &project, &name);
    let yaml = routes::list_with(&routes::yaml(&workspace, &project, &name), &query, None);
    let tab = routes::list_with(&routes::resource_status(&workspace, &project, &name), &query, None);
    let issue = routes::list_with(&path, &query, Some(("issue", "")));
    let href = Callback::new(move |(dialog,)| routes::list_with(&path, &query, Some((dialog, &name))));
    let (account, rights) = (details.account, details.rights);
    view! {
        <Frame scope=Some(Scope::of(&details.project))>
            <Back list=list.clone()/>
            <div class="split">
                <Card account=account.clone() rights href yaml list/>
                <div>
                    <nav class="tabs" aria-label=text!(locale, details.tabs)>
                        <a href=tab aria-current="page">
                            {text!(locale, details.resource_status)}
                        </a>
                    </nav>
                    <MissingNotes missing/>
                    <ResourceStatus
                        account
                        rights
                        token_secrets=(!no_secrets).then_some(details.token_secrets)
                        endpoints=details.endpoints
                        issue
                    />
                </div>
            </div>
        </Frame>
    }
}
