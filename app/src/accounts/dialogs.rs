//! Which dialog the address names (`?create`, `?create=yaml`, `?create=many`, `?create&from=NAME`, `?edit=NAME`, `?settings=NAME`, `?role=NAME`, `?delete=NAME`, `?delete-selected`, `?undo`): on the list and on the
//! details page alike, so that links open them, the back button closes them, and they work without scripts.

use std::sync::Arc;

use leptos::{
    prelude::*,
    server_fn::ServerFn,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use musterbook_core::{
    AppError,
    bulk::{Chosen, Pick},
    list::Scope,
};

use crate::{
    accounts::{
        bulk::BulkDeleteDialog,
        create::{Begin, CreateDialog},
        delete::DeleteDialog,
        edit::EditDialog,
        list::selection::{DELETE_SELECTED, MATCHING, PICK, Selection},
        many::ManyDialog,
        settings::SettingsDialog,
    },
    explain::error_text,
    lang::use_locale,
    layout::{Offer, use_toasts},
    post::on_success,
    roles::ChangeRoleDialog,
    routes,
    ui::{effect, part, use_modal},
    undo::{self, Strip, UNDO, UndoDialog, keep_half_done},
    viewer::use_viewer,
};

/// Stands beside what the page loads, not in it: a page that is read anew leaves an open dialog as it is (SPEC L4).
#[component]
pub fn Dialogs(place: Place) -> impl IntoView {
    let query = use_query_map();
    let open = Memo::new(move |_| Open::from_query(&query.read(), &place.project.read()));
    let dialog = part(move || match open.get() {
        Open::Nothing => ().into_any(),
        // A dialog about an account keeps to its project while the address is already another one.
        open => drawn(open.clone(), if open == Open::Create { place } else { place.fixed() }),
    });
    // What can be undone only the browser knows.
    let undo = RwSignal::new(false);
    effect(move || {
        place.changes.track();
        undo.set(undo::any());
    });
    let strip = part(move || if undo.get() { drawn(Open::Strip, place) } else { ().into_any() });
    view! {
        {dialog}
        {strip}
    }
}

fn drawn(open: Open, place: Place) -> AnyView {
    let is_dialog = open != Open::Strip;
    Suspend::new(async move {
        match dialog(open, place).await {
            Ok(view) => view,
            Err(NoChunk) if is_dialog => without_chunk().await,
            Err(NoChunk) => ().into_any(),
        }
    })
    .into_any()
}

/// The dialogs are a chunk of their own: most visits to the list open none.
#[wasm_split(dialogs, wasm_split_path = leptos::wasm_split, preload(preload_dialog), fallible)]
fn dialog(open: Open, place: Place) -> Result<AnyView, NoChunk> {
    if open != Open::Strip && undo::is_posted() {
        return Ok(view! { <UndoDialog chosen=String::new() place/> }.into_any());
    }
    Ok(match open {
        Open::Nothing => ().into_any(),
        Open::Strip => view! { <Strip place/> }.into_any(),
        Open::Undo(chosen) => view! { <UndoDialog chosen place/> }.into_any(),
        Open::Create => view! { <NewDialog place/> }.into_any(),
        Open::Edit(name) => view! { <EditDialog name place/> }.into_any(),
        Open::Settings(name) => view! { <SettingsDialog name place/> }.into_any(),
        Open::Role(name) => view! { <ChangeRoleDialog name place/> }.into_any(),
        Open::Delete(name) => view! { <DeleteDialog name place/> }.into_any(),
        Open::DeleteSelected(chosen) => view! { <BulkDeleteDialog chosen place/> }.into_any(),
    })
}

/// Which way of creating the address names. It may be another one while the dialog is open; and the dialog stays as it is
/// while it closes.
#[component]
fn NewDialog(place: Place) -> impl IntoView {
    let query = use_query_map();
    let begin = Memo::new(move |before: Option<&Begin>| {
        Begin::from_query(&query.read()).unwrap_or_else(|| before.cloned().unwrap_or(Begin::Form))
    });
    move || match begin.get() {
        Begin::Many => view! { <ManyDialog place/> }.into_any(),
        // About an account of this project, though the address may be another one soon.
        begin @ Begin::Copy(_) => view! { <CreateDialog begin place=place.fixed()/> }.into_any(),
        begin => view! { <CreateDialog begin place/> }.into_any(),
    }
}

/// The chunk could not be loaded: the network, or a newer version was deployed.
struct NoChunk;

impl From<SplitLoaderError> for NoChunk {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// A live page is loaded anew, its address names the dialog: the server renders it. A page that isn't live yet stays
/// as the server rendered it, with forms that need no script.
async fn without_chunk() -> AnyView {
    let live = document().document_element().is_some_and(|html| html.has_attribute("data-live"));
    if live && let Err(error) = window().location().reload() {
        leptos::logging::error!("{error:?}");
    }
    std::future::pending().await
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Open {
    Nothing,
    /// No dialog: what stands beside the page while something can be undone.
    Strip,
    /// Which of them; empty: the newest.
    Undo(String),
    Create,
    Edit(String),
    Settings(String),
    Role(String),
    Delete(String),
    DeleteSelected(Chosen),
}

impl Open {
    /// `here` is the project of the page: a pick may leave it out.
    fn from_query(query: &ParamsMap, here: &str) -> Self {
        let named = |key: &str| query.get(key).filter(|name| !name.is_empty());
        if query.get("create").is_some() {
            return Self::Create;
        }
        if let Some(chosen) = query.get(UNDO) {
            return Self::Undo(chosen);
        }
        if query.get(DELETE_SELECTED).is_some() {
            return chosen(query, here).map_or(Self::Nothing, Self::DeleteSelected);
        }
        None.or_else(|| named("edit").map(Self::Edit))
            .or_else(|| named("settings").map(Self::Settings))
            .or_else(|| named("role").map(Self::Role))
            .or_else(|| named("delete").map(Self::Delete))
            .unwrap_or(Self::Nothing)
    }
}

/// All that the list's query matches ([`MATCHING`]), or those picked (`pick=NAME`, `pick=PROJECT/NAME`): too many for an
/// address, they are known to the list alone.
fn chosen(query: &ParamsMap, here: &str) -> Option<Chosen> {
    if query.get(MATCHING).is_some() {
        return Some(Chosen::Matching);
    }
    let kept = || use_context::<Selection>().map(Selection::picks_now).unwrap_or_default();
    let picks = query.get_all(PICK).unwrap_or_else(kept);
    let picks: Vec<_> = picks.iter().map(|pick| Pick::parse(pick, here)).collect();
    (!picks.is_empty()).then_some(Chosen::Picked(picks))
}

/// Before hydration: the code of the dialog that the server rendered, if it did. Hydration can't wait for it later.
/// `false` where it can't be had; then the page is better left as it is, with forms that need no script.
pub async fn ready_to_hydrate() -> bool {
    let search = window().location().search().unwrap_or_default();
    let named = ["create", "edit", "settings", "role", "delete", DELETE_SELECTED, UNDO]
        .iter()
        .any(|key| search.trim_start_matches('?').split('&').any(|pair| pair.split('=').next() == Some(*key)));
    !named || preload_dialog().await.is_ok()
}

/// Where a dialog stands.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Empty where the page is of all of them.
    pub workspace: Signal<String>,
    /// Empty where the page is of several, and the address names none.
    pub project: Signal<String>,
    /// The page is of several projects (SPEC L8).
    pub wide: Signal<bool>,
    /// The page under the dialog: where closing and success lead.
    pub back: Signal<String>,
    /// Where deleting an account leads: to the list, as it was filtered (SPEC section 4).
    pub gone: Signal<String>,
    /// Raised after a change: the page is read anew.
    pub changes: RwSignal<u32>,
}

impl Place {
    /// Whose accounts the page under the dialog lists.
    pub fn scope(self) -> Scope {
        let (workspace, project) = (self.workspace.get_untracked(), self.project.get_untracked());
        match (self.wide.get_untracked(), workspace.is_empty()) {
            (false, _) => Scope::Project { workspace, project },
            (true, false) => Scope::Workspace { workspace },
            (true, true) => Scope::Cluster,
        }
    }

    /// Address of another way to create, in the project that is chosen.
    pub fn create(self, kind: &'static str) -> Signal<String> {
        Signal::derive(move || {
            let within = if self.wide.get() { self.project.get() } else { String::new() };
            let within = Some((routes::WITHIN, within)).filter(|(_, project)| !project.is_empty());
            routes::with_more(&self.back.get(), [("create", kind.to_owned())].into_iter().chain(within))
        })
    }

    /// With the project that is named now.
    fn fixed(self) -> Self {
        Self { project: Signal::stored(self.project.get_untracked()), ..self }
    }

    /// In the browser, when `action` has succeeded: reads the page anew, closes the dialog towards `to`, and says
    /// `message`. What was done half-way is read anew, too. Call it in a [`crate::ui::Modal`].
    pub fn finish<F>(
        self,
        action: ServerAction<F>,
        to: Signal<String>,
        message: impl Fn() -> String + Send + Sync + 'static,
    ) where
        F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
        F::Output: Clone + Send + Sync + 'static,
    {
        self.finish_with(action, to, move |_| (message(), None));
    }

    /// The same, with something to do about it beside the message.
    pub fn finish_with<F>(
        self,
        action: ServerAction<F>,
        to: Signal<String>,
        message: impl Fn(F::Output) -> (String, Option<Offer>) + Send + Sync + 'static,
    ) where
        F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
        F::Output: Clone + Send + Sync + 'static,
    {
        let (modal, toasts, changes) = (use_modal(), use_toasts(), self.changes);
        let message = Arc::new(message);
        self.tell_who_left(action, Arc::clone(&message));
        on_success(action, move |answer| {
            let (text, offer) = message(answer);
            // The page that is left isn't read anew: what it shows may be gone.
            if to.get_untracked() == self.back.get_untracked() {
                changes.update(|changes| *changes += 1);
            }
            toasts.offer(text, offer);
            if let Some(modal) = modal {
                modal.close_to(to.get_untracked());
            }
        });
        let (value, user) = (action.value(), use_viewer().user.unwrap_or_default());
        Effect::new(move |_| {
            value.with(|value| {
                if let Some(Err(error @ AppError::HalfDone(_))) = value {
                    keep_half_done(&user, error);
                    changes.update(|changes| *changes += 1);
                }
            });
        });
    }

    /// Who closes the dialog before the answer is there hears of it all the same (SPEC U5).
    fn tell_who_left<F, M>(self, action: ServerAction<F>, message: Arc<M>)
    where
        F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
        F::Output: Clone + Send + Sync + 'static,
        M: Fn(F::Output) -> (String, Option<Offer>) + Send + Sync + 'static,
    {
        let (locale, toasts, changes) = (use_locale(), use_toasts(), self.changes);
        let title = use_modal().map(|modal| modal.title()).unwrap_or_default();
        let user = use_viewer().user.unwrap_or_default();
        let tell = Arc::new(move |answer| {
            match answer {
                Ok(answer) => {
                    let (text, offer) = message(answer);
                    toasts.offer(text, offer);
                }
                Err(error) => {
                    keep_half_done(&user, &error);
                    toasts.error(format!("{title} {}", error_text(locale, &error)));
                }
            }
            // The page may be gone, too.
            _ = changes.try_update(|changes| *changes += 1);
        });
        on_left(action, tell);
    }
}

/// In the browser: `tell` gets the answer of `action` where the dialog is closed before it is there (SPEC U5). Call it in the
/// dialog.
pub fn on_left<F, T>(action: ServerAction<F>, tell: Arc<T>)
where
    T: Fn(Result<F::Output, AppError>) + Send + Sync + 'static,
    F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let pending = action.pending();
    // In an effect: the server keeps nothing.
    Effect::new(move |_| {
        // Lasts as long as the browser shows our pages; what is made in the dialog doesn't.
        let lasting = std::iter::successors(Owner::current(), Owner::parent).last();
        let tell = Arc::clone(&tell);
        on_cleanup(move || {
            let Some(lasting) = lasting.filter(|_| pending.get_untracked()) else { return };
            lasting.with(|| {
                let value = action.value();
                Effect::new(move |before: Option<()>| {
                    // First, it is the answer to an earlier try.
                    if let Some(answer) = value.get().filter(|_| before.is_some()) {
                        // It may be a secret, and nobody else asks for it.
                        value.update_untracked(|value| *value = None);
                        tell(answer);
                    }
                });
            });
        });
    });
}
