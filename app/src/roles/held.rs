//! The bindings that hold an account, each with where it comes from and what becomes of it (SPEC X3).

use leptos::prelude::*;
use musterbook_core::{
    answer::Why,
    standing::{Extent, Held, Origin, Through},
};

use crate::{
    lang::{Locale, use_locale},
    layout::DenialHelp,
    roles::consequences::Folded,
    text,
    ui::Ago,
};

#[component]
pub fn HeldList(held: Vec<Held>, cluster: Extent) -> impl IntoView {
    let locale = use_locale();
    let none = held.is_empty().then(|| view! { <p class="note">{text!(locale, held.none)}</p> });
    let title = (!held.is_empty()).then(|| view! { <p class="note">{text!(locale, held.title)}</p> });
    let lines = held.into_iter().map(|held| line(locale, held)).collect::<Vec<_>>();
    view! {
        <div class="held">
            {none}
            {title}
            <Folded lines/>
            {match cluster {
                Extent::All => ().into_any(),
                Extent::Part => view! { <p class="note">{text!(locale, held.cluster_part)}</p> }.into_any(),
                Extent::Unseen(Why::Denied(denial)) => {
                    view! {
                        <details class="note">
                            <summary>
                                {text!(locale, held.cluster_denied, verb = &denial.verb, resource = &denial.resource)}
                            </summary>
                            <DenialHelp denial/>
                        </details>
                    }
                        .into_any()
                }
                Extent::Unseen(_) => view! { <p class="note">{text!(locale, held.cluster_unseen)}</p> }.into_any(),
            }}
        </div>
    }
}

fn line(locale: Locale, held: Held) -> AnyView {
    let notes = [
        Some(if held.managed { text!(locale, held.goes) } else { text!(locale, held.stays) }),
        held.everywhere.then(|| text!(locale, held.everywhere)),
        held.shared.then(|| text!(locale, held.shared)),
    ];
    let through = match &held.through {
        Through::Name => None,
        Through::UserName => Some(text!(locale, held.by_user_name)),
        Through::Group(group) => Some(text!(locale, held.by_group, group = group)),
    };
    let creator = held.creator.as_ref().map(|creator| text!(locale, held.creator, name = creator));
    let facts: Vec<_> = [Some(origin(locale, &held.origin)), creator, through].into_iter().flatten().collect();
    view! {
        <li>
            <code>{held.name}</code>
            " → "
            <span class="badge role">{held.role.to_string()}</span>
            {notes.into_iter().flatten().map(|note| view! { <span class="badge note">{note}</span> }).collect_view()}
            <p class="note">{facts.join(" · ")} " · " <Ago at=held.created/></p>
        </li>
    }
    .into_any()
}

fn origin(locale: Locale, origin: &Origin) -> String {
    match origin {
        Origin::Musterbook => text!(locale, held.by_musterbook),
        Origin::KubeSphere => text!(locale, held.by_kubesphere),
        Origin::Kubernetes => text!(locale, held.by_kubernetes),
        Origin::Tool(tool) => text!(locale, held.by_tool, tool = tool),
        Origin::Hand => text!(locale, held.by_hand),
    }
}
