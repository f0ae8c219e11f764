//! Signing in again, on top of the page: the session ended in mid-form, and nothing typed is lost (SPEC S1).

use leptos::{
    form::FromFormData,
    html,
    prelude::*,
    server_fn::ServerFn,
    wasm_split::{SplitLoaderError, wasm_split},
};

use crate::{
    auth::{api::SignIn, page::SignInFields},
    explain::error_text,
    lang::use_locale,
    post::PostForm,
    routes, text,
    viewer::{SessionEnded, use_viewer},
};

#[component]
pub fn SignInAgain() -> impl IntoView {
    let locale = use_locale();
    let Some(SessionEnded(ended)) = use_context::<SessionEnded>() else { return ().into_any() };
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        match (ended.get(), dialog.open()) {
            (true, false) => _ = dialog.show_modal(),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    view! {
        <dialog node_ref=node class="dialog narrow" aria-labelledby="sign-in-again" on:close=move |_| ended.set(false)>
            <header>
                <h2 id="sign-in-again">{text!(locale, sign_in.again_title)}</h2>
            </header>
            {move || {
                ended
                    .get()
                    .then(|| {
                        Suspend::new(async move {
                            form(ended).await.unwrap_or_else(|NoChunk| elsewhere())
                        })
                    })
            }}
        </dialog>
    }
    .into_any()
}

struct NoChunk;

impl From<SplitLoaderError> for NoChunk {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// A chunk of its own: few sessions end while somebody works.
#[wasm_split(again, wasm_split_path = leptos::wasm_split, fallible)]
fn form(ended: RwSignal<bool>) -> Result<AnyView, NoChunk> {
    let locale = use_locale();
    let action = ServerAction::<SignIn>::new();
    let value = action.value();
    Effect::new(move |_| {
        if value.with(|value| matches!(value, Some(Ok(())))) {
            ended.set(false);
        }
    });
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        if let Ok(input) = SignIn::from_event(&event) {
            action.dispatch(input);
        }
    });
    let error = move || match value.get() {
        Some(Err(error)) => Some(error_text(locale, &error)),
        _ => None,
    };
    let user = use_viewer().user.unwrap_or_default();
    Ok(view! {
        <PostForm function=SignIn::PATH submit done="">
            <p>{text!(locale, sign_in.again)}</p>
            <input type="hidden" name="next" value=""/>
            <p class="problem" role="alert" id="sign-in-problem">
                {error}
            </p>
            <SignInFields user/>
            <button class="button primary wide">{text!(locale, sign_in.submit)}</button>
        </PostForm>
    }
    .into_any())
}

/// The chunk can't be had: signing in elsewhere keeps what was typed here, too.
fn elsewhere() -> AnyView {
    let locale = use_locale();
    view! {
        <p class="content">
            {text!(locale, sign_in.again)} " "
            <a href=routes::SIGN_IN rel="external" target="_blank">
                {text!(locale, sign_in.submit)}
            </a>
        </p>
    }
    .into_any()
}
