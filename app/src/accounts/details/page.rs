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
    live::{Message, UNKNOWN, Version},
};

use crate::{
    accounts::{
        ManagedNote,
        details::{
            api::{Details, get_details},
            card::Card,
        },
        dialogs::{Dialogs, Place},
    },
    credentials::{IssueDialog, ResourceStatus},
    lang::use_locale,
    layout::{ErrorPanel, Frame, MissingNotes},
    live::{Followed, LiveState, LiveStatus, follow},
    roles::api::RepairRole,
    routes, text,
    ui::{Icon, IconName, loaded},
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
    let seen = Seen::new();
    let live = follow(Followed {
        address: Callback::new(move |()| seen.stream()),
        version: Callback::new(move |()| seen.version()),
        told: Callback::new(move |(message,)| {
            seen.gone.set(message == Message::Gone);
            if let Message::Account(_) = message {
                data.refetch();
            }
            true
        }),
        refused: refresh,
    });
    let (here, list) = (Signal::derive(move || path_of(&place.get(), &query.get())), list_signal(place, query));
    let dialogs = Place {
        workspace: Signal::derive(move || place.get()[0].clone()),
        project: Signal::derive(move || place.get()[1].clone()),
        wide: Signal::stored(false),
        back: here,
        gone: list,
        changes,
    };
    // Not in what is loaded: a page that is drawn anew keeps saying what went wrong.
    let mend = ServerAction::<RepairRole>::new();
    dialogs.finish(mend, here, move || text!(locale, roles.changed, name = &place.get_untracked()[2]));
    view! {
        <Title text=move || place.get()[2].clone()/>
        <Transition fallback=move || view! { <Frame>{text!(locale, loading)}</Frame> }>
            {move || {
                // Read before anything is awaited: a page that is being left takes its signals along.
                let (place, query) = (place.get_untracked(), query.get_untracked());
                let list = list.get_untracked();
                Suspend::new(async move {
                    match seen.take(&place, loaded(data).await) {
                        (Some(answer), failed) => {
                            view! { <Loaded answer failed refresh seen live place query list mend dialogs/> }.into_any()
                        }
                        (None, failed) => {
                            let error = failed.unwrap_or(AppError::NotFound);
                            view! { <Failed error list refresh/> }.into_any()
                        }
                    }
                })
            }}
        </Transition>
        <Dialogs place=dialogs/>
        <IssueDialog place=dialogs account=Signal::derive(move || place.get()[2].clone()) data/>
    }
}

/// What the page showed last: it stays when the cluster doesn't answer, and when somebody deleted the account (SPEC E2).
#[derive(Clone, Copy)]
struct Seen {
    last: RwSignal<Option<(Path, Answer<Details>)>>,
    gone: RwSignal<bool>,
}

/// Workspace, project and name.
type Path = [String; 3];

impl Seen {
    fn new() -> Self {
        Self { last: RwSignal::new(None), gone: RwSignal::new(false) }
    }

    /// What is to be shown, and what went wrong with the last try.
    fn take(
        self,
        place: &Path,
        answer: Result<Answer<Details>, AppError>,
    ) -> (Option<Answer<Details>>, Option<AppError>) {
        // A page that is being left takes its signals along.
        let before = self.last.try_get_untracked().flatten().filter(|(path, _)| path == place);
        let (shown, failed) = match answer {
            Ok(answer) => (Some((place.clone(), answer)), None),
            Err(error @ AppError::Denied(_)) => (None, Some(error)),
            Err(error) => {
                // The stream is opened anew, and tells when the page can be read.
                let unsure = before.map(|(path, mut answer)| {
                    answer.value.version = UNKNOWN;
                    (path, answer)
                });
                (unsure, Some(error))
            }
        };
        let is_gone = shown.is_some() && failed == Some(AppError::NotFound);
        _ = self.gone.try_set(is_gone);
        _ = self.last.try_set(shown.clone());
        (shown.map(|(_, answer)| answer), failed.filter(|_| !is_gone))
    }

    fn stream(self) -> Option<String> {
        let of = |([workspace, project, name], _): &(Path, _)| routes::live_account(workspace, project, name);
        self.last.with(|last| last.as_ref().map(of))
    }

    fn version(self) -> Version {
        self.last.with(|last| last.as_ref().map_or(UNKNOWN, |(_, answer)| answer.value.version))
    }
}

fn path_of([workspace, project, name]: &Path, query: &ListQuery) -> String {
    routes::list_with(&routes::details(workspace, project, name), query, None)
}

fn list_signal(place: Memo<Path>, query: Memo<ListQuery>) -> Signal<String> {
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
fn Loaded(
    answer: Answer<Details>,
    failed: Option<AppError>,
    refresh: Callback<()>,
    seen: Seen,
    live: ReadSignal<LiveState>,
    place: Path,
    query: ListQuery,
    list: String,
    mend: ServerAction<RepairRole>,
    dialogs: Place,
) -> impl IntoView {
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
            <div role="alert">
                {move || seen.gone.get().then(|| view! { <p class="stale">{text!(locale, details.gone)}</p> })}
            </div>
            {failed
                .map(|error| {
                    view! {
                        <div class="stale" role="status">
                            <p>{text!(locale, details.stale)}</p>
                            <ErrorPanel error retry=refresh/>
                        </div>
                    }
                })}
            <div class="split">
                <Card account=account.clone() rights href yaml list mend dialogs/>
                <div>
                    <nav class="tabs" aria-label=text!(locale, details.tabs)>
                        <a href=tab aria-current="page">
                            {text!(locale, details.resource_status)}
                        </a>
                        <LiveStatus state=live/>
                    </nav>
                    <ManagedNote account=account.clone()/>
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
