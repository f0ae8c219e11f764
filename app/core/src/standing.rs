//! Everything that gives an account its rights, and where that comes from (SPEC X3).

use serde::{Deserialize, Serialize};

use crate::{Timestamp, account::Account, answer::Why, role::RoleRef, rules::Rule};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub account: Account,
    /// The bindings that hold it, in its project and in the whole cluster: those made for its role first, those that come
    /// with Kubernetes last.
    pub held: Vec<Held>,
    pub cluster: Extent,
}

/// How far ClusterRoleBindings were looked through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Extent {
    All,
    /// The first page of them.
    Part,
    Unseen(Why),
}

/// A binding that holds the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub name: String,
    /// A ClusterRoleBinding.
    pub everywhere: bool,
    pub role: RoleRef,
    pub through: Through,
    /// Made for the account's project role: another role takes its place.
    pub managed: bool,
    /// Others are bound by it, too.
    pub shared: bool,
    pub origin: Origin,
    /// As the binding itself says.
    pub creator: Option<String>,
    pub created: Timestamp,
    /// What the role allows; `None` where that can't be seen.
    pub rules: Option<Vec<Rule>>,
}

/// What of the account the binding names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Through {
    Name,
    /// `system:serviceaccount:PROJECT:NAME`
    UserName,
    /// One that the account is in, as all accounts are.
    Group(String),
}

/// Who made it, by the marks that they leave.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Origin {
    Musterbook,
    KubeSphere,
    /// `Helm`, `Argo CD`, …
    Tool(String),
    Hand,
    Kubernetes,
}
