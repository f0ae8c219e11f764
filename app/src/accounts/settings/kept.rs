//! Keys that tools keep for themselves: to be seen, and changed elsewhere.

use leptos::prelude::*;
use musterbook_core::settings::Marks;

use crate::{lang::use_locale, plural};

#[component]
pub fn Kept(kept: Marks) -> impl IntoView {
    let locale = use_locale();
    let all: Vec<_> = kept.labels.into_iter().chain(kept.annotations).collect();
    (!all.is_empty()).then(|| {
        let count = all.len();
        let lines = all.into_iter().map(|(key, value)| {
            view! {
                <div>
                    <dt>
                        <code>{key}</code>
                    </dt>
                    <dd>{value}</dd>
                </div>
            }
        });
        view! {
            <details>
                <summary>{plural!(locale, settings.kept, count)}</summary>
                <dl class="content">{lines.collect_view()}</dl>
            </details>
        }
    })
}
