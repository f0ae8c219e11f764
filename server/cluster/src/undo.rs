//! What takes an act back (SPEC X5). It holds what Kubernetes doesn't keep: it leaves the server sealed for its actor, and
//! comes back with their browser. Never a Secret, a token or a uid that something could be bound to.

use k8s_openapi::api::rbac::v1::RoleBinding;
use musterbook_core::{
    role::RoleRef,
    undo::{Replay, What},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::convert;

/// One act of an actor on one account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub(crate) project: String,
    pub(crate) name: String,
    pub(crate) act: Act,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Act {
    Deleted {
        /// The account as it was, without what the API server adds.
        account: Value,
        bindings: Vec<Lost>,
        /// Those that Kubernetes deletes with it could not be seen.
        unseen: bool,
    },
    RoleChanged {
        uid: String,
        from: Option<RoleRef>,
        to: Option<RoleRef>,
    },
}

/// A binding that went with its account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Lost {
    pub role: RoleRef,
    /// As it was. `None`: it is one that Musterbook makes.
    pub object: Option<Value>,
    /// The account owned it.
    pub owned: bool,
}

impl Record {
    /// `last` is what the API server answered to the delete; older ones don't give the object.
    pub(crate) fn deleted(project: &str, name: &str, last: Value, bindings: Option<Vec<Lost>>) -> Option<Self> {
        let unseen = bindings.is_none();
        let act = Act::Deleted { account: manifest(last)?, bindings: bindings.unwrap_or_default(), unseen };
        Some(Self { project: project.into(), name: name.into(), act })
    }

    /// A binding that was deleted after its account.
    pub(crate) fn also(&mut self, binding: &RoleBinding) {
        if let Act::Deleted { bindings, .. } = &mut self.act
            && let Some(lost) = Lost::by_hand(binding)
        {
            bindings.push(lost);
        }
    }

    pub(crate) fn replay(&self) -> Replay {
        let (what, bindings, unseen) = match &self.act {
            Act::Deleted { bindings, unseen, .. } => {
                let roles = bindings.iter().map(|lost| (lost.role.clone(), None));
                (What::Deleted, roles.collect(), *unseen)
            }
            Act::RoleChanged { from, to, .. } => {
                (What::RoleChanged { from: from.clone(), to: to.clone() }, Vec::new(), false)
            }
        };
        let (project, name) = (self.project.clone(), self.name.clone());
        Replay { project, name, what, stops: None, bindings, unseen }
    }
}

impl Lost {
    /// One that its account owned; `None` where it gives no role.
    pub(crate) fn owned(binding: &RoleBinding, project: &str, account: &str) -> Option<Self> {
        let role = convert::role_of(binding)?;
        let ours = convert::holds_only(binding, project, account) && convert::is_labelled(binding);
        let object = (!ours).then(|| object(binding));
        Some(Self { role, object, owned: true })
    }

    fn by_hand(binding: &RoleBinding) -> Option<Self> {
        Some(Self { role: convert::role_of(binding)?, object: Some(object(binding)), owned: false })
    }
}

/// What somebody wrote of the account. Its token Secrets are gone; finalizers are for those who put them there.
fn manifest(mut last: Value) -> Option<Value> {
    if last["kind"] != "ServiceAccount" {
        return None;
    }
    last.as_object_mut()?.remove("secrets");
    let metadata = last.get_mut("metadata")?.as_object_mut()?;
    metadata.retain(|key, _| ["annotations", "labels", "name", "ownerReferences"].contains(&key.as_str()));
    Some(last)
}

fn object(binding: &RoleBinding) -> Value {
    let metadata = &binding.metadata;
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": { "name": metadata.name, "labels": metadata.labels, "annotations": metadata.annotations },
        "roleRef": binding.role_ref,
        "subjects": binding.subjects,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x5_a_record_holds_what_somebody_wrote_and_no_secret() {
        let last = json!({
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": {
                "name": "ci", "namespace": "demo", "uid": "u1", "resourceVersion": "7", "deletionTimestamp": "x",
                "finalizers": ["a/b"], "managedFields": [{}], "labels": { "a": "b" }, "annotations": { "c": "d" },
            },
            "secrets": [{ "name": "ci-token" }],
            "imagePullSecrets": [{ "name": "registry" }],
            "automountServiceAccountToken": false,
        });
        let kept = json!({
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": { "name": "ci", "labels": { "a": "b" }, "annotations": { "c": "d" } },
            "imagePullSecrets": [{ "name": "registry" }],
            "automountServiceAccountToken": false,
        });
        assert_eq!(manifest(last), Some(kept));
        assert_eq!(manifest(json!({ "kind": "Status", "status": "Success" })), None);
    }
}
