//! The map of the keys.

use leptos::prelude::*;

use super::{act::Shown, sheet::Sheet};
use crate::{lang::use_locale, text};

#[component]
pub(super) fn Help(shown: RwSignal<Option<Shown>>) -> impl IntoView {
    let locale = use_locale();
    let off = document().document_element().is_some_and(|html| html.has_attribute("data-keys"));
    let keys = [
        ("/", text!(locale, keys.search)),
        ("j  k", text!(locale, keys.rows)),
        ("Enter", text!(locale, keys.open)),
        ("e", text!(locale, keys.edit)),
        ("y", text!(locale, keys.yaml)),
        ("c", text!(locale, keys.create)),
        ("?", text!(locale, keys.help)),
        ("Ctrl K", text!(locale, keys.palette_about)),
        ("Ctrl Z", text!(locale, undo.keys)),
    ];
    let keys = keys.map(|(key, about)| {
        view! {
            <dt>
                <kbd lang="en">{key}</kbd>
            </dt>
            <dd>{about}</dd>
        }
    });
    let note = if off { text!(locale, keys.are_off) } else { text!(locale, keys.are_on) };
    let (node, close) = (NodeRef::new(), Callback::new(move |()| shown.set(None)));
    view! {
        <Sheet title=text!(locale, keys.title) class="narrow" node close>
            <div class="content">
                <dl class="keys">{keys.into_iter().collect_view()}</dl>
                <p class="note">{note}</p>
            </div>
        </Sheet>
    }
}
