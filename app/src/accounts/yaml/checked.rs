//! What the server said to a text: what it would store, or what it has by now.

use leptos::prelude::*;
use musterbook_core::diff::{Line, diff};

use crate::{
    lang::use_locale,
    text,
    ui::{Icon, IconName},
};

/// Lines around a difference that are shown, too.
const AROUND: usize = 3;

/// A dry run that found no problem: what would change of what is stored now.
#[component]
pub fn Checked(before: String, after: String) -> impl IntoView {
    let locale = use_locale();
    let changes = before != after;
    let message = if changes { text!(locale, yaml.would_store) } else { text!(locale, yaml.no_change) };
    view! {
        <section class="card panel" role="status">
            <header>
                <h2>{text!(locale, yaml.checked)}</h2>
            </header>
            <p>{message}</p>
            {changes.then(|| view! { <Difference before after/> })}
        </section>
    }
}

/// What the cluster has now, after a conflict of a form without scripts.
#[component]
pub fn Current(text: String) -> impl IntoView {
    let locale = use_locale();
    view! {
        <section class="card panel" aria-labelledby="current-version">
            <header>
                <h2 id="current-version">{text!(locale, yaml.current)}</h2>
            </header>
            <div class="content">
                <p class="warning" role="status">
                    <Icon name=IconName::Warning/>
                    <span>{text!(locale, yaml.conflict)}</span>
                </p>
                <pre class="code" tabindex="0">{text}</pre>
            </div>
        </section>
    }
}

/// What differs, with some lines around it.
#[component]
pub fn Difference(before: String, after: String) -> impl IntoView {
    let locale = use_locale();
    let lines = diff(&before, &after);
    let near = |index: usize| {
        let around = &lines[index.saturating_sub(AROUND)..lines.len().min(index + AROUND + 1)];
        around.iter().any(|line| !matches!(line, Line::Same(_)))
    };
    let shown = lines
        .iter()
        .enumerate()
        .filter(|(index, _)| near(*index))
        .map(|(_, line)| match line {
            Line::Same(text) => view! { <span>{format!("  {text}\n")}</span> }.into_any(),
            Line::Gone(text) => view! { <del>{format!("- {text}\n")}</del> }.into_any(),
            Line::New(text) => view! { <ins>{format!("+ {text}\n")}</ins> }.into_any(),
        })
        .collect_view();
    view! {
        <pre class="code diff" tabindex="0" aria-label=text!(locale, yaml.difference)>
            {shown}
        </pre>
    }
}
