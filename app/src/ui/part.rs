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

/// What a resource gives to the part of the page that waits for it.
///
/// Before the server renders such a part it looks into it for what else is waited for. With everything there already it would
/// build the whole part to look at it, drop it, and build it again: so the first look is answered with *not yet*.
pub async fn loaded<T>(resource: impl IntoFuture<Output = T>) -> T {
    let value = resource.await;
    #[cfg(feature = "ssr")]
    not_yet().await;
    value
}

#[cfg(feature = "ssr")]
async fn not_yet() {
    let mut looked = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut looked, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use futures::{FutureExt, executor::block_on, future::ready};

    use super::loaded;

    #[test]
    fn p3_a_part_that_is_only_looked_into_is_not_built() {
        assert_eq!(loaded(ready(1)).now_or_never(), None);
        assert_eq!(block_on(loaded(ready(1))), 1);
    }
}
