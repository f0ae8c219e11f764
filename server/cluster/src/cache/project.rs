//! What is cached of one project: its accounts in the order of the list, each with its role's state; its bindings, roles
//! and pods as far as these are needed for that.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use k8s_openapi::{api::rbac::v1::RoleBinding, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use musterbook_core::{
    project::Project,
    role::{Binding, Controller, RoleKind, RoleRef, RoleState, role_state, wished},
};

use super::{
    accounts::{Accounts, CachedAccount},
    store::{Names, RoleRefs},
    subjects::Who,
    watch::Round,
};
use crate::{
    binding::{REF_LABEL, UID_LABEL},
    convert,
    trimmed::TrimmedPod,
};

#[derive(Default)]
pub(crate) struct ProjectStore {
    /// Indexes and states are kept with each change; before, they are made by [`Self::settle`].
    settled: bool,
    /// Who else binds roles here.
    controller: Option<Controller>,
    namespace: Option<CachedNamespace>,
    accounts: Accounts,
    bindings: HashMap<Arc<str>, CachedBinding>,
    /// Names of the bindings that hold an account, by the account's name.
    held: HashMap<Box<str>, Vec<Arc<str>>>,
    roles: HashMap<Arc<str>, Round>,
    /// Account of each pod that hasn't ended.
    pods: HashMap<Box<str>, (Arc<str>, Round)>,
    pod_counts: HashMap<Arc<str>, usize>,
    /// How many accounts show a role.
    shown: BTreeMap<Arc<RoleRef>, usize>,
}

struct CachedNamespace {
    workspace: Arc<str>,
    alias: Option<Box<str>>,
    description: Option<Box<str>>,
    deleting: bool,
    round: Round,
}

struct CachedBinding {
    uid: Box<str>,
    role: Arc<RoleRef>,
    /// What KubeSphere's label and ours say, where there is one.
    ref_label: Option<Box<str>>,
    uid_label: Option<Box<str>>,
    /// Uid of the one object that it is deleted with.
    owner: Option<Box<str>>,
    subjects: u32,
    /// Accounts of this project among the subjects.
    accounts: Box<[Box<str>]>,
    /// The other subjects, in the store's index.
    named: Box<[Who]>,
    round: Round,
}

impl ProjectStore {
    pub fn new(settled: bool, controller: Option<Controller>) -> Self {
        Self { settled, controller, accounts: Accounts::new(settled), ..Self::default() }
    }

    pub fn is_empty(&self) -> bool {
        self.namespace.is_none()
            && self.accounts.is_empty()
            && self.bindings.is_empty()
            && self.roles.is_empty()
            && self.pods.is_empty()
    }

    pub fn described(&self, name: &str) -> Option<Project> {
        let namespace = self.namespace.as_ref()?;
        Some(Project {
            workspace: namespace.workspace.to_string(),
            name: name.to_owned(),
            alias: namespace.alias.as_deref().map(Into::into),
            description: namespace.description.as_deref().map(Into::into),
            deleting: namespace.deleting,
        })
    }

    pub fn workspace(&self) -> Option<&str> {
        self.namespace.as_ref().map(|namespace| &*namespace.workspace)
    }

    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Roles that accounts show.
    pub fn shown(&self) -> impl Iterator<Item = &RoleRef> {
        self.shown.keys().map(|role| &**role)
    }

    /// Pods that run as the account and haven't ended.
    pub fn pods(&self, account: &str) -> usize {
        self.pod_counts.get(account).copied().unwrap_or(0)
    }

    /// Whether a binding of this project holds an account of that name.
    pub fn binds(&self, account: &str) -> bool {
        self.held.contains_key(account)
    }

    /// Whether the Role exists; ClusterRoles aren't watched.
    fn exists(&self, role: &RoleRef) -> Option<bool> {
        (role.kind == RoleKind::Role).then(|| self.roles.contains_key(role.name.as_str()))
    }

    /// The account's bindings, Musterbook's own first, then by name.
    pub fn bindings_of(&self, account: &CachedAccount) -> Vec<Binding> {
        let names = self.held.get(&account.name).map(Vec::as_slice).unwrap_or_default();
        let mut held: Vec<_> = names
            .iter()
            .filter_map(|name| self.bindings.get_key_value(name))
            .map(|(name, binding)| binding.shown(name, account))
            .collect();
        held.sort_by(|a, b| b.managed.cmp(&a.managed).then_with(|| a.name.cmp(&b.name)));
        held
    }

    // Namespace

    pub fn put_namespace(&mut self, metadata: ObjectMeta, round: Round, names: &mut Names) -> bool {
        let project = convert::project(metadata);
        let boxed = |text: Option<String>| text.map(String::into_boxed_str);
        self.namespace = Some(CachedNamespace {
            workspace: names.get(&project.workspace),
            alias: boxed(project.alias),
            description: boxed(project.description),
            deleting: project.deleting,
            round,
        });
        true
    }

    pub fn remove_namespace(&mut self) -> bool {
        self.namespace.take().is_some()
    }

    pub fn sweep_namespace(&mut self, round: Round) -> bool {
        self.namespace.take_if(|namespace| namespace.round != round).is_some()
    }

    // Accounts

    pub fn put_account(&mut self, metadata: ObjectMeta, round: Round, names: &mut Names, roles: &mut RoleRefs) -> bool {
        if self.accounts.renew(&metadata, round) {
            return false;
        }
        let account = CachedAccount::new(metadata, round, names, roles);
        let name = account.name.clone();
        let old = self.accounts.put(account);
        self.uncount(old);
        if self.settled {
            self.count_again(&name);
        }
        true
    }

    pub fn remove_account(&mut self, name: &str) -> bool {
        let old = self.accounts.remove(name);
        let removed = old.is_some();
        self.uncount(old);
        removed
    }

    pub fn sweep_accounts(&mut self, round: Round) -> bool {
        let old = self.accounts.old(round);
        old.iter().for_each(|name| _ = self.remove_account(name));
        !old.is_empty()
    }

    // Bindings

    /// Gives back the other subjects of the binding that it replaces.
    pub fn put_binding(
        &mut self,
        binding: &RoleBinding,
        role: Arc<RoleRef>,
        named: Box<[Who]>,
        round: Round,
        names: &mut Names,
    ) -> Option<Box<[Who]>> {
        let (name, namespace) = (binding.metadata.name.as_ref()?, binding.metadata.namespace.as_ref()?);
        let before = self.remove_binding(name);
        let subjects = binding.subjects.as_deref().unwrap_or_default();
        let label = |key: &str| binding.metadata.labels.as_ref()?.get(key).map(|text| text.as_str().into());
        let cached = CachedBinding {
            uid: binding.metadata.uid.clone().unwrap_or_default().into(),
            role,
            ref_label: label(REF_LABEL),
            uid_label: label(UID_LABEL),
            owner: convert::only_owner(binding).map(Into::into),
            subjects: u32::try_from(subjects.len()).unwrap_or(u32::MAX),
            accounts: convert::accounts_of(binding, namespace).map(Into::into).collect(),
            named,
            round,
        };
        let name = names.get(name);
        for account in &cached.accounts {
            self.held.entry(account.clone()).or_default().push(Arc::clone(&name));
        }
        let held = cached.accounts.clone();
        self.bindings.insert(name, cached);
        self.count_all(&held);
        before
    }

    /// Gives back its other subjects.
    pub fn remove_binding(&mut self, name: &str) -> Option<Box<[Who]>> {
        let binding = self.bindings.remove(name)?;
        for account in &binding.accounts {
            if let Some(held) = self.held.get_mut(account) {
                held.retain(|held| **held != *name);
                if held.is_empty() {
                    self.held.remove(account);
                }
            }
        }
        self.count_all(&binding.accounts);
        Some(binding.named)
    }

    /// Those that the round didn't bring.
    pub fn old_bindings(&self, round: Round) -> impl Iterator<Item = &str> {
        self.bindings.iter().filter(move |(_, binding)| binding.round != round).map(|(name, _)| &**name)
    }

    // Roles

    pub fn put_role(&mut self, name: Arc<str>, round: Round) -> bool {
        let new = self.roles.insert(Arc::clone(&name), round).is_none();
        if new {
            self.role_changed(&name);
        }
        new
    }

    pub fn remove_role(&mut self, name: &str) -> bool {
        let known = self.roles.remove(name).is_some();
        if known {
            self.role_changed(name);
        }
        known
    }

    pub fn sweep_roles(&mut self, round: Round) -> bool {
        let old: Vec<_> = self.roles.iter().filter(|(_, at)| **at != round).map(|(name, _)| Arc::clone(name)).collect();
        old.iter().for_each(|name| _ = self.remove_role(name));
        !old.is_empty()
    }

    /// Roles come and go seldom: all accounts are looked at.
    fn role_changed(&mut self, name: &str) {
        let bare = wished(name);
        let concerned: Vec<Box<str>> = self
            .accounts
            .by_name()
            .filter(|account| {
                account.wish.as_ref().is_some_and(|role| role.name == name || role.name == bare)
                    || self.held.contains_key(&account.name)
            })
            .map(|account| account.name.clone())
            .collect();
        self.count_all(&concerned);
    }

    // Pods

    pub fn put_pod(&mut self, pod: &TrimmedPod, round: Round, names: &mut Names) -> bool {
        let Some(name) = pod.metadata.name.as_deref() else { return false };
        let account = pod.runs_as().map(|account| names.get(account));
        if let (Some(account), Some((known, at))) = (&account, self.pods.get_mut(name))
            && account == known
        {
            *at = round;
            return false;
        }
        let removed = self.remove_pod(name);
        let Some(account) = account else { return removed };
        *self.pod_counts.entry(Arc::clone(&account)).or_default() += 1;
        self.pods.insert(name.into(), (account, round));
        true
    }

    pub fn remove_pod(&mut self, name: &str) -> bool {
        let Some((account, _)) = self.pods.remove(name) else { return false };
        if let Some(count) = self.pod_counts.get_mut(&account) {
            *count -= 1;
            if *count == 0 {
                self.pod_counts.remove(&account);
            }
        }
        true
    }

    pub fn sweep_pods(&mut self, round: Round) -> bool {
        let old: Vec<_> = self.pods.iter().filter(|(_, (_, at))| *at != round).map(|(name, _)| name.clone()).collect();
        old.iter().for_each(|name| _ = self.remove_pod(name));
        !old.is_empty()
    }

    // States

    /// Everything was listed: from here on states and orders are kept with each change.
    pub fn settle(&mut self) {
        if !std::mem::replace(&mut self.settled, true) {
            self.accounts.sort();
            self.count_every();
        }
    }

    /// Whether that is news.
    pub fn set_controller(&mut self, controller: Option<Controller>) -> bool {
        let news = std::mem::replace(&mut self.controller, controller) != controller;
        if news {
            self.count_every();
        }
        news
    }

    fn count_every(&mut self) {
        let all: Vec<_> = self.accounts.by_name().map(|account| account.name.clone()).collect();
        self.count_all(&all);
    }

    /// How the role of an account stands, as far as who asks may know which roles there are.
    pub fn state(&self, account: &CachedAccount, bindings: &[Binding], roles: bool) -> RoleState {
        let exists = |role: &RoleRef| if roles { self.exists(role) } else { None };
        role_state(&account.name, account.wish.as_deref(), bindings, self.controller, exists)
    }

    fn count_all(&mut self, accounts: &[Box<str>]) {
        if self.settled {
            for account in accounts {
                self.count_again(account);
            }
        }
    }

    /// The state of an account's role, after something that it follows from has changed.
    fn count_again(&mut self, name: &str) {
        let Some(account) = self.accounts.get(name) else { return };
        let bindings = self.bindings_of(account);
        let state = self.state(account, &bindings, true);
        let shown = account.wish.clone().or_else(|| {
            let first = bindings.first()?;
            self.bindings.get(first.name.as_str()).map(|binding| Arc::clone(&binding.role))
        });
        if let Some(shown) = &shown {
            *self.shown.entry(Arc::clone(shown)).or_default() += 1;
        }
        let Some(account) = self.accounts.get_mut(name) else { return };
        account.state = state;
        let counted = std::mem::replace(&mut account.counted, true);
        let before = std::mem::replace(&mut account.shown, shown).filter(|_| counted);
        self.less(before);
    }

    fn uncount(&mut self, account: Option<CachedAccount>) {
        self.less(account.filter(|account| account.counted).and_then(|account| account.shown));
    }

    fn less(&mut self, shown: Option<Arc<RoleRef>>) {
        let Some(shown) = shown else { return };
        if let Some(count) = self.shown.get_mut(&shown) {
            *count -= 1;
            if *count == 0 {
                self.shown.remove(&shown);
            }
        }
    }
}

impl CachedBinding {
    fn shown(&self, name: &str, account: &CachedAccount) -> Binding {
        let marked = self.ref_label.as_ref() == Some(&account.name) || self.uid_label.as_ref() == Some(&account.uid);
        Binding {
            name: name.into(),
            uid: self.uid.to_string(),
            role: RoleRef::clone(&self.role),
            managed: self.subjects == 1 && marked,
            shared: self.subjects > 1,
            goes: self.owner.as_ref() == Some(&account.uid),
        }
    }
}
