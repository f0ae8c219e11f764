//! What people do to an account, and what it is like afterwards: for the tests of faults and of several at once.

use std::collections::BTreeSet;

use k8s_openapi::api::{core::v1::ServiceAccount, rbac::v1::RoleBinding};
use kube::api::{DeleteParams, ListParams};
use musterbook_cluster::{ActorClient, Record};
use musterbook_core::{
    AppError,
    error::HalfDone,
    form::{CreateInput, EditInput},
    role::RoleRef,
    undo::Replay,
};

use crate::plane::{Plane, eventually};

const ALIAS: &str = "kubesphere.io/alias-name";
const ROLE: &str = "iam.kubesphere.io/role";
const CLUSTER_ROLE: &str = "musterbook.dev/cluster-role";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Create(Option<&'static str>),
    Edit,
    Change(Option<&'static str>),
    Save,
    Delete,
    /// Taking that back, which the same person has just done.
    Undo(Undone),
    /// Two acts: what the others then find is a namesake.
    Renew,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    Delete,
    /// From `viewer` to `operator`.
    Change,
}

pub const VIEWER: Option<&str> = Some("Role/viewer");
pub const OPERATOR: Option<&str> = Some("Role/operator");
pub const VIEW: Option<&str> = Some("ClusterRole/view");

/// What these tests tell of an account that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub alias: String,
    pub automount: Option<bool>,
    pub wish: Option<String>,
    /// Roles that Musterbook has bound.
    pub bound: BTreeSet<String>,
}

/// An account in a project.
#[derive(Clone, Copy)]
pub struct Stage<'a> {
    pub plane: &'a Plane,
    pub name: &'a str,
    /// What there is to be taken back.
    pub record: Option<&'a Record>,
}

impl Act {
    /// What it makes of an account; `None` where it can't be done.
    pub fn on(self, state: &Option<State>) -> Option<Option<State>> {
        let made = |role: Option<&str>| State {
            alias: "Made".into(),
            automount: None,
            wish: role.map(Into::into),
            bound: role.map(Into::into).into_iter().collect(),
        };
        match (self, state.clone()) {
            (Self::Create(role), None) => Some(Some(made(role))),
            (Self::Renew, Some(_)) => Some(Some(made(OPERATOR))),
            (Self::Delete, Some(_)) => Some(None),
            (Self::Edit, Some(state)) => Some(Some(State { alias: "Edited".into(), ..state })),
            (Self::Save, Some(state)) => Some(Some(State { automount: Some(false), ..state })),
            (Self::Change(role), Some(state)) => {
                let State { wish, bound, .. } = made(role);
                Some(Some(State { wish, bound, ..state }))
            }
            (Self::Undo(Undone::Delete), None) => Some(Some(made(VIEWER))),
            (Self::Undo(Undone::Change), Some(_)) => Self::Change(VIEWER).on(state),
            (Self::Create(_) | Self::Undo(Undone::Delete), Some(_)) | (_, None) => None,
        }
    }

    /// Does what it is done to: makes the account with `role`, and what is to be taken back.
    pub async fn prepare(self, stage: Stage<'_>, role: Option<&'static str>, writes: &ActorClient) -> Option<Record> {
        if matches!(self, Self::Create(_)) {
            return None;
        }
        Self::Create(role).run(stage, writes).await.unwrap();
        let (project, uid) = (stage.plane.project.as_str(), stage.account().await?.metadata.uid?);
        match self {
            Self::Undo(Undone::Delete) => writes.delete_account(project, stage.name, &uid).await.unwrap().record,
            Self::Undo(Undone::Change) => {
                let operator: Option<RoleRef> = OPERATOR.map(|role| role.parse().unwrap());
                writes.change_role(project, stage.name, &uid, operator.as_ref()).await.unwrap()
            }
            _ => None,
        }
    }

    pub async fn run(self, stage: Stage<'_>, writes: &ActorClient) -> Result<(), AppError> {
        let seen = match self {
            Self::Create(_) | Self::Undo(_) => ServiceAccount::default(),
            _ => stage.account().await.ok_or(AppError::NotFound)?,
        };
        self.run_on(stage, writes, seen).await
    }

    /// As somebody does it who has seen the account as it was.
    async fn run_on(self, stage: Stage<'_>, writes: &ActorClient, seen: ServiceAccount) -> Result<(), AppError> {
        let Stage { plane, name, record } = stage;
        let project = plane.project.as_str();
        let (uid, version) =
            (seen.metadata.uid.clone().unwrap_or_default(), seen.metadata.resource_version.clone().unwrap_or_default());
        let wish = |role: Option<&str>| CreateInput {
            name: name.into(),
            alias: "Made".into(),
            role: role.unwrap_or_default().into(),
            ..Default::default()
        };
        match self {
            Self::Create(role) => writes.create_account(project, &wish(role)).await,
            Self::Edit => {
                let seen_alias = seen.metadata.annotations.unwrap_or_default().remove(ALIAS).unwrap_or_default();
                let input = EditInput { alias: "Edited".into(), seen_alias, uid, ..Default::default() };
                writes.edit_information(project, name, &input).await
            }
            Self::Change(role) => {
                let role: Option<RoleRef> = role.map(|role| role.parse().unwrap());
                writes.change_role(project, name, &uid, role.as_ref()).await.map(drop)
            }
            Self::Save => {
                let mut object = serde_json::to_value(&seen).unwrap();
                object["apiVersion"] = "v1".into();
                object["kind"] = "ServiceAccount".into();
                object["automountServiceAccountToken"] = false.into();
                object["metadata"].as_object_mut().unwrap().remove("managedFields");
                // JSON is YAML.
                writes.save_yaml(project, name, &object.to_string(), &uid, &version).await.map(drop)
            }
            Self::Delete => writes.delete_account(project, name, &uid).await.map(drop),
            Self::Undo(_) => {
                let records = vec![record.unwrap().clone()];
                let Replay { stops, bindings, .. } = writes.undo_in_turn(records).await.remove(0).unwrap();
                let lacking = bindings.into_iter().find(|(_, why)| why.is_some());
                match (stops, lacking) {
                    (Some(error), _) => Err(error),
                    (None, Some((_, Some(unknown @ AppError::HalfDone(HalfDone::Unknown))))) => Err(unknown),
                    (None, Some((role, _))) => Err(AppError::HalfDone(HalfDone::CreatedWithoutRole {
                        account: name.into(),
                        role: role.to_string(),
                    })),
                    (None, None) => Ok(()),
                }
            }
            Self::Renew => {
                writes.delete_account(project, name, &uid).await?;
                writes.create_account(project, &wish(OPERATOR)).await
            }
        }
    }

    /// What its person does who is told that it is not, or not wholly, done: looks again, and does what is left to do.
    pub async fn again(self, stage: Stage<'_>, writes: &ActorClient) -> Result<(), AppError> {
        match (self, stage.state().await) {
            (Self::Create(role), Some(_)) => Self::Change(role).run(stage, writes).await,
            (Self::Undo(_), Some(_)) => Self::Change(VIEWER).run(stage, writes).await,
            (Self::Delete, None) => Ok(()),
            _ => self.run(stage, writes).await,
        }
    }
}

impl Stage<'_> {
    async fn account(self) -> Option<ServiceAccount> {
        self.plane.api::<ServiceAccount>().get_opt(self.name).await.unwrap()
    }

    /// The role bindings that hold the account, whoever made them.
    async fn bindings(self) -> Vec<RoleBinding> {
        let all = self.plane.api::<RoleBinding>().list(&ListParams::default()).await.unwrap().items;
        let holds = |binding: &RoleBinding| binding.subjects.iter().flatten().any(|subject| subject.name == self.name);
        all.into_iter().filter(holds).collect()
    }

    /// Of the account that is there now; a former one's bindings don't count, as Kubernetes is about to delete them.
    pub async fn state(self) -> Option<State> {
        let account = self.account().await?;
        let owned = |binding: &RoleBinding| {
            let mut owners = binding.metadata.owner_references.iter().flatten();
            owners.any(|owner| Some(&owner.uid) == account.metadata.uid.as_ref())
        };
        let bound = self.bindings().await.into_iter().filter(owned);
        let notes = account.metadata.annotations.clone().unwrap_or_default();
        let wish = |key: &str, kind: &str| notes.get(key).map(|role| format!("{kind}/{role}"));
        Some(State {
            alias: notes.get(ALIAS).cloned().unwrap_or_default(),
            automount: account.automount_service_account_token,
            wish: wish(ROLE, "Role").or_else(|| wish(CLUSTER_ROLE, "ClusterRole")),
            bound: bound.map(|binding| format!("{}/{}", binding.role_ref.kind, binding.role_ref.name)).collect(),
        })
    }

    /// Whether what is said to be left of an act that stopped half-way is what is there.
    pub async fn is_as_told(self, told: &HalfDone, now: &Option<State>, new: &Option<State>) -> bool {
        match (told, now) {
            (HalfDone::Unknown, _) => true,
            (HalfDone::CreatedWithoutRole { role, .. }, Some(now)) => {
                now.bound.is_empty() && now.wish.as_ref() == Some(role)
            }
            (HalfDone::OldRoleStillBound { old_binding }, Some(_)) => {
                self.bindings().await.iter().any(|binding| binding.metadata.name.as_ref() == Some(old_binding))
            }
            (HalfDone::AnnotationNotWritten, Some(now)) => {
                new.as_ref().is_some_and(|new| new.bound == now.bound && new.wish != now.wish)
            }
            _ => false,
        }
    }

    /// Takes the account away. Nothing that was bound for it outlives it.
    pub async fn clear(self) {
        if let Err(error) = self.plane.api::<ServiceAccount>().delete(self.name, &DeleteParams::background()).await {
            assert!(matches!(&error, kube::Error::Api(status) if status.is_not_found()), "{error}");
        }
        eventually("its bindings go with it", async || self.bindings().await.is_empty()).await;
    }
}

impl State {
    /// Its binding is that of its wish, and it has no other.
    pub fn is_whole(&self) -> bool {
        self.bound == self.wish.clone().into_iter().collect()
    }
}
