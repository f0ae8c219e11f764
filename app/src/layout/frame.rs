//! Top bar and sidebar around a page.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use musterbook_core::list::Scope;

use crate::{
    lang::use_locale,
    layout::{Brand, preferences_menu::PreferencesMenu, switcher::Breadcrumb},
    routes, text,
    ui::{Icon, IconName},
};

/// `scope` is where the page's accounts are; `None` on pages of none: then the sidebar leads to the projects only.
#[component]
pub fn Frame(#[prop(optional_no_strip)] scope: Option<Scope>, children: Children) -> impl IntoView {
    let locale = use_locale();
    let accounts = scope.as_ref().map(routes::list_of);
    let among_projects = use_location().pathname.get_untracked() == routes::PROJECTS;
    view! {
        <div class="frame">
            <a class="skip" href="#content">
                {text!(locale, skip_to_content)}
            </a>
            <header class="bar">
                <a class="brand-link" href="/" rel="external">
                    <Brand/>
                </a>
                {scope.map(|scope| view! { <Breadcrumb scope/> })}
                <span class="bar-end">
                    <PaletteButton/>
                    <PreferencesMenu/>
                </span>
            </header>
            <nav class="side" aria-label=text!(locale, nav.main)>
                <a href=routes::PROJECTS rel="external" aria-current=among_projects.then_some("page")>
                    <Icon name=IconName::Project/>
                    {text!(locale, nav.projects)}
                </a>
                {accounts
                    .map(|href| {
                        view! {
                            <b>{text!(locale, nav.configuration)}</b>
                            <a href=href aria-current="page">
                                <Icon name=IconName::Account/>
                                {text!(locale, nav.service_accounts)}
                            </a>
                        }
                    })}
            </nav>
            <main id="content" tabindex="-1">{children()}</main>
        </div>
    }
}

/// A click on it is a key to [`crate::keys`].
#[component]
fn PaletteButton() -> impl IntoView {
    let locale = use_locale();
    let label = text!(locale, keys.palette);
    let title = format!("{label} (Ctrl K)");
    view! {
        <button
            type="button"
            class="button quiet go needs-script"
            aria-label=label
            title=title
            aria-keyshortcuts="Control+K"
        >
            <Icon name=IconName::Search/>
        </button>
    }
}
