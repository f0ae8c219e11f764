//! The sign-in page: a plain form post, so that the page asked for is loaded anew as the person.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_query_map, lazy_route};

use crate::{
    auth::api::{SignIn, own_path},
    explain::error_text,
    lang::use_locale,
    layout::Brand,
    post::{FUNCTION_FIELD, FormState},
    routes, text,
};
use leptos::server_fn::ServerFn;

/// A chunk of its own, as the page is left for good. What [`LazyRoute::data`] does is in everybody's bundle: so it does
/// nothing.
pub struct SignInPage;

#[lazy_route]
impl LazyRoute for SignInPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        sign_in().into_any()
    }
}

fn sign_in() -> impl IntoView {
    let locale = use_locale();
    let next = use_query_map().read_untracked().get("next").filter(|next| own_path(next).is_some());
    let action_path = routes::with_query(routes::SIGN_IN, next.clone().map(|next| ("next", next)));
    let form = FormState::of(ServerAction::<SignIn>::new());
    let user = form.initial("user", "");
    let error = form.error();
    view! {
        <Title text=text!(locale, sign_in.title)/>
        <main class="sign-in" id="content">
            <section class="card">
                <Brand/>
                <h1>{text!(locale, sign_in.title)}</h1>
                <p class="muted">
                    {text!(locale, sign_in.to_cluster)} " " <b>{routes::CLUSTER}</b>
                </p>
                <form method="post" action=action_path>
                    <input type="hidden" name=FUNCTION_FIELD value=SignIn::PATH/>
                    <input type="hidden" name="next" value=next.unwrap_or_else(|| "/".into())/>
                    <p class="problem" role="alert" id="sign-in-problem">
                        {move || error.get().map(|error| error_text(locale, &error))}
                    </p>
                    <SignInFields user/>
                    <button class="button primary wide">{text!(locale, sign_in.submit)}</button>
                </form>
            </section>
        </main>
    }
}

/// User name and password, for the page and for signing in again in place.
#[component]
pub fn SignInFields(#[prop(into)] user: String) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="field">
            <label for="user">{text!(locale, sign_in.user)}</label>
            <input
                id="user"
                name="user"
                value=user
                required
                autocomplete="username"
                autocapitalize="none"
                spellcheck="false"
                maxlength="253"
                aria-describedby="sign-in-problem"
            />
        </div>
        <div class="field">
            <label for="password">{text!(locale, sign_in.password)}</label>
            <input
                id="password"
                name="password"
                type="password"
                required
                autocomplete="current-password"
                maxlength="1024"
                aria-describedby="sign-in-problem"
            />
        </div>
    }
}
