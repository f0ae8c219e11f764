//! Lists from the store: in one pass, and where the order is one that is kept, over the rows of the page alone.

use std::{cmp::Ordering, collections::BTreeSet, sync::Arc};

use musterbook_core::{
    list::{ListQuery, Page, Row, Sort, folded, place, role_order},
    role::{AccountRole, RoleRef, RoleState},
};

use super::{accounts::CachedAccount, project::ProjectStore};

/// A project as an actor may see it, by their reviews (SPEC A2). Who gets one may list its accounts.
pub(crate) struct Sight<'a> {
    pub name: &'a Arc<str>,
    pub project: &'a ProjectStore,
    pub see: See,
}

/// What else they may list in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct See {
    pub bindings: bool,
    pub roles: bool,
    pub pods: bool,
}

/// An account in sight.
#[derive(Clone, Copy)]
struct Found<'a> {
    sight: &'a Sight<'a>,
    account: &'a CachedAccount,
}

/// One page of `query`. Project and rights are left to the caller.
pub(crate) fn page(sights: &[Sight<'_>], query: &ListQuery) -> Page {
    let total = sights.iter().map(|sight| sight.project.accounts().len()).sum();
    let (found, matching) = if query.filters() {
        let found = matching(sights, query);
        let matching = found.len();
        (cut(found, query), matching)
    } else {
        (in_order(sights, query, total), total)
    };
    let (page, pages) = place(query, matching);
    let rows = found.into_iter().map(Found::row).collect();
    Page { rows, matching, total, page, pages, roles: roles(sights), ..Page::default() }
}

/// All rows of `query`, in its order.
pub(crate) fn all(sights: &[Sight<'_>], query: &ListQuery) -> Vec<Row> {
    let mut found = matching(sights, query);
    found.sort_unstable_by(|a, b| a.order(b, query));
    found.into_iter().map(Found::row).collect()
}

/// The rows of a page of all accounts.
fn in_order<'a>(sights: &'a [Sight<'a>], query: &ListQuery, total: usize) -> Vec<Found<'a>> {
    let first = (place(query, total).0 - 1) * query.size;
    if let [sight] = sights {
        let accounts = sight.project.accounts();
        let found = |account| Found { sight, account };
        match (query.sort, query.descending) {
            (Sort::Created, true) => return accounts.newest().skip(first).take(query.size).map(found).collect(),
            (Sort::Name, false) => return accounts.by_name().skip(first).take(query.size).map(found).collect(),
            (Sort::Name, true) => return accounts.by_name().rev().skip(first).take(query.size).map(found).collect(),
            _ => {}
        }
    }
    // Of several projects, the first rows of each are enough for the first pages.
    let most = first + query.size;
    let found = match (query.sort, query.descending) {
        (Sort::Created, true) => heads(sights, most, |sight| sight.project.accounts().newest()),
        (Sort::Name, false) => heads(sights, most, |sight| sight.project.accounts().by_name()),
        (Sort::Name, true) => heads(sights, most, |sight| sight.project.accounts().by_name().rev()),
        _ => matching(sights, query),
    };
    cut_at(found, query, first)
}

fn heads<'a, I>(sights: &'a [Sight<'a>], most: usize, ordered: impl Fn(&'a Sight<'a>) -> I) -> Vec<Found<'a>>
where
    I: Iterator<Item = &'a CachedAccount>,
{
    sights.iter().flat_map(|sight| ordered(sight).take(most).map(move |account| Found { sight, account })).collect()
}

/// The accounts that search and filters find, in no order.
fn matching<'a>(sights: &'a [Sight<'a>], query: &ListQuery) -> Vec<Found<'a>> {
    let needle = folded(&query.search);
    let needle = memmem(&needle);
    let mut all = Vec::new();
    for sight in sights {
        for account in sight.project.accounts().by_name() {
            let found = Found { sight, account };
            if needle.as_ref().is_none_or(|needle| needle(&account.folded)) && found.passes(query) {
                all.push(found);
            }
        }
    }
    all
}

/// What finds a search in an account's lines; `None` where nothing is searched for.
fn memmem(needle: &str) -> Option<impl Fn(&str) -> bool> {
    // A line break is in no name, alias or description, but between them.
    (!needle.is_empty()).then(|| {
        let finder = memchr::memmem::Finder::new(needle.as_bytes()).into_owned();
        let several = needle.contains('\n');
        move |text: &str| !several && finder.find(text.as_bytes()).is_some()
    })
}

fn cut<'a>(found: Vec<Found<'a>>, query: &ListQuery) -> Vec<Found<'a>> {
    let first = (place(query, found.len()).0 - 1) * query.size;
    cut_at(found, query, first)
}

/// Sorts no more than the rows of the page.
fn cut_at<'a>(mut found: Vec<Found<'a>>, query: &ListQuery, first: usize) -> Vec<Found<'a>> {
    if first > 0 && first < found.len() {
        found.select_nth_unstable_by(first, |a, b| a.order(b, query));
    }
    let mut rows = found.split_off(first.min(found.len()));
    if query.size < rows.len() {
        rows.select_nth_unstable_by(query.size, |a, b| a.order(b, query));
        rows.truncate(query.size);
    }
    rows.sort_unstable_by(|a, b| a.order(b, query));
    rows
}

/// Text forms of the roles that are shown.
fn roles(sights: &[Sight<'_>]) -> Vec<String> {
    let mut roles: BTreeSet<&RoleRef> = BTreeSet::new();
    for sight in sights {
        if sight.see.bindings {
            roles.extend(sight.project.shown());
        } else {
            roles.extend(sight.project.accounts().by_name().filter_map(|account| account.wish.as_deref()));
        }
    }
    let roles: BTreeSet<_> = roles.into_iter().map(ToString::to_string).collect();
    roles.into_iter().collect()
}

impl Found<'_> {
    fn passes(&self, query: &ListQuery) -> bool {
        (query.role.is_empty() || self.shown().is_some_and(|role| is_named(role, &query.role)))
            && query.state.is_none_or(|state| self.state() == state)
    }

    /// What the list shows as its role, as far as the actor may see it.
    fn shown(&self) -> Option<&RoleRef> {
        let role = if self.sight.see.bindings { &self.account.shown } else { &self.account.wish };
        role.as_deref()
    }

    fn state(&self) -> RoleState {
        match self.sight.see {
            See { bindings: false, .. } => RoleState::Unknown,
            See { roles: true, .. } => self.account.state,
            See { roles: false, .. } => {
                let bindings = self.sight.project.bindings_of(self.account);
                self.sight.project.state(self.account, &bindings, false)
            }
        }
    }

    fn pods(&self) -> Option<usize> {
        self.sight.see.pods.then(|| self.sight.project.pods(&self.account.name))
    }

    fn row(self) -> Row {
        let bindings = if self.sight.see.bindings { self.sight.project.bindings_of(self.account) } else { Vec::new() };
        let wish = self.account.wish.as_deref().cloned();
        let role = AccountRole { wish, bindings, state: self.state() };
        Row { account: self.account.account(self.sight.name, role), pods: self.pods() }
    }

    fn order(&self, other: &Self, query: &ListQuery) -> Ordering {
        let (a, b) = (self.account, other.account);
        let order = match query.sort {
            Sort::Name => a.name.cmp(&b.name),
            Sort::Role => role_order(self.shown()).cmp(&role_order(other.shown())),
            Sort::State => self.state().severity().cmp(&other.state().severity()),
            Sort::Pods => self.pods().cmp(&other.pods()),
            Sort::Created => a.created.cmp(&b.created),
        };
        let order = if query.descending { order.reverse() } else { order };
        order.then_with(|| a.name.cmp(&b.name)).then_with(|| self.sight.name.cmp(other.sight.name))
    }
}

fn is_named(role: &RoleRef, text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, name)| kind == role.kind.as_str() && name == role.name)
}
