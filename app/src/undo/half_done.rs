//! After an act that stopped half-way: the half that was done can be taken back.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_navigate;
use musterbook_core::{AppError, error::HalfDone};

use crate::{
    accounts::Place,
    lang::use_locale,
    post::PostForm,
    text,
    undo::{
        api::UndoActs,
        finish::address,
        kept::{Done, keep},
    },
    viewer::use_viewer,
};

/// The account, and what brings it back.
pub fn taken_back_by(error: &AppError) -> Option<(&str, &str)> {
    match error {
        AppError::HalfDone(HalfDone::BindingStays { account, undo: Some(sealed), .. }) => Some((account, sealed)),
        _ => None,
    }
}

/// Has the browser keep for `user` what takes it back, where something does.
pub fn keep_half_done(user: &str, error: &AppError) {
    if let Some((account, sealed)) = taken_back_by(error) {
        keep(user.to_owned(), Done::Deleted, account.to_owned(), vec![sealed.to_owned()]);
    }
}

/// Offers to take it back on the page that answers a form, which nobody keeps. Nothing where nothing does.
#[component]
pub fn TakeBack(error: AppError, place: Place) -> impl IntoView {
    let locale = use_locale();
    let sealed = taken_back_by(&error).map(|(_, sealed)| sealed.to_owned());
    sealed.map(|sealed| {
        let (user, navigate) = (use_viewer().user.unwrap_or_default(), use_navigate());
        let submit = Callback::new(move |_| {
            keep_half_done(&user, &error);
            navigate(&address(&place.back.get_untracked(), String::new()), Default::default());
        });
        view! {
            <PostForm function=UndoActs::PATH submit done=place.gone.get_untracked() class="plain">
                <input type="hidden" name="sealed" value=sealed/>
                <button class="button">{text!(locale, undo.submit)}</button>
            </PostForm>
        }
    })
}
