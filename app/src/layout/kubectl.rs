//! What a dialog is about to do as kubectl commands, which follow what is typed (SPEC U6).

use leptos::{form::FromFormData, prelude::*};

use crate::{lang::use_locale, post::typed_in, text, ui::CopyButton};

/// Folded away, in the form that it is about. Without scripts it is of what the form starts with.
#[component]
pub fn KubectlCommand<F, C>(
    /// The form's id.
    form: &'static str,
    /// What the form starts with.
    initial: F,
    /// `None` while there is nothing that could be sent.
    command: C,
    /// What changes in the form without being typed.
    #[prop(optional, into)]
    follows: Option<Signal<String>>,
    /// Shown in the other one's place where KubeSphere binds the roles that the form offers (SPEC D4).
    #[prop(optional)]
    beside: bool,
) -> impl IntoView
where
    F: FromFormData + 'static,
    C: Fn(F) -> Option<String> + Send + Sync + 'static,
{
    let first = command(initial);
    let now = Callback::new(move |()| typed_in(form).and_then(&command));
    view! { <Command first now follows beside/> }
}

#[component]
fn Command(
    first: Option<String>,
    now: Callback<(), Option<String>>,
    follows: Option<Signal<String>>,
    beside: bool,
) -> impl IntoView {
    let locale = use_locale();
    let shown = RwSignal::new(first);
    let look = move || {
        // The dialog may be gone by then, and all that it asks.
        if !shown.is_disposed() {
            shown.set(now.run(()));
        }
    };
    Effect::new(move |_| {
        if let Some(follows) = follows {
            follows.track();
        }
        request_animation_frame(look);
    });
    Effect::new(move |_| {
        let listener = window_event_listener(leptos::ev::input, move |_| look());
        on_cleanup(move || listener.remove());
    });
    let copied = Callback::new(move |()| now.run(()).unwrap_or_default());
    let label = text!(locale, kubectl.title);
    view! {
        <details class=if beside { "note kubectl beside" } else { "note kubectl" } on:toggle=move |_| look()>
            <summary>{label.clone()}</summary>
            <p>{text!(locale, kubectl.about)}</p>
            // While there is nothing to be sent there is nothing to be run: the form says what is wrong.
            <div hidden=move || shown.with(Option::is_none)>
                <pre class="code" tabindex="0" aria-label=label>
                    {move || shown.get()}
                </pre>
                <CopyButton text=copied/>
            </div>
        </details>
    }
}
