//! The card on the left (SPEC E1): who the account is, what may be done with it, and its facts.

use leptos::prelude::*;
use musterbook_core::account::{Account, DEFAULT, Rights};

use crate::{
    accounts::{
        CloudIdentities, Place,
        list::{AccountNotes, DeleteItem},
    },
    lang::use_locale,
    roles::{Bindings, Repairs, RoleBadge, api::RepairRole},
    routes, text,
    ui::{Ago, Icon, IconName, Menu},
};

/// `href` gives the address of a dialog on this page; `list` is the project's list, as it was filtered.
#[component]
pub fn Card(
    account: Account,
    rights: Rights,
    href: Callback<(&'static str,), String>,
    yaml: String,
    list: String,
    mend: ServerAction<RepairRole>,
    dialogs: Place,
) -> impl IntoView {
    let locale = use_locale();
    let description =
        account.description.clone().or_else(|| (account.name == DEFAULT).then(|| text!(locale, list.default_note)));
    let fact = |term: String, fact: AnyView| {
        view! {
            <div>
                <dt>{term}</dt>
                <dd>{fact}</dd>
            </div>
        }
    };
    let project = account.project.clone();
    let project = view! { <a href=list>{project}</a> }.into_any();
    let creator = account.creator.clone().map(|creator| fact(text!(locale, details.creator), creator.into_any()));
    let cloud = account
        .cloud
        .clone()
        .map(|lines| fact(text!(locale, cloud.title), view! { <CloudIdentities lines/> }.into_any()));
    let several = (account.role.bindings.len() > 1).then(|| account.role.bindings.clone());
    view! {
        <aside class="card about" aria-label=text!(locale, details.about)>
            <div>
                <h1>{account.name.clone()}</h1>
                {account.alias.clone().map(|alias| view! { <p class="muted"><bdi>{alias}</bdi></p> })}
                <AccountNotes account=account.clone()/>
            </div>
            {description.map(|description| view! { <p class="description"><bdi>{description}</bdi></p> })}
            <Actions account=account.clone() rights href yaml/>
            <dl>
                {fact(text!(locale, details.cluster), view! { {routes::CLUSTER} }.into_any())}
                {fact(text!(locale, details.project), project)}
                {fact(text!(locale, details.role), view! { <RoleBadge role=account.role.clone() always=true/> }.into_any())}
                {fact(text!(locale, details.created), view! { <Ago at=account.created/> }.into_any())}
                {creator} {cloud}
            </dl>
            <Repairs
                id="mend"
                account=account.clone()
                rights
                action=mend
                place=dialogs
                choose=Some(href.run(("role",)))
            />
            {several.map(|bindings| view! { <Bindings bindings/> })}
        </aside>
    }
}

/// Nothing is offered that a review denied, and nothing at all for a federated account (SPEC A7, E4).
#[component]
fn Actions(account: Account, rights: Rights, href: Callback<(&'static str,), String>, yaml: String) -> impl IntoView {
    let locale = use_locale();
    let offered = |right: Option<bool>| right != Some(false);
    let (edit, update, delete) = (offered(rights.patch), offered(rights.update), offered(rights.delete));
    let (role, clone) = (edit && offered(rights.bind), offered(rights.create));
    if account.federated || !(edit || update || delete || clone) {
        return ().into_any();
    }
    let item = |href: String, icon: IconName, label: String, external: bool| {
        view! {
            <a href=href rel=external.then_some("external")>
                <Icon name=icon/>
                {label}
            </a>
        }
    };
    view! {
        <div class="buttons">
            {edit
                .then(|| {
                    view! {
                        <a class="button primary" href=href.run(("edit",))>
                            {text!(locale, list.edit_information)}
                        </a>
                    }
                })}
            {(edit || update || delete || clone)
                .then(|| {
                    view! {
                        <Menu
                            id="more"
                            trigger=ViewFn::from(move || {
                                view! {
                                    <span>{text!(locale, details.more)}</span>
                                    <Icon name=IconName::Chevron/>
                                }
                            })
                        >
                            {edit
                                .then(|| {
                                    item(
                                        href.run(("settings",)),
                                        IconName::Tag,
                                        text!(locale, list.edit_settings),
                                        false,
                                    )
                                })}
                            {update
                                .then(|| item(yaml, IconName::Yaml, text!(locale, list.edit_yaml), true))}
                            {role
                                .then(|| {
                                    item(href.run(("role",)), IconName::Swap, text!(locale, list.change_role), false)
                                })}
                            {clone
                                .then(|| {
                                    item(href.run((routes::CLONE,)), IconName::Copy, text!(locale, list.clone), false)
                                })}
                            {delete
                                .then(|| {
                                    view! { <DeleteItem href=href.run(("delete",)) deleting=account.deleting/> }
                                })}
                        </Menu>
                    }
                })}
        </div>
    }
    .into_any()
}
