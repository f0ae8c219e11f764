//! A service account as the pages show it.

use std::collections::BTreeMap;

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    role::{AccountRole, Binding},
    standing::Extent,
};

pub const ALIAS: &str = "kubesphere.io/alias-name";
pub const DESCRIPTION: &str = "kubesphere.io/description";
pub const CREATOR: &str = "kubesphere.io/creator";
/// Who made it, with KubeSphere's older key. No browser says that (SPEC D1).
pub const CREATORS: [&str; 2] = [CREATOR, "creator"];
pub const ROLE: &str = "iam.kubesphere.io/role";
pub const CLUSTER_ROLE: &str = "musterbook.dev/cluster-role";

/// The account that pods get when they name none (Kubernetes).
pub const DEFAULT: &str = "default";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub project: String,
    pub name: String,
    pub uid: String,
    pub resource_version: String,
    pub alias: Option<String>,
    pub description: Option<String>,
    pub creator: Option<String>,
    pub created: Timestamp,
    pub role: AccountRole,
    /// Being deleted: finalizers hold it.
    pub deleting: bool,
    /// A federated copy (`kubefed.io/managed`): no actions (SPEC E4).
    pub federated: bool,
    /// Who manages the object, as [`crate::managed::Manager`] is written, e.g. `Helm (demo/redis)` (SPEC E4).
    pub managed_by: Option<String>,
    /// What it is at cloud providers, as [`crate::cloud::lines`] (SPEC E5).
    pub cloud: Option<String>,
}

/// An account of a known project: this one, not a namesake that was made since.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AccountId {
    pub name: String,
    pub uid: String,
}

/// Alias, description and creator from the annotations, with KubeSphere's older keys as a fallback (SPEC D1).
pub fn texts(annotations: &BTreeMap<String, String>) -> (Option<String>, Option<String>, Option<String>) {
    let read = |keys: [&str; 2]| {
        keys.iter()
            .find_map(|key| annotations.get(*key).map(|text| text.trim()).filter(|text| !text.is_empty()))
            .map(Into::into)
    };
    (read([ALIAS, "displayName"]), read([DESCRIPTION, "desc"]), read(CREATORS))
}

/// What the actor may do with accounts here: answers of access reviews, nothing of our own (SPEC A7).
/// `None`: the review failed, the button stays and the API server decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    pub create: Option<bool>,
    pub patch: Option<bool>,
    pub update: Option<bool>,
    pub delete: Option<bool>,
    pub bind: Option<bool>,
    pub unbind: Option<bool>,
    pub issue_token: Option<bool>,
    pub read_secrets: Option<bool>,
}

/// What happens when the account is deleted (SPEC X4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impact {
    /// Of its project: they stay, and would hold the next account of its name.
    pub bindings: Vec<Binding>,
    /// ClusterRoleBindings that name it and stay likewise, of those that were looked through.
    pub cluster_bindings: Vec<String>,
    pub cluster: Extent,
    pub token_secrets: Vec<String>,
    /// Handles of issued tokens that haven't ended.
    pub issued: Vec<String>,
    /// Pods that run as the account.
    pub pods: Vec<String>,
    /// Its identities at cloud providers, as [`crate::cloud::lines`]: they stay, and nothing here is them any more.
    pub cloud: Option<String>,
    /// What would make pods that name it: `Deployment/shop`.
    pub workloads: Vec<String>,
}

impl Impact {
    /// Whether nothing else is touched, as far as it could be seen.
    pub fn is_empty(&self) -> bool {
        let Self { bindings, cluster_bindings, cluster: _, token_secrets, issued, pods, cloud, workloads } = self;
        bindings.is_empty()
            && cloud.is_none()
            && [cluster_bindings, token_secrets, issued, pods, workloads].into_iter().all(Vec::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d1_legacy_keys_are_read_and_empty_values_are_none() {
        let notes = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        assert_eq!(
            texts(&notes(&[("displayName", "Old"), ("desc", "d"), ("creator", "c")])),
            (Some("Old".into()), Some("d".into()), Some("c".into()))
        );
        assert_eq!(texts(&notes(&[(ALIAS, ""), ("displayName", "Old")])).0, Some("Old".into()));
        assert_eq!(texts(&notes(&[(ALIAS, " ")])).0, None);
    }
}
