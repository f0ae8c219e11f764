//! How many there are, how many rows are shown, and the way to the other pages.

use leptos::prelude::*;
use musterbook_core::list::{ListQuery, PAGE_SIZES, Page};

use crate::{
    accounts::list::board::Board,
    lang::use_locale,
    live::{LiveState, LiveStatus},
    plural, routes, text,
};

#[component]
pub fn Footer(board: Board, live: ReadSignal<LiveState>, query: ListQuery, path: String) -> impl IntoView {
    let locale = use_locale();
    let counts = board.part(|answer| Counts::of(&answer.value));
    let size = query.size;
    let range = move || {
        let Counts { shown, matching, page, .. } = counts.get();
        let from = page.saturating_sub(1) * size + usize::from(matching > 0);
        text!(locale, list.range, from = from, to = from + shown.saturating_sub(1), matching = matching)
    };
    // Both stay in their place, so that the focus does: paging on is one key.
    let link = |to: Memo<Option<usize>>, label: String, arrow: &'static str| {
        let (query, path) = (query.clone(), path.clone());
        let href = move || to.get().map(|page| routes::list_with(&path, &query.on_page(page), None));
        view! {
            <a class="button quiet" href=href hidden=move || to.get().is_none() aria-label=label>
                {arrow}
            </a>
        }
    };
    let previous = Memo::new(move |_| counts.read().page.checked_sub(1).filter(|page| *page > 0));
    let next = Memo::new(move |_| Some(counts.read().page + 1).filter(|page| *page <= counts.read().pages));
    let sizes = PAGE_SIZES.map(|size| {
        let sized = ListQuery { size, page: 1, ..query.clone() };
        let href = routes::list_with(&path, &sized, None);
        view! {
            <a href=href aria-current=(size == query.size).then_some("true")>
                {size}
            </a>
        }
    });
    view! {
        <div class="foot">
            <span>{move || plural!(locale, list.total, counts.read().total)}</span>
            {move || {
                let Counts { matching, total, .. } = counts.get();
                (matching != total)
                    .then(|| view! { <span>{text!(locale, list.matching, matching = matching, total = total)}</span> })
            }}
            <LiveStatus state=live/>
            <nav class="pages" aria-label=text!(locale, list.pages)>
                <span class="sizes hide-narrow">{text!(locale, list.rows)} " " {sizes.collect_view()}</span>
                {link(previous, text!(locale, list.previous), "‹")}
                <span>{range}</span>
                {link(next, text!(locale, list.next), "›")}
            </nav>
        </div>
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Counts {
    shown: usize,
    matching: usize,
    total: usize,
    page: usize,
    pages: usize,
}

impl Counts {
    fn of(page: &Page) -> Self {
        let &Page { matching, total, page: number, pages, .. } = page;
        Self { shown: page.rows.len(), matching, total, page: number, pages }
    }
}
