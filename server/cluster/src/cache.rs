//! What Musterbook watches as itself, so that a list costs the same in a large cluster as in a small one (SPEC P2, A2).
//! Nothing here is shown before a review as the actor: [`crate::reads`] asks for it. Secrets are never among it.

mod accounts;
mod find;
mod project;
mod pulse;
mod store;
mod subjects;
#[cfg(test)]
mod tests;
mod watch;

use std::{
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    time::Duration,
};

use musterbook_core::role::Controller;
use tokio::task::JoinSet;

use self::watch::{Kind, keep};
pub(crate) use self::{
    find::{See, Sight, all, page},
    pulse::Pulse,
    store::Store,
};
use crate::{own::Own, reads::Changes};

/// The store and how its watches are doing.
pub(crate) struct Caches {
    shared: Arc<Shared>,
    _watches: JoinSet<()>,
}

pub(crate) struct Shared {
    store: RwLock<Store>,
    pulses: Pulses,
}

struct Pulses {
    accounts: Arc<Pulse>,
    namespaces: Arc<Pulse>,
    bindings: Arc<Pulse>,
    roles: Arc<Pulse>,
    pods: Arc<Pulse>,
}

impl Pulses {
    fn new() -> Self {
        let [accounts, namespaces, bindings, roles, pods] = std::array::from_fn(|_| Arc::new(Pulse::new()));
        Self { accounts, namespaces, bindings, roles, pods }
    }

    /// With the name of what each watches.
    fn all(&self) -> [(&'static str, &Arc<Pulse>); 5] {
        [
            ("serviceaccounts", &self.accounts),
            ("namespaces", &self.namespaces),
            ("rolebindings", &self.bindings),
            ("roles", &self.roles),
            ("pods", &self.pods),
        ]
    }
}

impl Caches {
    /// Starts the watches; they go on until the caches are dropped.
    pub fn watch(own: &Own) -> Self {
        let shared = Arc::new(Shared { store: RwLock::default(), pulses: Pulses::new() });
        let mut watches = JoinSet::new();
        let Pulses { accounts, namespaces, bindings, roles, pods } = &shared.pulses;
        watches.spawn(keep(
            Arc::clone(&shared),
            Arc::clone(accounts),
            own.accounts(accounts),
            Kind {
                name: "serviceaccounts",
                put: Store::put_account,
                remove: Store::remove_account,
                sweep: Store::sweep_accounts,
            },
        ));
        watches.spawn(keep(
            Arc::clone(&shared),
            Arc::clone(namespaces),
            own.namespaces(namespaces),
            Kind {
                name: "namespaces",
                put: Store::put_namespace,
                remove: Store::remove_namespace,
                sweep: Store::sweep_namespaces,
            },
        ));
        watches.spawn(keep(
            Arc::clone(&shared),
            Arc::clone(bindings),
            own.bindings(bindings),
            Kind {
                name: "rolebindings",
                put: Store::put_binding,
                remove: Store::remove_binding,
                sweep: Store::sweep_bindings,
            },
        ));
        watches.spawn(keep(
            Arc::clone(&shared),
            Arc::clone(roles),
            own.roles(roles),
            Kind { name: "roles", put: Store::put_role, remove: Store::remove_role, sweep: Store::sweep_roles },
        ));
        watches.spawn(keep(
            Arc::clone(&shared),
            Arc::clone(pods),
            own.pods(pods),
            Kind { name: "pods", put: Store::put_pod, remove: Store::remove_pod, sweep: Store::sweep_pods },
        ));
        Self { shared, _watches: watches }
    }

    /// The store, where all that lists are made of is as the cluster has it.
    pub fn current(&self) -> Option<RwLockReadGuard<'_, Store>> {
        let current = self.shared.pulses.all().iter().all(|(_, pulse)| pulse.is_current());
        current.then(|| self.shared.read())
    }

    /// The store for finding projects by their bindings: a hint, so it may be behind. `None` before the first list.
    pub fn bindings(&self) -> Option<RwLockReadGuard<'_, Store>> {
        self.shared.pulses.bindings.is_listed().then(|| self.shared.read())
    }

    /// What tells the store who else binds roles.
    pub fn controller(&self) -> impl Fn(Option<Controller>) + Send + Sync + use<> {
        let shared = Arc::clone(&self.shared);
        move |controller| shared.change(|store| store.set_controller(controller))
    }

    /// Every kind was listed, or never will be: Musterbook's identity may not.
    pub fn is_settled(&self) -> bool {
        self.shared.pulses.all().iter().all(|(_, pulse)| pulse.is_settled())
    }

    /// How long ago each watch last heard from the API server; `None`: never.
    pub fn ages(&self) -> [(&'static str, Option<Duration>); 5] {
        self.shared.pulses.all().map(|(name, pulse)| (name, pulse.age()))
    }

    /// Raised at each change in the project, or anywhere.
    pub fn changes(&self, project: Option<&str>) -> Changes {
        self.shared.write(|store| store.listen(project))
    }

    /// Whether the store has no such account; of other things it is never waited for that they go.
    pub fn is_gone(&self, resource: &str, project: &str, name: &str) -> bool {
        let store = self.shared.read();
        resource != "serviceaccounts"
            || store.project(project).is_none_or(|project| project.accounts().get(name).is_none())
    }

    /// Whether what was written to `resource` has arrived.
    pub fn has_seen(&self, resource: &str, version: u64) -> bool {
        let pulses = self.shared.pulses.all();
        pulses.iter().find(|(name, _)| *name == resource).is_none_or(|(_, pulse)| pulse.has_seen(version))
    }
}

impl Shared {
    fn read(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write<T>(&self, change: impl FnOnce(&mut Store) -> T) -> T {
        change(&mut self.store.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn change(&self, change: impl FnOnce(&mut Store)) {
        self.write(change);
    }

    /// After a list: once all kinds were listed, the indexes are put in order.
    fn settle(&self) {
        if self.pulses.all().iter().all(|(_, pulse)| pulse.is_listed()) {
            self.write(Store::settle);
        }
    }
}
