//! After an act that can be taken back.

use std::sync::Arc;

use leptos::{prelude::*, server_fn::ServerFn};
use musterbook_core::AppError;

use crate::{
    accounts::Place,
    lang::use_locale,
    routes, text,
    ui::Draw,
    undo::{
        UNDO,
        kept::{Done, keep},
        words,
    },
    viewer::use_viewer,
};

/// As [`Place::finish`], for `action` on the account `name`: keeps what takes it back, and offers that. `what` says what
/// was done by the answer, and gives what takes it back.
pub fn finish<F>(
    place: Place,
    action: ServerAction<F>,
    to: Signal<String>,
    name: String,
    what: fn(F::Output) -> (Done, Option<String>),
) where
    F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let locale = use_locale();
    let user = use_viewer().user.unwrap_or_default();
    place.finish_with(action, to, move |answer| {
        let (done, sealed) = what(answer);
        let text = words::done(locale, done, &name, 1);
        let kept = sealed.and_then(|sealed| keep(user.clone(), done, name.clone(), vec![sealed]));
        let Some(number) = kept else {
            if done == Done::Gone {
                return (text, None);
            }
            return (format!("{text}. {}", text!(locale, undo.none)), None);
        };
        // The page may be gone, too: then it is on the one that is there.
        let href = address(&to.try_get_untracked().unwrap_or_default(), number.to_string());
        let offer: Draw = Arc::new(move || {
            view! {
                <a class="button" href=href.clone()>
                    {text!(locale, undo.submit)}
                </a>
            }
            .into_any()
        });
        (text, Some((number, offer)))
    });
}

/// The page at `under`, with the dialog on top. `chosen` is which of those that the browser keeps; empty: the newest.
pub fn address(under: &str, chosen: String) -> String {
    routes::with_more(under, [(UNDO, chosen)])
}
