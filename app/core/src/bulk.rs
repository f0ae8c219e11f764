//! Deleting many accounts at once (SPEC L5): which are meant, what would go with each, and what came of it.

use std::{collections::HashMap, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    account::{Account, DEFAULT},
    error::{AppError, HalfDone},
    list::Row,
    percent::{escape, unescape},
    standing::Extent,
};

/// Accounts that one plan may hold; whoever wants more is told to narrow the filter.
pub const MOST: usize = 5_000;

/// Which accounts of a list are meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Chosen {
    /// All that the list's search and filters match, on every page of it.
    Matching,
    Picked(Vec<Pick>),
}

/// An account that was picked from a list. `PROJECT/NAME` in addresses.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pick {
    pub project: String,
    pub name: String,
}

impl Pick {
    /// A bare name is an account of `here`, the list's own project.
    pub fn parse(text: &str, here: &str) -> Self {
        let (project, name) = text.split_once('/').unwrap_or((here, text));
        Self { project: project.into(), name: name.into() }
    }
}

/// What would happen to each account, those with an impact first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Plan {
    Ready {
        rows: Vec<PlanRow>,
        /// How far ClusterRoleBindings were looked through.
        cluster: Extent,
    },
    /// More than [`MOST`].
    TooMany { matching: usize },
}

/// One account of a plan, and what goes with it (SPEC X4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRow {
    pub target: Target,
    /// Pods that run as it and would lose the API; 0 where they may not be seen, which the plan says.
    pub pods: usize,
    /// Token Secrets and issued tokens that stop working.
    pub credentials: usize,
    /// What would make pods that name it; 0 where they may not be seen, which the plan says.
    pub workloads: usize,
    /// Names of ClusterRoleBindings that name it, and stay.
    pub cluster_bindings: Vec<String>,
    /// Names of bindings that stay because others are bound by them, too.
    pub shared_bindings: Vec<String>,
    pub managed_by: Option<String>,
    /// Its identities at cloud providers, as [`crate::cloud::lines`] (SPEC E5).
    pub cloud: Option<String>,
    /// Why it is left out.
    pub left_out: Option<LeftOut>,
}

/// What goes with an account, or stays behind it, that no list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    pub credentials: usize,
    pub workloads: usize,
    pub cluster_bindings: Vec<String>,
}

/// The account to delete, and no namesake that was made since.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    pub project: String,
    pub name: String,
    pub uid: String,
    /// Bindings of this account alone that stay without it, and would hold the next account of its name.
    pub bindings: Vec<BindingId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BindingId {
    pub name: String,
    pub uid: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LeftOut {
    /// Nobody has to delete it again.
    BeingDeleted,
    /// It is changed in its federation (SPEC E4).
    Federated,
    /// It was picked, and isn't there any more.
    Gone,
}

/// What came of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Deleted,
    /// It goes once those are done who hold it by a finalizer.
    Held,
    /// Somebody else was faster.
    Gone,
    /// Another account has the name now. It was left alone.
    Replaced,
    Refused(AppError),
    /// The account is deleted, a binding that should go as well is not.
    BindingStays {
        binding: String,
        why: AppError,
    },
}

/// What came of the accounts that were tried, and those that weren't.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub done: Vec<(Target, Outcome)>,
    /// There was no time for these.
    pub rest: Vec<Target>,
    /// What brings those back that were deleted, sealed (SPEC X5).
    #[serde(default)]
    pub undo: Vec<String>,
}

impl Outcome {
    /// Of the account; its bindings come after it. `deleted` says whether finalizers hold it.
    pub fn of(deleted: Result<bool, AppError>) -> Self {
        match deleted {
            Ok(false) => Self::Deleted,
            Ok(true) => Self::Held,
            Err(AppError::NotFound) => Self::Gone,
            Err(AppError::Replaced) => Self::Replaced,
            Err(error) => Self::Refused(error),
        }
    }

    /// As the answer to an act on `account` alone. `undo` brings it back, sealed.
    pub fn into_answer(self, account: String, undo: Option<String>) -> Result<(Self, Option<String>), AppError> {
        match self {
            Self::Deleted | Self::Held | Self::Gone => Ok((self, undo)),
            Self::Replaced => Err(AppError::Replaced),
            Self::Refused(error) => Err(error),
            Self::BindingStays { binding, why } => {
                Err(AppError::HalfDone(HalfDone::BindingStays { account, binding, why: Box::new(why), undo }))
            }
        }
    }

    /// The account is gone or going, as was wanted.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Deleted | Self::Held | Self::Gone)
    }

    /// Whether the same can be tried again. For another account of the name, it would have to be chosen anew.
    pub fn may_be_tried_again(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::BindingStays { .. })
    }
}

impl Chosen {
    /// Whether the list's search and filters say which accounts are meant.
    pub fn is_matching(&self) -> bool {
        *self == Self::Matching
    }

    /// The rows that are meant; `rows` are those of the list. A pick that isn't among them comes back by itself.
    pub fn among(&self, mut rows: Vec<Row>) -> (Vec<Row>, Vec<Pick>) {
        let Self::Picked(picks) = self else { return (rows, Vec::new()) };
        let key = |pick: &'_ Pick| (pick.project.clone(), pick.name.clone());
        let mut wanted: HashMap<_, _> = picks.iter().map(|pick| (key(pick), pick)).collect();
        rows.retain(|Row { account, .. }| wanted.remove(&(account.project.clone(), account.name.clone())).is_some());
        let gone = picks.iter().filter(|pick| wanted.remove(&key(pick)).is_some());
        (rows, gone.cloned().collect())
    }
}

impl PlanRow {
    pub fn new(row: Row, around: Around) -> Self {
        let Account { project, name, uid, role, deleting, federated, managed_by, cloud, .. } = row.account;
        let (shared, own): (Vec<_>, Vec<_>) =
            role.bindings.into_iter().filter(|binding| !binding.goes).partition(|binding| binding.shared);
        let bindings = own.into_iter().map(|binding| BindingId { name: binding.name, uid: binding.uid }).collect();
        let Around { credentials, workloads, cluster_bindings } = around;
        let left_out = None.or(deleting.then_some(LeftOut::BeingDeleted)).or(federated.then_some(LeftOut::Federated));
        Self {
            target: Target { project, name, uid, bindings },
            pods: row.pods.unwrap_or(0),
            credentials,
            workloads,
            cluster_bindings,
            shared_bindings: shared.into_iter().map(|binding| binding.name).collect(),
            managed_by,
            cloud,
            left_out,
        }
    }

    pub fn gone(pick: Pick) -> Self {
        let Pick { project, name } = pick;
        Self {
            target: Target { project, name, uid: String::new(), bindings: Vec::new() },
            pods: 0,
            credentials: 0,
            workloads: 0,
            cluster_bindings: Vec::new(),
            shared_bindings: Vec::new(),
            managed_by: None,
            cloud: None,
            left_out: Some(LeftOut::Gone),
        }
    }

    /// Something goes with it, or stays behind it.
    pub fn has_impact(&self) -> bool {
        self.pods > 0
            || self.credentials > 0
            || self.workloads > 0
            || !self.cluster_bindings.is_empty()
            || self.cloud.is_some()
            || !self.shared_bindings.is_empty()
            || !self.target.bindings.is_empty()
    }

    /// Kubernetes makes it again at once.
    pub fn comes_back(&self) -> bool {
        self.target.name == DEFAULT
    }

    /// What has to be looked at comes first.
    pub fn order(&self) -> u8 {
        match self.left_out {
            None if self.has_impact() => 0,
            None if self.comes_back() || self.managed_by.is_some() => 1,
            Some(_) => 2,
            None => 3,
        }
    }
}

/// One line of a form's field: `PROJECT/NAME UID BINDING=UID …`. A binding's name is percent-encoded: it may hold a space.
impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{} {}", self.project, self.name, self.uid)?;
        self.bindings.iter().try_for_each(|binding| write!(f, " {}={}", escape(&binding.name), binding.uid))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an account: expected PROJECT/NAME UID")]
pub struct NotATarget;

impl FromStr for Target {
    type Err = NotATarget;

    fn from_str(text: &str) -> Result<Self, NotATarget> {
        let mut words = text.split_whitespace();
        let (project, name) = words.next().and_then(|word| word.split_once('/')).ok_or(NotATarget)?;
        let uid = words.next().ok_or(NotATarget)?;
        let binding = |word: &str| {
            let (name, uid) = word.rsplit_once('=')?;
            Some(BindingId { name: unescape(name)?, uid: uid.into() })
        };
        let bindings = words.map(binding).collect::<Option<_>>().ok_or(NotATarget)?;
        Ok(Self { project: project.into(), name: name.into(), uid: uid.into(), bindings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Timestamp,
        role::{AccountRole, Binding, RoleRef, RoleState},
    };

    fn row(name: &str) -> Row {
        let account = Account {
            project: "p".into(),
            name: name.into(),
            uid: format!("uid-of-{name}"),
            resource_version: "1".into(),
            alias: None,
            description: None,
            creator: None,
            created: Timestamp::UNIX_EPOCH,
            role: AccountRole { wish: None, bindings: vec![], state: RoleState::None },
            deleting: false,
            federated: false,
            managed_by: None,
            cloud: None,
        };
        Row { account, pods: Some(0) }
    }

    fn plan(row: Row) -> PlanRow {
        PlanRow::new(row, Around::default())
    }

    #[test]
    fn l5_picks_are_found_by_project_and_name_and_the_missing_are_told() {
        let pick = |text| Pick::parse(text, "p");
        let chosen = Chosen::Picked(vec![pick("b"), pick("q/a"), pick("p/gone"), pick("b")]);
        let (rows, gone) = chosen.among(vec![row("a"), row("b")]);
        assert_eq!(rows.into_iter().map(|row| row.account.name).collect::<Vec<_>>(), ["b"]);
        assert_eq!(gone, [pick("q/a"), pick("gone")]);
        assert_eq!(Chosen::Matching.among(vec![row("a")]).0.len(), 1);
    }

    #[test]
    fn l5_what_kubernetes_deletes_is_no_impact_and_what_is_shared_is_not_offered() {
        let binding = |name: &str, goes, shared| Binding {
            name: name.into(),
            uid: format!("uid-of-{name}"),
            role: RoleRef::role("viewer"),
            managed: goes,
            shared,
            goes,
        };
        let mut held = row("a");
        held.account.role.bindings = vec![binding("goes", true, false)];
        assert!(!plan(held.clone()).has_impact());
        held.account.role.bindings.extend([binding("stays", false, false), binding("shared", false, true)]);
        let plan = plan(held);
        assert!(plan.has_impact());
        assert_eq!((plan.target.bindings[0].name.as_str(), plan.target.bindings.len()), ("stays", 1));
        assert_eq!(plan.shared_bindings, ["shared"]);
    }

    #[test]
    fn x4_what_names_an_account_elsewhere_is_an_impact() {
        let plan = |around| PlanRow::new(row("a"), around);
        assert!(!plan(Around::default()).has_impact());
        assert!(plan(Around { workloads: 1, ..Around::default() }).has_impact());
        assert!(plan(Around { cluster_bindings: vec!["b".into()], ..Around::default() }).has_impact());
    }

    #[test]
    fn l5_what_cannot_be_deleted_says_why() {
        let mut deleting = row("a");
        (deleting.account.deleting, deleting.account.federated) = (true, true);
        assert_eq!(plan(deleting).left_out, Some(LeftOut::BeingDeleted));
        let mut federated = row("a");
        federated.account.federated = true;
        assert_eq!(plan(federated).left_out, Some(LeftOut::Federated));
    }

    #[test]
    fn l5_a_target_survives_its_line_and_nothing_else_is_one() {
        let binding = |name: &str| BindingId { name: name.into(), uid: "1-2".into() };
        for bindings in [vec![], vec![binding("a"), binding("system:x=y"), binding(" it's\n<b>?#预")]] {
            let target = Target { project: "p".into(), name: "a.b".into(), uid: "0-1".into(), bindings };
            assert_eq!(target.to_string().parse(), Ok(target));
        }
        for bad in ["", "a", "a u", "p/a", "p/a u x", "p/a u x%2=y", "p/a u %ff=y"] {
            assert_eq!(bad.parse::<Target>(), Err(NotATarget), "{bad}");
        }
    }

    #[test]
    fn l5_only_what_was_refused_may_be_tried_again() {
        let of = |result| {
            let outcome = Outcome::of(result);
            (outcome.is_done(), outcome.may_be_tried_again())
        };
        assert_eq!(of(Ok(false)), (true, false));
        assert_eq!(of(Ok(true)), (true, false));
        assert_eq!(of(Err(AppError::NotFound)), (true, false));
        assert_eq!(of(Err(AppError::Replaced)), (false, false));
        assert_eq!(of(Err(AppError::Unavailable)), (false, true));
    }
}
