//! All that is cached, by project. Trimmed: only what pages use; strings that stand in many objects are held once.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use k8s_openapi::api::{
    core::v1::{Namespace, ServiceAccount},
    rbac::v1::{Role, RoleBinding},
};
use kube::core::PartialObjectMeta;
use musterbook_core::{
    project::Project,
    role::{Controller, RoleRef},
};
use tokio::sync::watch;

use super::{
    project::ProjectStore,
    subjects::{Subjects, who},
    watch::Round,
};
use crate::{Actor, convert, reads::Changes, trimmed::TrimmedPod};

/// Strings that stand in many objects, each held once.
#[derive(Default)]
pub(crate) struct Names(HashSet<Arc<str>>);

impl Names {
    pub fn get(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.0.insert(Arc::clone(&name));
        name
    }
}

/// Roles that accounts wish for or are bound to, each held once.
#[derive(Default)]
pub(crate) struct RoleRefs(HashSet<Arc<RoleRef>>);

impl RoleRefs {
    pub fn get(&mut self, role: RoleRef) -> Arc<RoleRef> {
        if let Some(known) = self.0.get(&role) {
            return Arc::clone(known);
        }
        let role = Arc::new(role);
        self.0.insert(Arc::clone(&role));
        role
    }
}

#[derive(Default)]
pub(crate) struct Store {
    projects: HashMap<Arc<str>, ProjectStore>,
    subjects: Subjects,
    names: Names,
    roles: RoleRefs,
    /// Everything was listed once: from here on each change keeps the indexes in order.
    settled: bool,
    /// Who else binds roles in this cluster (SPEC D4).
    controller: Option<Controller>,
    changes: u64,
    listeners: HashMap<Arc<str>, watch::Sender<u64>>,
    /// For lists of several projects.
    everywhere: watch::Sender<u64>,
}

impl Store {
    pub fn project(&self, name: &str) -> Option<&ProjectStore> {
        self.projects.get(name)
    }

    /// With its name as the store holds it.
    pub fn project_entry(&self, name: &str) -> Option<(&Arc<str>, &ProjectStore)> {
        self.projects.get_key_value(name)
    }

    /// All of them, in no order.
    pub fn projects(&self) -> impl Iterator<Item = (&Arc<str>, &ProjectStore)> {
        self.projects.iter()
    }

    /// What is known of the namespace; `None`: it isn't there.
    pub fn described(&self, name: &str) -> Option<Project> {
        self.project(name)?.described(name)
    }

    /// Namespaces whose bindings name the actor or a group of theirs.
    pub fn naming(&self, actor: &Actor) -> BTreeSet<Arc<str>> {
        let mut found = self.subjects.namespaces(actor);
        let account = actor.user.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'));
        if let Some((home, name)) = account
            && let Some((home, project)) = self.projects.get_key_value(home)
            && project.binds(name)
        {
            found.insert(Arc::clone(home));
        }
        found
    }

    /// Raised at each change in the project, or anywhere.
    pub fn listen(&mut self, project: Option<&str>) -> Changes {
        self.listeners.retain(|_, listener| listener.receiver_count() > 0);
        match project {
            Some(project) => {
                let project = self.names.get(project);
                self.listeners.entry(project).or_insert_with(|| watch::Sender::new(0)).subscribe()
            }
            None => self.everywhere.subscribe(),
        }
    }

    /// Puts the indexes in order; every kind has been listed.
    pub fn settle(&mut self) {
        self.settled = true;
        for project in self.projects.values_mut() {
            project.settle();
        }
        self.tidy();
    }

    /// The states of all roles may follow from it.
    pub fn set_controller(&mut self, controller: Option<Controller>) {
        if std::mem::replace(&mut self.controller, controller) != controller {
            self.sweep(|project| project.set_controller(controller));
        }
    }

    fn tidy(&mut self) {
        self.projects.retain(|_, project| !project.is_empty());
        self.projects.shrink_to_fit();
        self.names.0.retain(|name| Arc::strong_count(name) > 1);
        self.roles.0.retain(|role| Arc::strong_count(role) > 1);
    }

    fn changed(&mut self, project: &str) {
        if !self.settled {
            return;
        }
        self.changes += 1;
        let changes = self.changes;
        if let Some(listener) = self.listeners.get(project) {
            listener.send_replace(changes);
        }
        self.everywhere.send_replace(changes);
    }

    /// Changes one project, and says so where `change` did something.
    fn with(&mut self, project: &str, change: impl FnOnce(&mut ProjectStore, &mut Names, &mut RoleRefs) -> bool) {
        let name = self.names.get(project);
        let (settled, controller) = (self.settled, self.controller);
        let store = self.projects.entry(name).or_insert_with(|| ProjectStore::new(settled, controller));
        if change(store, &mut self.names, &mut self.roles) {
            self.changed(project);
        }
    }

    pub fn put_account(&mut self, account: PartialObjectMeta<ServiceAccount>, round: Round) {
        let Some(namespace) = account.metadata.namespace.clone() else { return };
        self.with(&namespace, |project, names, roles| project.put_account(account.metadata, round, names, roles));
    }

    pub fn remove_account(&mut self, namespace: &str, name: &str) {
        self.with(namespace, |project, _, _| project.remove_account(name));
    }

    pub fn sweep_accounts(&mut self, round: Round) {
        self.sweep(|project| project.sweep_accounts(round));
    }

    pub fn put_namespace(&mut self, namespace: PartialObjectMeta<Namespace>, round: Round) {
        let Some(name) = namespace.metadata.name.clone() else { return };
        self.with(&name, |project, names, _| project.put_namespace(namespace.metadata, round, names));
    }

    pub fn remove_namespace(&mut self, _: &str, name: &str) {
        self.with(name, |project, _, _| project.remove_namespace());
    }

    pub fn sweep_namespaces(&mut self, round: Round) {
        self.sweep(|project| project.sweep_namespace(round));
    }

    pub fn put_role(&mut self, role: PartialObjectMeta<Role>, round: Round) {
        let (Some(namespace), Some(name)) = (role.metadata.namespace, role.metadata.name) else { return };
        self.with(&namespace, |project, names, _| project.put_role(names.get(&name), round));
    }

    pub fn remove_role(&mut self, namespace: &str, name: &str) {
        self.with(namespace, |project, _, _| project.remove_role(name));
    }

    pub fn sweep_roles(&mut self, round: Round) {
        self.sweep(|project| project.sweep_roles(round));
    }

    pub fn put_pod(&mut self, pod: TrimmedPod, round: Round) {
        let Some(namespace) = pod.metadata.namespace.clone() else { return };
        self.with(&namespace, |project, names, _| project.put_pod(&pod, round, names));
    }

    pub fn remove_pod(&mut self, namespace: &str, name: &str) {
        self.with(namespace, |project, _, _| project.remove_pod(name));
    }

    pub fn sweep_pods(&mut self, round: Round) {
        self.sweep(|project| project.sweep_pods(round));
    }

    pub fn put_binding(&mut self, binding: RoleBinding, round: Round) {
        let (Some(namespace), Some(name)) = (&binding.metadata.namespace, &binding.metadata.name) else { return };
        let Some(role) = convert::role_of(&binding) else { return self.remove_binding(namespace, name) };
        let subjects = binding.subjects.as_deref().unwrap_or_default();
        let named: Box<[_]> = subjects.iter().filter_map(|subject| who(&mut self.names, subject, namespace)).collect();
        let home = self.names.get(namespace);
        self.subjects.add(&home, &named);
        let mut before: Option<Box<[_]>> = None;
        self.with(namespace, |project, names, roles| {
            before = project.put_binding(&binding, roles.get(role), named, round, names);
            true
        });
        self.subjects.remove(&home, &before.unwrap_or_default());
    }

    pub fn remove_binding(&mut self, namespace: &str, name: &str) {
        let mut before: Option<Box<[_]>> = None;
        self.with(namespace, |project, _, _| {
            before = project.remove_binding(name);
            before.is_some()
        });
        let home = self.names.get(namespace);
        self.subjects.remove(&home, &before.unwrap_or_default());
    }

    pub fn sweep_bindings(&mut self, round: Round) {
        let mut old = Vec::new();
        for (namespace, project) in &self.projects {
            old.extend(project.old_bindings(round).map(|name| (Arc::clone(namespace), name.to_owned())));
        }
        for (namespace, name) in old {
            self.remove_binding(&namespace, &name);
        }
        self.tidy();
    }

    fn sweep(&mut self, mut sweep: impl FnMut(&mut ProjectStore) -> bool) {
        let names: Vec<_> = self.projects.keys().cloned().collect();
        for name in names {
            if self.projects.get_mut(&name).is_some_and(&mut sweep) {
                self.changed(&name);
            }
        }
        self.tidy();
    }
}
