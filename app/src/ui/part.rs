//! Parts of a page that are drawn anew, in place, when something that they read changes. As closures in a view, or in a
//! `<For>`, their code would be in the bundle once for each of them, and that is kilobytes.
//!
//! A page that is loading its successor is still shown, but the signals that were made in it are gone: what it reads must
//! have been made outside, or be counted ([`leptos::prelude::ArcRwSignal`], `ArcSignal`).

use std::sync::Arc;

use leptos::prelude::*;

pub type Draw = Arc<dyn Fn() -> AnyView + Send + Sync>;

pub fn part(draw: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    drawn(Arc::new(draw))
}

fn drawn(draw: Draw) -> AnyView {
    (move || draw()).into_any()
}

/// Parts that come, go and move, each known by its number.
pub fn parts(each: impl Fn() -> Vec<(u32, Draw)> + Send + Sync + 'static) -> AnyView {
    let each: Arc<dyn Fn() -> Vec<(u32, Draw)> + Send + Sync> = Arc::new(each);
    view! { <For each=move || each() key=|(number, _)| *number children=|(_, draw)| drawn(draw)/> }.into_any()
}

/// An effect, likewise.
pub fn effect(run: impl Fn() + 'static) {
    fn erased(run: Box<dyn Fn()>) {
        Effect::new(move |_: Option<()>| run());
    }
    erased(Box::new(run));
}
