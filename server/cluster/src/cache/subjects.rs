//! Which namespaces' bindings name whom (SPEC S2). What is found here is a hint: it is shown to an actor after an access
//! review of theirs.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use k8s_openapi::api::rbac::v1::Subject;

use super::store::Names;
use crate::Actor;

/// Who a binding names. Accounts are users by another name (`system:serviceaccount:NAMESPACE:NAME`); those of the
/// binding's own namespace are not kept here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    User(Arc<str>),
    Group(Arc<str>),
}

#[derive(Default)]
pub(super) struct Subjects {
    /// How many bindings of a namespace name them.
    namespaces: HashMap<Who, HashMap<Arc<str>, usize>>,
}

impl Subjects {
    pub fn add(&mut self, namespace: &Arc<str>, named: &[Who]) {
        for who in named {
            *self.namespaces.entry(who.clone()).or_default().entry(Arc::clone(namespace)).or_default() += 1;
        }
    }

    pub fn remove(&mut self, namespace: &Arc<str>, named: &[Who]) {
        for who in named {
            let Some(namespaces) = self.namespaces.get_mut(who) else { continue };
            if let Some(count) = namespaces.get_mut(namespace) {
                *count -= 1;
                if *count == 0 {
                    namespaces.remove(namespace);
                }
            }
            if namespaces.is_empty() {
                self.namespaces.remove(who);
            }
        }
    }

    /// Namespaces whose bindings name the actor or a group of theirs.
    pub fn namespaces(&self, actor: &Actor) -> BTreeSet<Arc<str>> {
        let groups = actor.groups.iter().cloned().chain(implied_groups(&actor.user));
        std::iter::once(Who::User(actor.user.as_str().into()))
            .chain(groups.map(|group| Who::Group(group.into())))
            .filter_map(|who| self.namespaces.get(&who))
            .flat_map(|namespaces| namespaces.keys().cloned())
            .collect()
    }
}

/// Whom a subject of a binding in `namespace` is; `None` for an account of that namespace.
pub(super) fn who(names: &mut Names, subject: &Subject, namespace: &str) -> Option<Who> {
    match subject.kind.as_str() {
        "User" => Some(Who::User(names.get(&subject.name))),
        "Group" => Some(Who::Group(names.get(&subject.name))),
        "ServiceAccount" => {
            let home = subject.namespace.as_deref().filter(|home| !home.is_empty() && *home != namespace)?;
            Some(Who::User(names.get(&format!("system:serviceaccount:{home}:{}", subject.name))))
        }
        _ => None,
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
