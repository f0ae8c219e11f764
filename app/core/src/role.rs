//! Project roles: what may be given to an account (SPEC D5), and how an account's role stands (SPEC D3).

use std::{borrow::Cow, fmt, str::FromStr};

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

/// KubeSphere's controller, where it runs. It makes and deletes the bindings to the Roles that accounts wish for, and theirs
/// alone: a ClusterRole is nothing to it (SPEC D4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Controller {
    V3,
    V4,
}

/// Begins the names of the Roles that KubeSphere 4 makes of roles of its own kind.
const MIRROR: &str = "kubesphere:iam:";

impl Controller {
    /// The Role that it binds for a wish.
    pub fn bound_for(self, wish: &RoleRef) -> Cow<'_, RoleRef> {
        match (self, wish.kind) {
            (Self::V4, RoleKind::Role) => Cow::Owned(RoleRef::role(format!("{MIRROR}{}", wish.name))),
            _ => Cow::Borrowed(wish),
        }
    }

    /// Whether it binds `account` to such a role. It marks a binding with the account's name, which has to be a label then.
    pub fn binds(self, account: &str, wish: &RoleRef) -> bool {
        wish.kind == RoleKind::Role && account.len() <= NAME_MAX
    }
}

/// The wish that a Role of that name is for: KubeSphere 4's have names of their own.
pub fn wished(role: &str) -> &str {
    role.strip_prefix(MIRROR).unwrap_or(role)
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

impl Binding {
    /// Whether it gives the role that is wished for, by whatever name.
    pub fn gives(&self, wish: &RoleRef) -> bool {
        self.role.kind == wish.kind
            && (self.role.name == wish.name
                || (wish.kind == RoleKind::Role && self.role.name.strip_prefix(MIRROR) == Some(&wish.name)))
    }
}

/// State of an account's wish and truth. `exists` says whether a role is known to exist; `None` where roles may not be read.
pub fn role_state(
    account: &str,
    wish: Option<&RoleRef>,
    bindings: &[Binding],
    controller: Option<Controller>,
    exists: impl Fn(&RoleRef) -> Option<bool>,
) -> RoleState {
    let is_missing = |role: &RoleRef| exists(role) == Some(false);
    let Some(wish) = wish else {
        return match bindings.first() {
            None => RoleState::None,
            Some(first) if is_missing(&first.role) => RoleState::RoleMissing,
            Some(_) => RoleState::NotAnnotated,
        };
    };
    if bindings.iter().any(|binding| binding.gives(wish) && !is_missing(&binding.role)) {
        return RoleState::Bound;
    }
    match controller.filter(|controller| controller.binds(account, wish)) {
        Some(controller) if is_missing(&controller.bound_for(wish)) => RoleState::RoleMissing,
        Some(_) => RoleState::Waiting,
        None if is_missing(wish) || bindings.first().is_some_and(|first| is_missing(&first.role)) => {
            RoleState::RoleMissing
        }
        None => RoleState::NotBound,
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
        /// The same where nothing but holding them will do: KubeSphere's controller asks nobody (SPEC D4).
        to_hold: Vec<Rule>,
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
        assert_eq!(role_state("ci", None, &[], None, exists), RoleState::None);
        assert_eq!(role_state("ci", Some(&operator), &bound(operator.clone()), None, exists), RoleState::Bound);
        assert_eq!(role_state("ci", Some(&operator), &[], None, exists), RoleState::NotBound);
        assert_eq!(
            role_state("ci", Some(&operator), &bound(RoleRef::role("viewer")), None, exists),
            RoleState::NotBound
        );
        assert_eq!(role_state("ci", None, &bound(operator), None, exists), RoleState::NotAnnotated);
        let gone = RoleRef::role("gone");
        assert_eq!(role_state("ci", Some(&gone), &bound(gone.clone()), None, exists), RoleState::RoleMissing);
        assert_eq!(role_state("ci", None, &bound(gone.clone()), None, exists), RoleState::RoleMissing);
        assert_eq!(
            role_state("ci", Some(&RoleRef::role("operator")), &bound(gone), None, exists),
            RoleState::RoleMissing
        );
    }

    #[test]
    fn d3_a_role_that_may_not_be_read_is_not_called_missing() {
        let admin = RoleRef::cluster_role("admin");
        assert_eq!(role_state("ci", Some(&admin), &bound(admin.clone()), None, |_| None), RoleState::Bound);
    }

    #[test]
    fn d4_what_kubesphere_is_to_bind_waits_and_its_names_are_known() {
        let operator = RoleRef::role("operator");
        let mirror = RoleRef::role("kubesphere:iam:operator");
        let state = |bindings: &[Binding], controller, there: &[&str]| {
            role_state("ci", Some(&operator), bindings, Some(controller), |role| {
                Some(there.contains(&role.name.as_str()))
            })
        };
        assert_eq!(state(&[], Controller::V3, &["operator"]), RoleState::Waiting);
        assert_eq!(state(&[], Controller::V4, &["kubesphere:iam:operator"]), RoleState::Waiting);
        assert_eq!(state(&bound(RoleRef::role("gone")), Controller::V3, &["operator"]), RoleState::Waiting);
        // A Role that version 4 didn't make is none of its own: it would bind nothing, and say nothing.
        assert_eq!(state(&[], Controller::V4, &["operator"]), RoleState::RoleMissing);
        assert_eq!(state(&[], Controller::V3, &[]), RoleState::RoleMissing);
        assert_eq!(state(&bound(mirror.clone()), Controller::V4, &["kubesphere:iam:operator"]), RoleState::Bound);
        assert_eq!(state(&bound(mirror.clone()), Controller::V4, &[]), RoleState::RoleMissing);
        assert_eq!(role_state("ci", Some(&operator), &bound(mirror), None, |_| None), RoleState::Bound);
        let namesake = RoleRef::cluster_role("kubesphere:iam:operator");
        assert_eq!(role_state("ci", Some(&operator), &bound(namesake), None, |_| None), RoleState::NotBound);
    }

    #[test]
    fn d4_kubesphere_binds_roles_of_accounts_whose_name_is_a_label() {
        assert!(Controller::V3.binds("ci", &RoleRef::role("viewer")));
        assert!(!Controller::V3.binds("ci", &RoleRef::cluster_role("view")));
        assert!(!Controller::V4.binds(&"x".repeat(64), &RoleRef::role("viewer")));
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
