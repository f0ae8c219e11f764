//! The palette: what was opened last, what the page offers, accounts and projects, by typing a part of their name.

mod entry;
mod find;
mod offered;
mod recent;

use leptos::{ev::KeyboardEvent, html, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use self::{
    entry::Entry,
    find::{Found, find},
    offered::offered,
    recent::Recent,
};
use super::{act::Shown, sheet::Sheet};
use crate::{
    explain::error_text,
    lang::{Locale, use_locale},
    plural, text,
    ui::after_a_pause,
    viewer::watch_session,
};

const LIST: &str = "palette-list";
/// In the place of an address: it is none.
const HELP: &str = "?";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Recent,
    Action,
    Account,
    Project,
}

impl Kind {
    fn title(self, locale: Locale) -> String {
        match self {
            Self::Recent => text!(locale, keys.recent),
            Self::Action => text!(locale, actions),
            Self::Account => text!(locale, nav.service_accounts),
            Self::Project => text!(locale, nav.projects),
        }
    }
}

type Group = (Kind, Vec<Entry>);

/// A combobox with a list (ARIA APG): the focus stays in the field, the arrows choose.
#[component]
pub(super) fn Palette(shown: RwSignal<Option<Shown>>) -> impl IntoView {
    let locale = use_locale();
    let node = NodeRef::<html::Dialog>::new();
    let (typed, active) = (RwSignal::new(String::new()), RwSignal::new(0_usize));
    // `None` while it is being looked for.
    let found = RwSignal::new(Some(Found::default()));
    let help = Entry { label: text!(locale, keys.title), about: String::new(), href: HELP.into(), anew: false };
    let offered = StoredValue::new(offered().into_iter().chain([help]).collect::<Vec<_>>());
    let recent = Recent::new();
    let opened = StoredValue::new(recent.all());
    let groups = Memo::new(move |_| {
        let known = |all: Vec<Entry>| typed.with(|typed| all.into_iter().filter(|one| one.matches(typed)).collect());
        grouped(known(opened.get_value()), known(offered.get_value()), found.get().unwrap_or_default())
    });
    let count = move || groups.with(|groups| groups.iter().map(|(_, entries)| entries.len()).sum::<usize>());
    let after = StoredValue::new(None::<Shown>);
    let navigate = use_navigate();
    let choose = move |place: usize| {
        let chosen = groups.with_untracked(|groups| {
            let mut all = groups.iter().flat_map(|(kind, entries)| entries.iter().map(move |entry| (*kind, entry)));
            all.nth(place).map(|(kind, entry)| (kind, entry.clone()))
        });
        let (Some((kind, entry)), Some(dialog)) = (chosen, node.get_untracked()) else { return };
        if entry.href == HELP {
            after.set_value(Some(Shown::Help));
            return dialog.close();
        }
        dialog.close();
        entry.open(&navigate);
        if kind != Kind::Action {
            recent.remember(entry);
        }
    };
    let choose = StoredValue::new_local(choose);
    let on_key = move |event: KeyboardEvent| {
        let (place, count) = (active.get_untracked(), untrack(count));
        let next = match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                return choose.with_value(|choose| choose(place));
            }
            _ if count == 0 => return,
            "ArrowDown" => (place + 1) % count,
            "ArrowUp" => (place + count - 1) % count,
            _ => return,
        };
        event.prevent_default();
        active.set(next);
        if let Some(option) = document().get_element_by_id(&option_id(next)) {
            option.scroll_into_view_with_bool(false);
        }
    };
    let later = after_a_pause(move |search: String| {
        spawn_local(async move {
            let answer = find(search.clone()).await;
            // An answer to what is no longer there is dropped.
            if typed.try_get_untracked() == Some(search) {
                found.set(Some(answer));
            }
        });
    });
    let on_input = move |event: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| {
        let search = event.target().value();
        active.set(0);
        found.set(search.trim().is_empty().then(Found::default));
        typed.set(search.clone());
        if !search.trim().is_empty() {
            later(search);
        }
    };
    let error = Signal::derive(move || found.with(|found| found.as_ref().and_then(|found| found.error.clone())));
    watch_session(error);
    let status = move || match (error.get(), found.with(Option::is_none), count()) {
        (Some(error), ..) => error_text(locale, &error),
        (None, true, _) => text!(locale, loading),
        (None, false, 0) => text!(locale, nav.no_match),
        (None, false, count) => plural!(locale, keys.entries, count),
    };
    let list = move || {
        let mut place = 0;
        let mut groups = groups.get();
        let views = groups.drain(..).map(|(kind, entries)| {
            let options = entries.into_iter().map(|Entry { label, about, .. }| {
                let here = place;
                place += 1;
                view! {
                    <li
                        id=option_id(here)
                        role="option"
                        aria-selected=move || (active.get() == here).to_string()
                        on:click=move |_| choose.with_value(|choose| choose(here))
                    >
                        {label}
                        " "
                        <small class="muted">{about}</small>
                    </li>
                }
            });
            let options = options.collect_view();
            let (title, label) = (kind.title(locale), kind.title(locale));
            view! {
                <ul role="group" aria-label=label>
                    <li role="presentation" class="menu-note">
                        {title}
                    </li>
                    {options}
                </ul>
            }
        });
        views.collect_view()
    };
    let active_id = move || (count() > 0).then(|| option_id(active.get()));
    view! {
        <Sheet
            title=text!(locale, keys.palette)
            class="palette"
            node
            close=Callback::new(move |()| shown.set(after.get_value()))
        >
            <div class="content">
                <div class="field">
                    <input
                        type="text"
                        role="combobox"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        autofocus
                        aria-label=text!(locale, keys.palette_hint)
                        placeholder=text!(locale, keys.palette_hint)
                        aria-autocomplete="list"
                        aria-controls=LIST
                        aria-expanded=move || (count() > 0).to_string()
                        aria-activedescendant=active_id
                        on:input:target=on_input
                        on:keydown=on_key
                    />
                </div>
                <div id=LIST role="listbox" aria-label=text!(locale, keys.palette_hint) hidden=move || count() == 0>
                    {list}
                </div>
                <p class="note" role="status">
                    {status}
                </p>
            </div>
        </Sheet>
    }
}

/// Those that there are, each entry once.
fn grouped(recent: Vec<Entry>, actions: Vec<Entry>, found: Found) -> Vec<Group> {
    let Found { mut accounts, mut projects, .. } = found;
    for all in [&mut accounts, &mut projects] {
        all.retain(|entry| !recent.iter().any(|one| one.href == entry.href));
    }
    let groups =
        [(Kind::Recent, recent), (Kind::Action, actions), (Kind::Account, accounts), (Kind::Project, projects)];
    groups.into_iter().filter(|(_, entries)| !entries.is_empty()).collect()
}

fn option_id(place: usize) -> String {
    format!("palette-{place}")
}
