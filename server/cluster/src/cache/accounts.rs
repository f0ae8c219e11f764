//! The accounts of a project, in the two orders in which lists are mostly asked for.

use std::{cmp::Ordering, sync::Arc};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use musterbook_core::{
    Timestamp,
    account::Account,
    list::folded,
    role::{AccountRole, RoleRef, RoleState},
};

use super::{
    store::{Names, RoleRefs},
    watch::Round,
};
use crate::convert;

/// An account, with the state of its role as its project has it.
pub(crate) struct CachedAccount {
    pub name: Box<str>,
    pub uid: Box<str>,
    pub created: Timestamp,
    pub wish: Option<Arc<RoleRef>>,
    /// The role to show: the wish, else the first it is bound to.
    pub shown: Option<Arc<RoleRef>>,
    pub state: RoleState,
    /// Name, alias and description in the letters of a search, a line each.
    pub folded: Box<str>,
    version: Box<str>,
    alias: Option<Box<str>>,
    description: Option<Box<str>>,
    creator: Option<Arc<str>>,
    managed_by: Option<Arc<str>>,
    cloud: Option<Box<str>>,
    deleting: bool,
    federated: bool,
    /// [`Self::shown`] is among the roles that the project counts.
    pub counted: bool,
    round: Round,
}

impl CachedAccount {
    pub fn new(metadata: ObjectMeta, round: Round, names: &mut Names, roles: &mut RoleRefs) -> Self {
        let wish = convert::wish(&metadata).map(|role| roles.get(role));
        let nothing = AccountRole { wish: None, bindings: Vec::new(), state: RoleState::None };
        let account = convert::account(metadata, nothing);
        let text = [Some(&account.name), account.alias.as_ref(), account.description.as_ref()];
        let folded = text.into_iter().flatten().map(|text| folded(text)).collect::<Vec<_>>().join("\n");
        let mut interned = |text: Option<String>| text.map(|text| names.get(&text));
        Self {
            creator: interned(account.creator),
            managed_by: interned(account.managed_by),
            cloud: account.cloud.map(Into::into),
            name: account.name.into(),
            uid: account.uid.into(),
            version: account.resource_version.into(),
            alias: account.alias.map(Into::into),
            description: account.description.map(Into::into),
            created: account.created,
            shown: wish.clone(),
            wish,
            state: RoleState::None,
            folded: folded.into(),
            deleting: account.deleting,
            federated: account.federated,
            counted: false,
            round,
        }
    }

    /// As pages show it.
    pub fn account(&self, project: &str, role: AccountRole) -> Account {
        let owned = |text: &Option<Box<str>>| text.as_deref().map(Into::into);
        Account {
            project: project.into(),
            name: self.name.to_string(),
            uid: self.uid.to_string(),
            resource_version: self.version.to_string(),
            alias: owned(&self.alias),
            description: owned(&self.description),
            creator: self.creator.as_deref().map(Into::into),
            created: self.created,
            role,
            deleting: self.deleting,
            federated: self.federated,
            managed_by: self.managed_by.as_deref().map(Into::into),
            cloud: owned(&self.cloud),
        }
    }

    /// Newest first, then by name.
    pub fn newer(&self, other: &Self) -> Ordering {
        other.created.cmp(&self.created).then_with(|| self.name.cmp(&other.name))
    }
}

/// Places in `entries` stay, so that the orders are short lists of numbers.
#[derive(Default)]
pub(crate) struct Accounts {
    entries: Vec<Option<CachedAccount>>,
    free: Vec<u32>,
    by_name: Vec<u32>,
    newest: Vec<u32>,
    /// Until then `newest` is in no order: a first list comes by name.
    sorted: bool,
}

impl Accounts {
    pub fn new(sorted: bool) -> Self {
        Self { sorted, ..Self::default() }
    }

    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    pub fn by_name(&self) -> impl DoubleEndedIterator<Item = &CachedAccount> + ExactSizeIterator {
        self.by_name.iter().map(|place| self.at(*place))
    }

    pub fn newest(&self) -> impl DoubleEndedIterator<Item = &CachedAccount> + ExactSizeIterator {
        self.newest.iter().map(|place| self.at(*place))
    }

    pub fn get(&self, name: &str) -> Option<&CachedAccount> {
        self.named(name).ok().map(|at| self.at(self.by_name[at]))
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut CachedAccount> {
        let at = self.named(name).ok()?;
        self.entries.get_mut(self.by_name[at] as usize)?.as_mut()
    }

    /// A list brought what is known already: it is kept for another round.
    pub fn renew(&mut self, metadata: &ObjectMeta, round: Round) -> bool {
        let known = metadata.name.as_deref().and_then(|name| self.get_mut(name)).filter(|known| {
            metadata.uid.as_deref() == Some(&known.uid) && metadata.resource_version.as_deref() == Some(&known.version)
        });
        known.map(|known| known.round = round).is_some()
    }

    /// Gives back the one that it replaces.
    pub fn put(&mut self, account: CachedAccount) -> Option<CachedAccount> {
        let old = self.remove(&account.name);
        let at = self.named(&account.name).unwrap_or_else(|at| at);
        let newest = match self.sorted {
            true => self.newest.partition_point(|place| self.at(*place).newer(&account) == Ordering::Less),
            false => self.newest.len(),
        };
        let place = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX)
        });
        self.entries[place as usize] = Some(account);
        self.by_name.insert(at, place);
        self.newest.insert(newest, place);
        old
    }

    pub fn remove(&mut self, name: &str) -> Option<CachedAccount> {
        let at = self.named(name).ok()?;
        let place = self.by_name[at];
        let listed = match self.sorted {
            true => self.newest.binary_search_by(|other| self.at(*other).newer(self.at(place))).ok(),
            false => self.newest.iter().rposition(|other| *other == place),
        };
        self.by_name.remove(at);
        if let Some(listed) = listed {
            self.newest.remove(listed);
        }
        self.free.push(place);
        self.entries[place as usize].take()
    }

    /// Those that the round didn't bring.
    pub fn old(&self, round: Round) -> Vec<Box<str>> {
        self.by_name().filter(|account| account.round != round).map(|account| account.name.clone()).collect()
    }

    pub fn sort(&mut self) {
        let mut newest = std::mem::take(&mut self.newest);
        newest.sort_unstable_by(|a, b| self.at(*a).newer(self.at(*b)));
        self.newest = newest;
        self.sorted = true;
        self.entries.shrink_to_fit();
    }

    fn named(&self, name: &str) -> Result<usize, usize> {
        self.by_name.binary_search_by(|place| (*self.at(*place).name).cmp(name))
    }

    fn at(&self, place: u32) -> &CachedAccount {
        self.entries[place as usize].as_ref().unwrap_or_else(|| unreachable!("a place in an order has an account"))
    }
}
