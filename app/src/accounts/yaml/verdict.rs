//! What the API server says to the text while it is typed.

use leptos::prelude::*;
use musterbook_core::{
    AppError,
    yaml::{Problem, Verdict},
};
use serde::Serialize;

use crate::{
    lang::{Locale, use_locale},
    text,
    ui::CodeEditor,
};

/// A problem as the editor takes it.
#[derive(Serialize)]
struct Mark {
    line: Option<u32>,
    column: Option<u32>,
    message: String,
    warning: bool,
}

/// Shows the problems at their lines.
pub fn mark(editor: CodeEditor, verdict: Option<Result<Verdict, AppError>>) {
    match verdict {
        Some(Ok(verdict)) => mark_problems(editor, verdict.problems(), matches!(verdict, Verdict::Good { .. })),
        _ => mark_problems(editor, &[], false),
    }
}

/// `warning`: they would be stored all the same.
pub fn mark_problems(editor: CodeEditor, problems: &[Problem], warning: bool) {
    let mark = |Problem { line, column, message }: &Problem| Mark {
        line: *line,
        column: *column,
        message: message.clone(),
        warning,
    };
    let marks: Vec<_> = problems.iter().map(mark).collect();
    editor.mark(&serde_json::to_string(&marks).unwrap_or_default());
}

/// The same in words, for those who don't look at the lines.
#[component]
pub fn Said(
    #[prop(into)] verdict: Signal<Option<Result<Verdict, AppError>>>,
    #[prop(into)] pending: Signal<bool>,
    editor: CodeEditor,
) -> impl IntoView {
    let locale = use_locale();
    let said = move || {
        if pending.get() {
            return text!(locale, yaml.checking).into_any();
        }
        let Some(Ok(verdict)) = verdict.get() else { return ().into_any() };
        let title = match &verdict {
            Verdict::Good { warnings, .. } if warnings.is_empty() => text!(locale, yaml.accepted),
            Verdict::Good { .. } => text!(locale, yaml.warnings),
            Verdict::Bad(_) => text!(locale, yaml.problems),
        };
        let problems =
            verdict.problems().iter().cloned().map(|problem| view! { <li>{shown(locale, problem, editor)}</li> });
        let problems = problems.collect_view();
        view! {
            {title}
            <ul lang="en">{problems}</ul>
        }
        .into_any()
    };
    view! {
        <div class="note said" role="status">
            {said}
        </div>
    }
}

fn shown(locale: Locale, problem: Problem, editor: CodeEditor) -> AnyView {
    let Problem { line: Some(line), column, message } = problem else { return problem.message.into_any() };
    let go = move |_| editor.go_to(line, column.unwrap_or(1));
    view! {
        <button type="button" on:click=go>
            {text!(locale, yaml.at_line, line = line, message = &message)}
        </button>
    }
    .into_any()
}
