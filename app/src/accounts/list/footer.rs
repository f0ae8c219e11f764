//! How many there are, how many rows are shown, and the way to the other pages.

use leptos::prelude::*;
use musterbook_core::list::{ListQuery, PAGE_SIZES, Page};

use crate::{
    lang::{number, use_locale},
    plural, routes, text,
};

#[component]
pub fn Footer(page: Page, query: ListQuery, path: String) -> impl IntoView {
    let locale = use_locale();
    let Page { rows, matching, total, page, pages, .. } = page;
    let from = (page - 1) * query.size + usize::from(matching > 0);
    let to = from + rows.len().saturating_sub(1);
    let link = |to: usize, label: String, arrow: &'static str, exists: bool| {
        exists.then(|| {
            let href = routes::list_with(&path, &query.on_page(to), None);
            view! {
                <a class="button quiet" href=href aria-label=label>
                    {arrow}
                </a>
            }
        })
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
            <span>{plural!(locale, list.total, total)}</span>
            {(matching != total)
                .then(|| view! { <span>{text!(locale, list.matching, matching = number(matching), total = number(total))}</span> })}
            <nav class="pages" aria-label=text!(locale, list.pages)>
                <span class="sizes hide-narrow">{text!(locale, list.rows)} " " {sizes.collect_view()}</span>
                {link(page.saturating_sub(1), text!(locale, list.previous), "‹", page > 1)}
                <span>{text!(locale, list.range, from = number(from), to = number(to), matching = number(matching))}</span>
                {link(page + 1, text!(locale, list.next), "›", page < pages)}
            </nav>
        </div>
    }
}
