//! What each key does. It follows the page's own links: what isn't offered to a person can't be done with a key either.

use std::cell::OnceCell;

use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{PALETTE, help::Help, palette::Palette};
use crate::{lang::use_locale, layout::use_toasts, text};

/// The links that lead to what a row is about.
const ROWS: &str = "main td.name a, main .projects li > a:first-child";
/// Around each.
const ROW: &str = "tr, .projects li";

/// Which of the two is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Help,
    Palette,
}

/// Called with the page's owner.
pub(super) fn act(key: u8) {
    let shown = shown();
    if key == PALETTE && shown.get_untracked() == Some(Shown::Palette) {
        return close_own();
    }
    // What was typed for the palette while its code was on the way is no key.
    if shown.get_untracked().is_some() || is_covered() {
        return;
    }
    match key {
        PALETTE => shown.set(Some(Shown::Palette)),
        b'?' => shown.set(Some(Shown::Help)),
        b'/' => match elements("main input[type=search]").first() {
            Some(field) => _ = field.focus(),
            None => shown.set(Some(Shown::Palette)),
        },
        b'j' => move_on(true),
        b'k' => move_on(false),
        key => follow(key),
    }
}

/// A dialog is open, which has keys of its own.
fn is_covered() -> bool {
    document().query_selector("dialog[open]").is_ok_and(|found| found.is_some())
}

fn close_own() {
    if let Some(dialog) = elements("dialog.palette").into_iter().next()
        && let Ok(dialog) = dialog.dyn_into::<web_sys::HtmlDialogElement>()
    {
        dialog.close();
    }
}

/// The next row, or the one before, gets the focus; the first or the last where none has it.
fn move_on(down: bool) {
    let rows = elements(ROWS);
    let current = current_row().and_then(|row| rows.iter().position(|link| row_of(link).as_ref() == Some(&row)));
    let place = match (current, down) {
        (Some(place), true) => (place + 1).min(rows.len() - 1),
        (Some(place), false) => place.saturating_sub(1),
        (None, true) => 0,
        (None, false) => rows.len().saturating_sub(1),
    };
    match rows.get(place) {
        Some(link) => _ = link.focus(),
        None => say(Said::NoRows),
    }
}

/// Follows the link to what the key is for: of the row with the focus, or of the page.
fn follow(key: u8) {
    // As addresses name them; what isn't a dialog is the page of the YAML, which is loaded anew.
    let links = elements(match key {
        b'c' => "main .actions a[href$=create]",
        b'e' => "main .row-menu a[href*='edit='], main .about .buttons a[href*='edit=']",
        _ => "main .row-menu a[rel][href*='/yaml'], main .about .buttons a[rel][href*='/yaml']",
    });
    let row = current_row();
    match links.iter().find(|link| row_of(link).is_none_or(|of| Some(of) == row)) {
        Some(link) => link.click(),
        None if row.is_none() && !links.is_empty() => say(Said::NoRow),
        None => say(Said::NotHere),
    }
}

enum Said {
    NoRows,
    NoRow,
    NotHere,
}

fn say(what: Said) {
    let locale = use_locale();
    use_toasts().success(match what {
        Said::NoRows => text!(locale, keys.no_rows),
        Said::NoRow => text!(locale, keys.no_row),
        Said::NotHere => text!(locale, keys.not_here),
    });
}

/// The row that has the focus somewhere in it.
pub(super) fn current_row() -> Option<Element> {
    row_of(&document().active_element()?)
}

pub(super) fn row_of(element: &Element) -> Option<Element> {
    element.closest(ROW).ok()?.filter(|row| row.closest("main").is_ok_and(|main| main.is_some()))
}

/// In the order of the page.
pub(super) fn elements(selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|place| found.get(place)?.dyn_into().ok()).collect()
}

/// They stand at the end of the document, for as long as the page.
fn shown() -> RwSignal<Option<Shown>> {
    thread_local!(static SHOWN: OnceCell<RwSignal<Option<Shown>>> = const { OnceCell::new() });
    SHOWN.with(|shown| *shown.get_or_init(host))
}

fn host() -> RwSignal<Option<Shown>> {
    let shown = RwSignal::new(None);
    if let Some(body) = document().body() {
        mount_to(body, move || {
            move || match shown.get() {
                None => ().into_any(),
                Some(Shown::Help) => view! { <Help shown/> }.into_any(),
                Some(Shown::Palette) => view! { <Palette shown/> }.into_any(),
            }
        })
        .forget();
    }
    shown
}
