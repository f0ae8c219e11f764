//! After a conflict, what the cluster has by now is read: for both versions to be shown (SPEC X1).

use leptos::{prelude::*, server_fn::ServerFn};
use musterbook_core::{Answer, AppError};

/// In the browser: each time `action` meets a conflict, `meet` gets what `load` finds. Gives the error where it finds nothing,
/// for an alert beside that of the conflict.
pub fn on_conflict<F, T, L>(
    action: ServerAction<F>,
    load: impl Fn() -> L + Send + Sync + 'static,
    meet: impl Fn(T) + 'static,
) -> Signal<Option<AppError>>
where
    F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
    L: Future<Output = Result<Answer<T>, AppError>> + Send + 'static,
{
    let read = Action::new(move |()| load());
    let (value, again) = (action.value(), read.value());
    let unread = RwSignal::new(None);
    Effect::new(move |_| {
        unread.set(None);
        if value.with(|value| matches!(value, Some(Err(AppError::Conflict)))) {
            read.dispatch(());
        }
    });
    Effect::new(move |_| match again.get() {
        Some(Ok(answer)) => meet(answer.value),
        Some(Err(error)) => unread.set(Some(error)),
        None => {}
    });
    unread.into()
}
