//! What is said about it, in a word or two.

use leptos::{prelude::*, reactive::wrappers::read::ArcSignal};

use crate::{lang::use_locale, live::LiveState, text};

#[component]
pub fn LiveStatus(state: ReadSignal<LiveState>) -> impl IntoView {
    let locale = use_locale();
    let words = ArcSignal::derive(move || match state.get() {
        LiveState::Silent => String::new(),
        LiveState::Live => text!(locale, live.live),
        LiveState::Reconnecting => text!(locale, live.reconnecting),
        LiveState::Hidden => text!(locale, live.hidden),
        LiveState::NotWatched => text!(locale, live.not_watched),
        LiveState::TooMany => text!(locale, live.crowded),
    });
    let on = ArcSignal::derive(move || state.get() == LiveState::Live);
    view! {
        <span class="live" class:on=on role="status">
            {words}
        </span>
    }
}
