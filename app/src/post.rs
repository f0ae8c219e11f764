//! Forms that work before and without WebAssembly (SPEC C4).
//!
//! A form posts to the page's own address, with the server function's path in a hidden field. The server calls the
//! function, and on success sends the browser on; else it renders the same page with a [`RefusedPost`], so that the
//! message stands at its field and nothing typed is lost. With WebAssembly the same form dispatches an action instead.

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_location;
use musterbook_core::{
    AppError,
    form::{Field, FieldError, Problem},
};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;

/// A form that was posted without WebAssembly and refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedPost {
    /// The server function's path.
    pub function: String,
    pub error: AppError,
    /// What was posted, without passwords.
    pub fields: Vec<(String, String)>,
}

/// A form that was posted without WebAssembly, and whose answer the page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredPost {
    /// The server function's path.
    pub function: String,
    /// JSON, as the function answered.
    pub answer: String,
}

/// Hidden field with the server function's path.
pub const FUNCTION_FIELD: &str = "_fn";
/// Field of a button that sends the form to another server function than its own.
pub const INSTEAD_FIELD: &str = "_instead";
/// Hidden field with the own path to go to after success.
pub const DONE_FIELD: &str = "_done";

/// Makes the refused or answered post, if there is one, known to the forms of the page, in the browser as well.
pub fn provide_posted() {
    let posted = || Posted { refused: use_context(), answered: use_context() };
    provide_context(SharedValue::new(posted).into_inner());
}

#[derive(Clone, Serialize, Deserialize)]
struct Posted {
    refused: Option<RefusedPost>,
    answered: Option<AnsweredPost>,
}

/// What `F` answered to the form that the page comes from.
pub fn answered<F>() -> Option<F::Output>
where
    F: ServerFn,
    F::Output: serde::de::DeserializeOwned,
{
    let answered = use_context::<Posted>()?.answered.filter(|answered| answered.function == F::PATH)?;
    serde_json::from_str(&answered.answer).ok()
}

/// The post to one of `functions` that was refused, and that the page comes from.
fn refused_post(functions: &[&str]) -> Option<RefusedPost> {
    // A body that was too large to be read names no function: it was from the form that the page shows.
    let ours = |posted: &RefusedPost| {
        functions.contains(&posted.function.as_str()) || (posted.function.is_empty() && !functions.is_empty())
    };
    use_context::<Posted>().and_then(|posted| posted.refused).filter(ours)
}

/// Whether the page comes from a post to `function` that was refused.
pub fn was_refused(function: &str) -> bool {
    use_context::<Posted>().and_then(|posted| posted.refused).is_some_and(|posted| posted.function == function)
}

/// Whether the form was sent by the button that names another function than its own.
pub fn asks_for(event: &leptos::ev::SubmitEvent, function: &str) -> bool {
    event.submitter().and_then(|button| button.get_attribute("value")).is_some_and(|value| value == function)
}

/// In the browser: what the form with the id `form` would send now. `None` where it isn't there, or lacks a field.
pub fn typed_in<F: FromFormData>(form: &str) -> Option<F> {
    let form = document().get_element_by_id(form)?.dyn_into::<web_sys::HtmlFormElement>().ok()?;
    F::from_form_data(&web_sys::FormData::new_with_form(&form).ok()?).ok()
}

/// What was refused of a form that isn't on the page any more, as what it was about is gone.
pub fn refusal() -> Option<AppError> {
    Some(use_context::<Posted>()?.refused?.error)
}

/// What a form's fields start with and what is wrong with them.
#[derive(Clone)]
pub struct FormState {
    posted: Option<RefusedPost>,
    error: Signal<Option<AppError>>,
}

impl FormState {
    /// The state of the form of `action`: its own error, else what the server refused before hydration.
    pub fn of<F>(action: ServerAction<F>) -> Self
    where
        F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
        F::Output: Clone + Send + Sync + 'static,
    {
        Self::of_posted(action, &[F::PATH])
    }

    /// As [`Self::of`], where the page may come from a post to any of these `functions`; with none of them, from no post.
    pub fn of_posted<F>(action: ServerAction<F>, functions: &[&str]) -> Self
    where
        F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
        F::Output: Clone + Send + Sync + 'static,
    {
        let posted = refused_post(functions);
        let refused = posted.as_ref().map(|posted| posted.error.clone());
        let (value, version) = (action.value(), action.version());
        let error = Signal::derive(move || match value.get() {
            Some(Err(error)) => Some(error),
            Some(Ok(_)) => None,
            None if version.get() == 0 => refused.clone(),
            None => None,
        });
        Self { posted, error }
    }

    /// What was posted in `field`, else `otherwise`. Fields of a struct argument are named `argument[field]`.
    pub fn initial(&self, field: &str, otherwise: impl Into<String>) -> String {
        let posted = self.posted.as_ref().and_then(|posted| posted.fields.iter().find(|(name, _)| name == field));
        posted.map_or_else(|| otherwise.into(), |(_, value)| value.clone())
    }

    /// All that was posted; `None` where the form wasn't, or was too large to be read.
    pub fn posted(&self) -> Option<&[(String, String)]> {
        self.posted.as_ref().map(|posted| posted.fields.as_slice()).filter(|fields| !fields.is_empty())
    }

    pub fn error(&self) -> Signal<Option<AppError>> {
        self.error
    }

    /// The problem of one field, as the server found it.
    pub fn problem(&self, field: Field) -> Signal<Option<Problem>> {
        let error = self.error;
        Signal::derive(move || match error.get() {
            Some(AppError::Invalid(errors)) => {
                errors.into_iter().find(|FieldError { field: at, .. }| *at == field).map(|error| error.problem)
            }
            _ => None,
        })
    }
}

/// Runs `act` in the browser with what `action` gives when it succeeds: for moving on and for saying so.
pub fn on_success<F>(action: ServerAction<F>, act: impl Fn(F::Output) + 'static)
where
    F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let value = action.value();
    Effect::new(move |_| {
        if let Some(Ok(done)) = value.get() {
            act(done);
        }
    });
}

/// A `<form>` whose fields are the arguments of the server function at `function`.
///
/// `submit` gets the event with WebAssembly there; it reads the fields with `F::from_event` and dispatches.
#[component]
pub fn PostForm(
    function: &'static str,
    submit: Callback<leptos::ev::SubmitEvent>,
    /// Own path to go to after success, when WebAssembly isn't there to do it.
    #[prop(into)]
    done: String,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] class: Option<String>,
    children: Children,
) -> impl IntoView {
    let location = use_location();
    let here = format!("{}{}", location.pathname.get_untracked(), query_of(&location.search.get_untracked()));
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        submit.run(event);
    };
    view! {
        <form method="post" action=here id=id class=class novalidate on:submit=on_submit>
            <input type="hidden" name=FUNCTION_FIELD value=function/>
            <input type="hidden" name=DONE_FIELD value=done/>
            {children()}
        </form>
    }
}

fn query_of(search: &str) -> String {
    if search.is_empty() { String::new() } else { format!("?{}", search.trim_start_matches('?')) }
}
