//! What another role means for an account, and for those who may act as it: said before it is given (SPEC X3).

use std::collections::BTreeSet;

use leptos::prelude::*;
use musterbook_core::{
    holders::{Choices, Named, Subject},
    role::RoleRef,
    rules::{Change, Rule, Target, difference},
    standing::{Extent, Held, Standing},
};

use crate::{
    lang::{Locale, use_locale},
    plural,
    roles::options::is_admin_like,
    text,
    ui::{Icon, IconName},
};

/// Lines and names that are shown at once; the others unfold.
const SHOWN: usize = 5;

/// The account whose role is to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    project: String,
    name: String,
    /// What is replaced.
    replaced: Vec<RoleRef>,
    /// All that holds it. What isn't made for its role is left alone.
    held: Vec<Held>,
    /// Others may hold it, which can't be seen.
    others: bool,
}

impl Current {
    /// `unseen`: its bindings may not be read, so that it is said to have what it is wished to have.
    pub fn of(standing: &Standing, unseen: bool) -> Self {
        let Standing { account, held, cluster } = standing;
        let managed: BTreeSet<_> = held.iter().filter(|held| held.managed).map(|held| held.role.clone()).collect();
        let replaced = if unseen { account.role.wish.iter().cloned().collect() } else { managed.into_iter().collect() };
        let others = unseen || *cluster != Extent::All;
        Self { project: account.project.clone(), name: account.name.clone(), replaced, held: held.clone(), others }
    }

    /// What a role allows, as far as it can be seen.
    fn rules_of<'a>(&'a self, role: &RoleRef, choices: &'a Choices) -> Option<&'a [Rule]> {
        let held = || self.held.iter().find(|held| held.role == *role)?.rules.as_deref();
        choices.rules_of(role).or_else(held)
    }
}

/// `chosen` is a role as the form posts it.
#[component]
pub fn Consequences(choices: Choices, account: Signal<Current>, chosen: RwSignal<String>) -> impl IntoView {
    move || {
        let chosen = chosen.get();
        let role = match chosen.as_str() {
            "" => None,
            text => Some(text.parse::<RoleRef>().ok()?),
        };
        Some(account.with(|account| outcome(&choices, account, role.as_ref())))
    }
}

/// What each of the roles would mean, where there is no script to say it of the one that is chosen.
#[component]
pub fn OfEachRole(choices: Choices, account: Current) -> impl IntoView {
    let locale = use_locale();
    let roles = choices.options.iter().map(|option| Some(&option.role));
    let lines = roles.chain([None]).map(|role| {
        let name = role.map_or_else(|| text!(locale, roles.none), ToString::to_string);
        view! {
            <details>
                <summary>{name}</summary>
                {outcome(&choices, &account, role)}
            </details>
        }
    });
    view! {
        <div class="no-script">
            <p class="note">{text!(locale, roles.of_each)}</p>
            {lines.collect_view()}
        </div>
    }
}

/// What `role` means for the account, and for those who may act as it.
fn outcome(choices: &Choices, account: &Current, role: Option<&RoleRef>) -> AnyView {
    let locale = use_locale();
    let change = Difference::between(choices, account, role);
    // Where the account gains nothing, nobody does through it.
    let gains = !matches!(&change, Difference::Seen { gains, .. } if gains.is_empty());
    let lesser = role.filter(|_| gains).map(|role| {
        let rules = account.rules_of(role, choices);
        // Of a role that can't be seen it is only known that it isn't more than everything.
        let wanted = rules.map_or_else(|| vec![Rule::everything()], <[Rule]>::to_vec);
        (choices.lesser(&account.project, &account.name, &wanted), rules.is_some())
    });
    let (lesser, known) = lesser.unwrap_or_default();
    let warning = if lesser.named.is_empty() {
        role.is_some_and(|role| is_admin_like(&role.name)).then(|| view! { <AdminWarning/> }.into_any())
    } else {
        let about = if known { text!(locale, roles.holders) } else { text!(locale, roles.holders_perhaps) };
        Some(view! { <Warning about named=lesser.named/> }.into_any())
    };
    let unseen = lesser.unseen.then(|| view! { <p class="note">{text!(locale, roles.holders_unseen)}</p> });
    view! {
        <Told change/>
        {warning}
        {unseen}
    }
    .into_any()
}

/// Such a role rules the project, by its name.
#[component]
pub fn AdminWarning() -> impl IntoView {
    let locale = use_locale();
    view! {
        <p class="warning">
            <Icon name=IconName::Warning/>
            <span>{text!(locale, roles.admin_warning)}</span>
        </p>
    }
}

enum Difference {
    /// `others`: other bindings may give some of it, too, which can't be seen.
    Seen { gains: Vec<Change>, losses: Vec<Change>, others: bool },
    /// What these allow can't be seen.
    Unseen(Vec<RoleRef>),
}

impl Difference {
    fn between(choices: &Choices, account: &Current, role: Option<&RoleRef>) -> Self {
        if account.replaced.iter().eq(role) {
            return Self::Seen { gains: Vec::new(), losses: Vec::new(), others: false };
        }
        let mut hidden: Vec<_> = account.replaced.iter().chain(role).collect();
        hidden.retain(|role| account.rules_of(role, choices).is_none());
        hidden.dedup();
        if !hidden.is_empty() {
            return Self::Unseen(hidden.into_iter().cloned().collect());
        }
        let stays: Vec<_> = account.held.iter().filter(|held| !held.managed).map(|held| &held.role).collect();
        let rules = |roles: &mut dyn Iterator<Item = &RoleRef>| -> Vec<Rule> {
            roles.filter_map(|role| account.rules_of(role, choices)).flatten().cloned().collect()
        };
        let before = rules(&mut account.replaced.iter().chain(stays.iter().copied()));
        let after = rules(&mut role.into_iter().chain(stays.iter().copied()));
        let others = account.others || stays.iter().any(|role| account.rules_of(role, choices).is_none());
        Self::Seen { gains: difference(&before, &after), losses: difference(&after, &before), others }
    }
}

#[component]
fn Told(change: Difference) -> impl IntoView {
    let locale = use_locale();
    match change {
        Difference::Unseen(roles) => {
            let roles = listed(locale, roles.iter().map(ToString::to_string));
            view! { <p class="note">{text!(locale, roles.rules_unseen, roles = &roles)}</p> }.into_any()
        }
        Difference::Seen { gains, losses, .. } if gains.is_empty() && losses.is_empty() => {
            view! { <p class="note">{text!(locale, roles.no_change)}</p> }.into_any()
        }
        Difference::Seen { gains, losses, others } => {
            let part = |changes: Vec<Change>, some: String, none: String| {
                if changes.is_empty() {
                    return view! { <p class="note">{none}</p> }.into_any();
                }
                let lines =
                    changes.iter().map(|change| view! { <li>{in_words(locale, change)}</li> }.into_any()).collect();
                view! {
                    <p class="note">{some}</p>
                    <Folded lines/>
                }
                .into_any()
            };
            view! {
                {part(gains, text!(locale, roles.gains), text!(locale, roles.gains_nothing))}
                {part(losses, text!(locale, roles.loses), text!(locale, roles.loses_nothing))}
                {others.then(|| view! { <p class="note">{text!(locale, roles.others_unseen)}</p> })}
            }
            .into_any()
        }
    }
}

/// Those who will have more than they hold, or may have.
#[component]
fn Warning(about: String, named: Vec<Named>) -> impl IntoView {
    let locale = use_locale();
    let lines = named
        .into_iter()
        .map(|Named { subject, may_issue, may_run }| {
            let may = match (may_issue, may_run) {
                (true, true) => text!(locale, roles.may_both),
                (true, false) => text!(locale, roles.may_issue),
                (false, _) => text!(locale, roles.may_run),
            };
            view! {
                <li>
                    <b>{subject_name(&subject)}</b>
                    " — "
                    {may}
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <div class="warning">
            <Icon name=IconName::Warning/>
            <div>
                <p>{about}</p>
                <Folded lines/>
            </div>
        </div>
    }
}

/// The first lines, the others unfold.
#[component]
pub fn Folded(mut lines: Vec<AnyView>) -> impl IntoView {
    let locale = use_locale();
    let more = lines.split_off(lines.len().min(SHOWN));
    let count = more.len();
    view! {
        <ul class="plain">{lines}</ul>
        {(count > 0)
            .then(|| {
                view! {
                    <details>
                        <summary>{plural!(locale, roles.more, count)}</summary>
                        <ul class="plain">{more}</ul>
                    </details>
                }
            })}
    }
}

/// As Kubernetes names its kinds.
fn subject_name(subject: &Subject) -> String {
    match subject {
        Subject::User(name) => format!("User {name}"),
        Subject::Group(name) => format!("Group {name}"),
        Subject::Account { project, name } => format!("ServiceAccount {project}/{name}"),
    }
}

/// `get, list on pods, deployments.apps`
fn in_words(locale: Locale, change: &Change) -> String {
    let verbs = if change.verbs.iter().any(|verb| verb == "*") {
        text!(locale, roles.every_verb)
    } else {
        listed(locale, change.verbs.iter().cloned())
    };
    let what = targets(locale, change);
    if change.names.is_empty() {
        text!(locale, roles.right, verbs = &verbs, what = &what)
    } else {
        let names = listed(locale, change.names.iter().cloned());
        text!(locale, roles.right_named, verbs = &verbs, what = &what, names = &names)
    }
}

fn targets(locale: Locale, change: &Change) -> String {
    let (whole, some): (Vec<_>, Vec<_>) = change.targets.iter().partition(|target| target.resource == "*");
    let (all, groups): (Vec<_>, Vec<_>) =
        whole.into_iter().map(|target| target.group.as_str()).partition(|group| *group == "*");
    let mut parts = Vec::new();
    if !all.is_empty() {
        parts.push(if change.rest { text!(locale, roles.the_rest) } else { text!(locale, roles.everything) });
    }
    if !groups.is_empty() {
        let groups =
            listed(locale, groups.into_iter().map(|group| if group.is_empty() { "core" } else { group }.to_owned()));
        parts.push(if change.rest {
            text!(locale, roles.the_rest_of, groups = &groups)
        } else {
            text!(locale, roles.everything_of, groups = &groups)
        });
    }
    parts.extend(some.into_iter().map(resource_name));
    listed(locale, parts)
}

/// `pods`, `pods/log`, `deployments.apps/scale`
fn resource_name(Target { group, resource }: &Target) -> String {
    match (group.as_str(), resource.split_once('/')) {
        ("", _) => resource.clone(),
        (group, Some((resource, part))) => format!("{resource}.{group}/{part}"),
        (group, None) => format!("{resource}.{group}"),
    }
}

fn listed(locale: Locale, items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<_> = items.into_iter().collect();
    items.join(match locale {
        Locale::en => ", ",
        Locale::zh_CN => "、",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(locale: Locale, from: &[Rule], to: &[Rule]) -> Vec<String> {
        difference(from, to).iter().map(|change| in_words(locale, change)).collect()
    }

    fn rule(groups: &[&str], resources: &[&str], verbs: &[&str]) -> Rule {
        let strings = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        Rule { groups: strings(groups), resources: strings(resources), verbs: strings(verbs), names: Vec::new() }
    }

    #[test]
    fn x3_rights_are_told_in_words() {
        let viewer = [rule(&[""], &["pods"], &["get"])];
        let operator = [
            rule(&["*"], &["*"], &["get"]),
            rule(&["", "apps"], &["*"], &["create"]),
            rule(&["apps"], &["deployments/scale"], &["update"]),
            Rule { names: vec!["a".into(), "b".into()], ..rule(&[""], &["secrets"], &["delete"]) },
        ];
        assert_eq!(
            words(Locale::en, &viewer, &operator),
            [
                "get on everything else",
                "create on everything in core, apps",
                "update on deployments.apps/scale",
                "delete on secrets, only those named a, b",
            ]
        );
        assert_eq!(
            words(Locale::zh_CN, &viewer, &operator),
            [
                "其余所有资源：get",
                "core、apps 组的所有资源：create",
                "deployments.apps/scale：update",
                "secrets（仅限 a、b）：delete",
            ]
        );
        assert_eq!(words(Locale::en, &operator, &[rule(&["*"], &["*"], &["*"])]), ["every verb on everything"]);
    }
}
