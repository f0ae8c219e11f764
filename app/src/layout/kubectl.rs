//! What a dialog is about to do as kubectl commands, which follow what is typed (SPEC U6).

use leptos::{form::FromFormData, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement};

use crate::{lang::use_locale, text, ui::CopyButton};

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
    let first = command(initial).unwrap_or_default();
    let now = Callback::new(move |()| typed_in(form).and_then(&command));
    view! { <Command first now follows beside/> }
}

/// What the form would send now.
fn typed_in<F: FromFormData>(form: &str) -> Option<F> {
    let form = document().get_element_by_id(form)?.dyn_into::<HtmlFormElement>().ok()?;
    F::from_form_data(&FormData::new_with_form(&form).ok()?).ok()
}

#[component]
fn Command(
    first: String,
    now: Callback<(), Option<String>>,
    follows: Option<Signal<String>>,
    beside: bool,
) -> impl IntoView {
    let locale = use_locale();
    let shown = RwSignal::new(first);
    let look = move || {
        // The dialog may be gone by then, and all that it asks.
        if !shown.is_disposed()
            && let Some(command) = now.run(())
        {
            shown.set(command);
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
    let copied = Callback::new(move |()| now.run(()).unwrap_or_else(|| shown.get_untracked()));
    let label = text!(locale, kubectl.title);
    view! {
        <details class=if beside { "note kubectl beside" } else { "note kubectl" } on:toggle=move |_| look()>
            <summary>{label.clone()}</summary>
            <p>{text!(locale, kubectl.about)}</p>
            <pre class="code" tabindex="0" aria-label=label>
                {move || shown.get()}
            </pre>
            <CopyButton text=copied/>
        </details>
    }
}
