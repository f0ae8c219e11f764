//! Which namespaces' bindings name whom (SPEC S2). Watched as Musterbook itself, and so only a hint: what is found here
//! is shown to an actor after an access review of theirs.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    pin::pin,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use futures::StreamExt;
use k8s_openapi::api::rbac::v1::{RoleBinding, Subject};
use kube::runtime::watcher::Event;

use crate::{Actor, own::Own};

/// Who a binding names. Accounts are users by another name (`system:serviceaccount:NAMESPACE:NAME`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    User(Arc<str>),
    Group(Arc<str>),
}

type Key = (Arc<str>, Arc<str>);

/// Namespace and subjects of each binding, and the way back from subject to namespaces.
#[derive(Default)]
struct Index {
    names: HashSet<Arc<str>>,
    bindings: HashMap<Key, Vec<Who>>,
    /// How many bindings of a namespace name them.
    namespaces: HashMap<Who, HashMap<Arc<str>, usize>>,
}

#[derive(Default)]
struct State {
    index: Index,
    /// The list that replaces `index` when it is complete.
    coming: Option<Index>,
    listed: bool,
    heard: Option<Instant>,
    denied: bool,
}

pub(crate) struct BindingsCache {
    state: Arc<RwLock<State>>,
    watch: tokio::task::JoinHandle<()>,
}

impl Drop for BindingsCache {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl BindingsCache {
    /// Starts the watch; it goes on until the cache is dropped.
    pub fn watch(own: &Own) -> Self {
        let state = Arc::new(RwLock::new(State::default()));
        let events = own.bindings();
        let written = Arc::clone(&state);
        let watch = tokio::spawn(async move {
            let mut events = pin!(events);
            while let Some(event) = events.next().await {
                let mut state = written.write().unwrap_or_else(PoisonError::into_inner);
                match event {
                    Ok(event) => state.take(event),
                    Err(error) => {
                        state.denied = is_denied(&error);
                        tracing::warn!(error = crate::calls::chain(&error), "watch of rolebindings");
                    }
                }
            }
        });
        Self { state, watch }
    }

    /// Namespaces whose bindings name the actor or a group of theirs; `None` before the first complete list.
    pub fn namespaces(&self, actor: &Actor) -> Option<BTreeSet<Arc<str>>> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.listed.then(|| state.index.namespaces(actor))
    }

    /// Listed at least once, or never to be: Musterbook's identity may not.
    pub fn is_settled(&self) -> bool {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.listed || state.denied
    }

    /// How long ago the watch last brought anything.
    pub fn age(&self) -> Option<Duration> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.heard.map(|heard| heard.elapsed())
    }
}

fn is_denied(error: &kube::runtime::watcher::Error) -> bool {
    use kube::runtime::watcher::Error;
    match error {
        Error::InitialListFailed(kube::Error::Api(status))
        | Error::WatchStartFailed(kube::Error::Api(status))
        | Error::WatchError(status) => status.is_forbidden(),
        _ => false,
    }
}

impl State {
    fn take(&mut self, event: Event<RoleBinding>) {
        self.heard = Some(Instant::now());
        self.denied = false;
        match event {
            Event::Init => self.coming = Some(Index::default()),
            Event::InitApply(binding) => self.coming.get_or_insert_default().put(&binding),
            Event::InitDone => {
                self.index = self.coming.take().unwrap_or_default();
                self.listed = true;
            }
            Event::Apply(binding) => self.index.put(&binding),
            Event::Delete(binding) => {
                if let Some(key) = self.index.key(&binding) {
                    self.index.remove(&key);
                }
            }
        }
    }
}

impl Index {
    fn put(&mut self, binding: &RoleBinding) {
        let Some(key) = self.key(binding) else { return };
        self.remove(&key);
        let subjects = binding.subjects.as_deref().unwrap_or_default();
        let named: Vec<Who> = subjects.iter().filter_map(|subject| self.who(subject, &key.0)).collect();
        for who in &named {
            *self.namespaces.entry(who.clone()).or_default().entry(Arc::clone(&key.0)).or_default() += 1;
        }
        self.bindings.insert(key, named);
    }

    fn remove(&mut self, key: &Key) {
        for who in self.bindings.remove(key).unwrap_or_default() {
            let Some(namespaces) = self.namespaces.get_mut(&who) else { continue };
            if let Some(count) = namespaces.get_mut(&key.0) {
                *count -= 1;
                if *count == 0 {
                    namespaces.remove(&key.0);
                }
            }
            if namespaces.is_empty() {
                self.namespaces.remove(&who);
            }
        }
    }

    fn key(&mut self, binding: &RoleBinding) -> Option<Key> {
        let namespace = self.interned(binding.metadata.namespace.as_deref()?);
        Some((namespace, binding.metadata.name.as_deref()?.into()))
    }

    fn who(&mut self, subject: &Subject, namespace: &str) -> Option<Who> {
        match subject.kind.as_str() {
            "User" => Some(Who::User(self.interned(&subject.name))),
            "Group" => Some(Who::Group(self.interned(&subject.name))),
            "ServiceAccount" => {
                // RBAC takes the binding's own namespace where the subject has none.
                let home = subject.namespace.as_deref().filter(|home| !home.is_empty()).unwrap_or(namespace);
                Some(Who::User(self.interned(&format!("system:serviceaccount:{home}:{}", subject.name))))
            }
            _ => None,
        }
    }

    /// Few names stand in many bindings: each is held once.
    fn interned(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.names.insert(Arc::clone(&name));
        name
    }

    fn namespaces(&self, actor: &Actor) -> BTreeSet<Arc<str>> {
        let groups = actor.groups.iter().map(String::as_str).map(str::to_owned).chain(implied_groups(&actor.user));
        std::iter::once(Who::User(actor.user.as_str().into()))
            .chain(groups.map(|group| Who::Group(group.into())))
            .filter_map(|who| self.namespaces.get(&who))
            .flat_map(|namespaces| namespaces.keys().cloned())
            .collect()
    }
}

/// Groups that the API server gives to everyone who has signed in, and to accounts.
fn implied_groups(user: &str) -> Vec<String> {
    let mut groups = vec!["system:authenticated".to_owned()];
    if let Some((namespace, _)) = user.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':')) {
        groups.push("system:serviceaccounts".into());
        groups.push(format!("system:serviceaccounts:{namespace}"));
    }
    groups
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn binding(namespace: &str, name: &str, subjects: Value) -> RoleBinding {
        serde_json::from_value(json!({
            "metadata": { "namespace": namespace, "name": name },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r" },
            "subjects": subjects,
        }))
        .unwrap()
    }

    fn found(state: &State, user: &str, groups: &[&str]) -> Vec<String> {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        let actor = Actor { user: user.into(), groups, uid: None, extra: Default::default() };
        state.index.namespaces(&actor).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn s2_a_person_is_found_by_name_by_group_and_as_an_account() {
        let mut state = State::default();
        state.take(Event::Init);
        state.take(Event::InitApply(binding("a", "1", json!([{ "kind": "User", "name": "jane" }]))));
        state.take(Event::InitApply(binding("b", "1", json!([{ "kind": "Group", "name": "team" }]))));
        state.take(Event::InitApply(binding("c", "1", json!([{ "kind": "ServiceAccount", "name": "ci" }]))));
        assert!(!state.listed);
        state.take(Event::InitDone);
        assert!(state.listed);
        assert_eq!(found(&state, "jane", &["team"]), ["a", "b"]);
        assert_eq!(found(&state, "system:serviceaccount:c:ci", &[]), ["c"]);
        assert_eq!(found(&state, "team", &["jane"]), Vec::<String>::new());
    }

    #[test]
    fn s2_a_namespace_stays_while_one_of_its_bindings_names_them() {
        let jane = || json!([{ "kind": "User", "name": "jane" }]);
        let mut state = State::default();
        state.take(Event::Apply(binding("a", "1", jane())));
        state.take(Event::Apply(binding("a", "2", jane())));
        state.take(Event::Apply(binding("a", "1", json!([]))));
        assert_eq!(found(&state, "jane", &[]), ["a"]);
        state.take(Event::Delete(binding("a", "2", jane())));
        assert_eq!(found(&state, "jane", &[]), Vec::<String>::new());
        assert!(state.index.namespaces.is_empty());
    }

    #[test]
    fn s2_a_new_list_replaces_the_old_one_at_once() {
        let jane = || json!([{ "kind": "User", "name": "jane" }]);
        let mut state = State::default();
        state.take(Event::Apply(binding("old", "1", jane())));
        state.take(Event::Init);
        state.take(Event::InitApply(binding("new", "1", jane())));
        assert_eq!(found(&state, "jane", &[]), ["old"]);
        state.take(Event::InitDone);
        assert_eq!(found(&state, "jane", &[]), ["new"]);
    }
}
