//! How many there are, how many rows are shown, and the way to the other pages.

use leptos::{prelude::*, reactive::wrappers::read::ArcSignal};
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
    let counts = move || board.with(|board| Counts::of(&board.page));
    let size = query.size;
    let all = ArcSignal::derive(move || plural!(locale, list.total, counts().total));
    let some = ArcSignal::derive(move || {
        let Counts { matching, total, .. } = counts();
        text!(locale, list.matching, matching = matching, total = total)
    });
    let no_filter = ArcSignal::derive(move || counts().matching == counts().total);
    let range = ArcSignal::derive(move || {
        let Counts { shown, matching, page, .. } = counts();
        let from = page.saturating_sub(1) * size + usize::from(matching > 0);
        text!(locale, list.range, from = from, to = from + shown.saturating_sub(1), matching = matching)
    });
    // Both stay in their place, so that the focus does: paging on is one key.
    let link = |forward: bool, label: String, arrow: &'static str| {
        let (query, path) = (query.clone(), path.clone());
        let href = ArcSignal::derive(move || {
            let Counts { page, pages, .. } = counts();
            let to = if forward { page + 1 } else { page.saturating_sub(1) };
            (1..=pages).contains(&to).then(|| routes::list_with(&path, &query.on_page(to), None))
        });
        let shown = href.clone();
        let hidden = ArcSignal::derive(move || shown.with(Option::is_none));
        view! {
            <a class="button quiet" href=href hidden=hidden aria-label=label>
                {arrow}
            </a>
        }
    };
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
            <span>{all}</span>
            <span hidden=no_filter>{some}</span>
            <LiveStatus state=live/>
            <nav class="pages" aria-label=text!(locale, list.pages)>
                <span class="sizes hide-narrow">{text!(locale, list.rows)} " " {sizes.collect_view()}</span>
                {link(false, text!(locale, list.previous), "‹")}
                <span>{range}</span>
                {link(true, text!(locale, list.next), "›")}
            </nav>
        </div>
    }
}

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
