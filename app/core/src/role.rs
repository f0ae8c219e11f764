//! Project roles: what may be given to an account (SPEC D5), and how an account's role stands (SPEC D3).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{form::NAME_MAX, rules::Rule};

/// The ClusterRoles that every project offers in its second group (SPEC D5).
pub const CLUSTER_ROLES: [&str; 3] = ["admin", "edit", "view"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RoleKind {
    Role,
    ClusterRole,
}

impl RoleKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Role => "Role",
            Self::ClusterRole => "ClusterRole",
        }
    }
}

/// KubeSphere's label: the account's name. Only on bindings to Roles: KubeSphere deletes what carries it otherwise.
pub const REF_LABEL: &str = "iam.kubesphere.io/serviceaccount-ref";
/// Ours: the account's uid, which is a label value whatever the name is.
pub const UID_LABEL: &str = "musterbook.dev/serviceaccount-uid";

/// The label of the binding that gives an account the role (SPEC D2).
pub fn binding_label<'a>(account: &'a str, uid: &'a str, role: &RoleRef) -> (&'static str, &'a str) {
    // A name that is no label value can't be KubeSphere's either: its controller fails on it.
    if role.kind == RoleKind::Role && account.len() <= NAME_MAX { (REF_LABEL, account) } else { (UID_LABEL, uid) }
}

/// A Role of the project, or a ClusterRole. Its text form is `Role/NAME` or `ClusterRole/NAME`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoleRef {
    pub kind: RoleKind,
    pub name: String,
}

impl RoleRef {
    pub fn role(name: impl Into<String>) -> Self {
        Self { kind: RoleKind::Role, name: name.into() }
    }

    pub fn cluster_role(name: impl Into<String>) -> Self {
        Self { kind: RoleKind::ClusterRole, name: name.into() }
    }
}

impl fmt::Display for RoleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.name)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a role: expected Role/NAME or ClusterRole/NAME")]
pub struct NotARole;

impl FromStr for RoleRef {
    type Err = NotARole;

    fn from_str(text: &str) -> Result<Self, NotARole> {
        let (kind, name) = text.split_once('/').ok_or(NotARole)?;
        let kind = match kind {
            "Role" => RoleKind::Role,
            "ClusterRole" => RoleKind::ClusterRole,
            _ => return Err(NotARole),
        };
        // RBAC names are path segments: anything but `/` and `%`, not `.` or `..` (Kubernetes, object names).
        if name.is_empty() || name == "." || name == ".." || name.contains(['/', '%']) {
            return Err(NotARole);
        }
        Ok(Self { kind, name: name.into() })
    }
}

/// How the pair of wish (annotation) and truth (bindings) stands (SPEC D3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RoleState {
    /// Neither annotated nor bound.
    None,
    /// Annotated and bound to the same role, which exists.
    Bound,
    /// Annotated, and KubeSphere's controller has not bound it yet (SPEC D4).
    Waiting,
    /// Bound or annotated to a role that does not exist.
    RoleMissing,
    /// Annotated, but no binding.
    NotBound,
    /// Bound, but no annotation.
    NotAnnotated,
    /// The bindings may not be read: the truth isn't known.
    Unknown,
}

impl RoleState {
    pub const ALL: [Self; 7] =
        [Self::Bound, Self::Waiting, Self::RoleMissing, Self::NotBound, Self::NotAnnotated, Self::None, Self::Unknown];

    /// As addresses name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bound => "bound",
            Self::Waiting => "waiting",
            Self::RoleMissing => "role-missing",
            Self::NotBound => "not-bound",
            Self::NotAnnotated => "not-annotated",
            Self::Unknown => "unknown",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Sorted by it, what needs a look comes first.
    pub fn severity(self) -> u8 {
        match self {
            Self::RoleMissing => 0,
            Self::NotBound => 1,
            Self::NotAnnotated => 2,
            Self::Waiting => 3,
            Self::Unknown => 4,
            Self::Bound => 5,
            Self::None => 6,
        }
    }
}

/// An account's role: the wish, what it is really bound to, and the state of the pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRole {
    /// From the annotation `iam.kubesphere.io/role` or `musterbook.dev/cluster-role`.
    pub wish: Option<RoleRef>,
    /// Bindings in this project whose subjects hold the account, Musterbook's own first.
    pub bindings: Vec<Binding>,
    pub state: RoleState,
}

impl AccountRole {
    /// The role to show: the wish, else the first it is bound to.
    pub fn shown(&self) -> Option<&RoleRef> {
        self.wish.as_ref().or_else(|| self.bindings.first().map(|binding| &binding.role))
    }
}

/// A RoleBinding of the project whose subjects hold the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    pub name: String,
    pub uid: String,
    pub role: RoleRef,
    /// Made for the account's project role (SPEC D2): the account is its only subject, and it carries our label or KubeSphere's.
    pub managed: bool,
    /// Others are bound by it, too.
    pub shared: bool,
    /// Kubernetes deletes it when the account goes. One that stays would hold a new account of that name.
    pub goes: bool,
}

/// State of wish and truth. `exists` says whether a role is known to exist; `None` where roles may not be read.
pub fn role_state(
    wish: Option<&RoleRef>,
    bindings: &[Binding],
    exists: impl Fn(&RoleRef) -> Option<bool>,
) -> RoleState {
    match (wish, bindings.first()) {
        (None, None) => RoleState::None,
        (Some(wish), _) if exists(wish) == Some(false) => RoleState::RoleMissing,
        (Some(wish), Some(_)) if bindings.iter().any(|binding| binding.role == *wish) => RoleState::Bound,
        (Some(_), Some(first)) if exists(&first.role) == Some(false) => RoleState::RoleMissing,
        (Some(_), _) => RoleState::NotBound,
        (None, Some(first)) if exists(&first.role) == Some(false) => RoleState::RoleMissing,
        (None, Some(_)) => RoleState::NotAnnotated,
    }
}

/// A role that the picker offers (SPEC D5, A3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleOption {
    pub role: RoleRef,
    pub alias: Option<String>,
    pub description: Option<String>,
    pub grant: Grant,
    /// `None` where they can't be seen.
    pub rules: Option<Vec<Rule>>,
}

/// Whether the actor may give a role: what the API server said to a dry run (SPEC A3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grant {
    Can,
    /// The rules that the actor lacks, as the API server names them. Empty: bindings may not be made at all.
    Cannot {
        missing: Vec<String>,
    },
    /// The dry run gave neither yes nor no; it may be tried.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(role: RoleRef) -> Vec<Binding> {
        vec![Binding { name: "b".into(), uid: "u".into(), role, managed: true, shared: false, goes: true }]
    }

    #[test]
    fn d3_each_state_has_its_name() {
        let operator = RoleRef::role("operator");
        let exists = |role: &RoleRef| Some(role.name != "gone");
        assert_eq!(role_state(None, &[], exists), RoleState::None);
        assert_eq!(role_state(Some(&operator), &bound(operator.clone()), exists), RoleState::Bound);
        assert_eq!(role_state(Some(&operator), &[], exists), RoleState::NotBound);
        assert_eq!(role_state(Some(&operator), &bound(RoleRef::role("viewer")), exists), RoleState::NotBound);
        assert_eq!(role_state(None, &bound(operator), exists), RoleState::NotAnnotated);
        let gone = RoleRef::role("gone");
        assert_eq!(role_state(Some(&gone), &bound(gone.clone()), exists), RoleState::RoleMissing);
        assert_eq!(role_state(None, &bound(gone.clone()), exists), RoleState::RoleMissing);
        assert_eq!(role_state(Some(&RoleRef::role("operator")), &bound(gone), exists), RoleState::RoleMissing);
    }

    #[test]
    fn d3_a_role_that_may_not_be_read_is_not_called_missing() {
        let admin = RoleRef::cluster_role("admin");
        assert_eq!(role_state(Some(&admin), &bound(admin.clone()), |_| None), RoleState::Bound);
    }

    #[test]
    fn a_role_ref_survives_its_text_form_and_refuses_paths() {
        for role in [RoleRef::role("operator"), RoleRef::cluster_role("system:aggregate-to-view")] {
            assert_eq!(role.to_string().parse(), Ok(role));
        }
        for bad in ["", "operator", "Role/", "Role/a/b", "Role/..", "Role/a%2f", "role/x"] {
            assert_eq!(bad.parse::<RoleRef>(), Err(NotARole), "{bad}");
        }
    }
}
