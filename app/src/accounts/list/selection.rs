//! Which accounts are picked to be deleted together (SPEC L5). Kept in the browser over pages, sort orders and refreshes.
//! Without scripts, the boxes of a page are a form that leads to the same dialog.

use leptos::prelude::*;
use musterbook_core::{
    account::Rights,
    list::{ListQuery, Page, Row, Scope},
};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::{
    accounts::list::board::Board,
    lang::{number, use_locale},
    plural, routes, text,
    ui::{effect, part},
};

/// The dialog over what is picked. Beside it in the address: [`PICK`] for each, or [`MATCHING`].
pub const DELETE_SELECTED: &str = "delete-selected";
/// `PROJECT/NAME`.
pub const PICK: &str = "pick";
/// All that the list's search and filters find.
pub const MATCHING: &str = "matching";
/// An address names so many; of more, only this page knows ([`Selection::picks_now`]).
pub const MOST_IN_ADDRESS: usize = 100;

const FORM: &str = "selection";

/// A context of the list page. What is drawn with it reads signals that are counted or made outside of the rows: old rows
/// stay while new ones are loaded, when what was made in them is gone.
#[derive(Debug, Clone, Copy)]
pub struct Selection {
    picked: RwSignal<Vec<String>>,
    matching: RwSignal<bool>,
    /// What can be picked on the page that is shown.
    page: RwSignal<Vec<String>>,
}

impl Selection {
    /// A list of other projects begins without a selection; *all matching* ends with the search that it was made for.
    pub fn provide(scope: Memo<Scope>, query: Memo<ListQuery>) {
        let selection =
            Self { picked: RwSignal::new(Vec::new()), matching: RwSignal::new(false), page: RwSignal::new(Vec::new()) };
        provide_context(selection);
        // Not before the page is hydrated: until then it has to be as the server rendered it.
        let ticked = ticked_already();
        let last = StoredValue::new(None::<(Scope, ListQuery)>);
        effect(move || {
            let now = (scope.get(), query.read().found());
            match last.get_value() {
                None => selection.set(&ticked, true),
                Some(before) if before.0 == now.0 && (before.1 == now.1 || !selection.matching.get_untracked()) => {}
                Some(_) => selection.clear(),
            }
            last.set_value(Some(now));
        });
    }

    fn picks(self) -> Vec<String> {
        self.picked.get()
    }

    /// `PROJECT/NAME` of each that is picked.
    pub fn picks_now(self) -> Vec<String> {
        self.picked.get_untracked()
    }

    /// The page may be gone.
    pub fn clear(self) {
        _ = self.matching.try_set(false);
        _ = self.picked.try_set(Vec::new());
    }

    /// Tells what is shown.
    pub fn shows(self, page: &Page) {
        let selectable = page.rows.iter().filter(|row| row.selectable(page.rights_in(&row.account.project)));
        self.page.set(selectable.map(Row::pick).collect());
    }

    fn has(self, pick: &str) -> bool {
        self.matching.get() || self.picked.with(|picked| picked.iter().any(|one| one == pick))
    }

    fn has_page(self) -> bool {
        self.page.with(|page| !page.is_empty() && page.iter().all(|pick| self.has(pick)))
    }

    fn set(self, picks: &[String], on: bool) {
        // Without some of all, there is what can be seen without them.
        let shown = if self.matching.get_untracked() { self.page.get_untracked() } else { Vec::new() };
        self.matching.set(false);
        self.picked.update(|picked| {
            picked.extend(shown);
            picked.retain(|one| !picks.contains(one));
            if on {
                picked.extend_from_slice(picks);
            }
        });
    }

    fn set_matching(self) {
        self.picked.set(Vec::new());
        self.matching.set(true);
    }
}

/// What was ticked before the page was live.
fn ticked_already() -> Vec<String> {
    if cfg!(feature = "ssr") || document().document_element().is_none_or(|html| html.has_attribute("data-live")) {
        return Vec::new();
    }
    let Ok(boxes) = document().query_selector_all("input[name=pick]:checked") else { return Vec::new() };
    let boxes = (0..boxes.length()).filter_map(|place| boxes.get(place)?.dyn_into::<HtmlInputElement>().ok());
    boxes.map(|input| input.value()).collect()
}

/// The row's box. A box that can't be ticked says why.
#[component]
pub fn PickCell(row: Row, rights: Rights) -> impl IntoView {
    let locale = use_locale();
    let selection = use_context::<Selection>();
    let pick = row.pick();
    let selectable = row.selectable(rights);
    let why = if row.account.federated {
        Some(text!(locale, dialog.federated))
    } else {
        row.account.deleting.then(|| text!(locale, list.being_deleted))
    };
    let (value, ticked) = (pick.clone(), pick.clone());
    view! {
        <td class="pick hide-narrow">
            <input
                type="checkbox"
                name=PICK
                form=FORM
                value=value
                autocomplete="off"
                disabled=!selectable
                title=why
                aria-label=text!(locale, list.select, name = &row.account.name)
                prop:checked=ArcSignal::derive(move || {
                    selectable && selection.is_some_and(|selection| selection.has(&ticked))
                })
                on:change:target=move |event| {
                    if let Some(selection) = selection {
                        selection.set(std::slice::from_ref(&pick), event.target().checked());
                    }
                }
            />
        </td>
    }
}

/// The header's box: all of the page.
#[component]
pub fn PickPage() -> impl IntoView {
    let locale = use_locale();
    let selection = use_context::<Selection>();
    let all = ArcSignal::derive(move || selection.is_some_and(Selection::has_page));
    view! {
        <th class="pick hide-narrow">
            <input
                type="checkbox"
                class="needs-script"
                autocomplete="off"
                aria-label=text!(locale, list.select_page)
                prop:checked=all
                on:change:target=move |event| {
                    if let Some(selection) = selection {
                        selection.set(&selection.page.get_untracked(), event.target().checked());
                    }
                }
            />
        </th>
    }
}

/// How many are picked, and what can be done with them. Shown while some are: by style alone, so without scripts, too.
#[component]
pub fn SelectionBar(board: Board, query: ListQuery, path: String) -> impl IntoView {
    let locale = use_locale();
    let Some(selection) = use_context::<Selection>() else { return ().into_any() };
    let matching = move || board.with(|board| board.page.matching);
    let count = move || if selection.matching.get() { matching() } else { selection.picked.with(Vec::len) };
    let is_all = ArcSignal::derive(move || count() >= matching());
    let all = ArcSignal::derive(move || text!(locale, list.select_matching, count = number(matching())));
    let some = ArcSignal::derive(move || (count() > 0).then_some("true"));
    let said = part(move || {
        let count = count();
        let said = if selection.matching.get() {
            plural!(locale, list.selected_matching, count)
        } else {
            plural!(locale, list.selected, count)
        };
        said.into_any()
    });
    let hidden = query.to_pairs().into_iter().chain([(DELETE_SELECTED, String::new())]);
    let hidden = hidden.map(|(key, value)| view! { <input type="hidden" name=key value=value/> }).collect_view();
    let action = path.clone();
    let delete = ArcSignal::derive(move || {
        let dialog = routes::list_with(&path, &query, Some((DELETE_SELECTED, "")));
        let pairs = match (selection.matching.get(), selection.picks()) {
            (true, _) => vec![(MATCHING, String::new())],
            (false, picks) if picks.len() > MOST_IN_ADDRESS => Vec::new(),
            (false, picks) => picks.into_iter().map(|pick| (PICK, pick)).collect(),
        };
        if pairs.is_empty() { dialog } else { routes::with_more(&dialog, pairs) }
    });
    view! {
        <form id=FORM class="selection" method="get" action=action data-some=some>
            {hidden}
            <span role="status" class="needs-script">
                {said}
            </span>
            <button
                type="button"
                class="button quiet needs-script"
                hidden=is_all
                on:click=move |_| selection.set_matching()
            >
                {all}
            </button>
            <button type="button" class="button quiet needs-script" on:click=move |_| selection.clear()>
                {text!(locale, list.clear_selection)}
            </button>
            <a class="button danger end needs-script" href=delete data-noscroll>
                {text!(locale, list.delete_selected)}
            </a>
            <button class="button danger end no-script">{text!(locale, list.delete_selected)}</button>
        </form>
    }
    .into_any()
}
