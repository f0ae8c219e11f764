//! Accounts with their roles and pods, as calls of the actor (SPEC L1, D3).

use std::collections::{HashMap, HashSet};

use futures::{StreamExt, stream};
use k8s_openapi::{
    api::{
        core::v1::{Pod, ServiceAccount},
        rbac::v1::{Role, RoleBinding},
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::core::PartialObjectMeta;
use musterbook_core::{
    Answer, AppError, Missing,
    account::Account,
    answer::{Part, Why},
    list::{Row, Scope},
    project::Project,
    role::{AccountRole, Controller, RoleKind, RoleRef, RoleState, role_state},
};

use super::{
    actor_reads::{answer, part},
    projects,
};
use crate::{
    acting::{Acting, Question},
    calls::Calls,
    convert, names,
    permissions::{GET_ACCOUNT, LIST_ACCOUNTS, LIST_BINDINGS, LIST_PODS, LIST_ROLES},
    trimmed::TrimmedPod,
};

/// Projects that a list of several asks for when there is no cache; whoever has more is told.
const MOST_PROJECTS: usize = 60;
const AT_ONCE: usize = 8;

/// Rows of `scope`, and its projects: of several, those that the actor may look into.
pub(super) async fn all(acting: &Acting, scope: &Scope) -> Result<(Vec<Project>, Answer<Vec<Row>>), AppError> {
    let workspace = match scope {
        Scope::Project { workspace, project } => {
            let name = names::project(project)?;
            let (found, rows) = tokio::join!(projects::one(acting, name), in_project(acting, name));
            let found = projects::in_workspace(found?, workspace)?;
            let mut rows = rows?;
            rows.missing.splice(0..0, found.missing);
            return Ok((vec![found.value], rows));
        }
        Scope::Workspace { workspace } => Some(workspace),
        Scope::Cluster => None,
    };
    let projects = projects::all(acting, "").await?;
    let mut missing = projects.missing;
    let mut wanted = projects.value;
    wanted.retain(|project| workspace.is_none_or(|workspace| project.workspace == *workspace));
    if wanted.len() > MOST_PROJECTS {
        wanted.truncate(MOST_PROJECTS);
        missing.push(Missing { what: Part::Namespace, why: Why::NoCache });
    }
    let answers: Vec<_> = stream::iter(wanted)
        .map(async |project| (in_project(acting, &project.name).await, project))
        .buffered(AT_ONCE)
        .collect()
        .await;
    let (mut projects, mut rows) = (Vec::new(), Vec::new());
    for (found, project) in answers {
        let found = match found {
            // Whoever may list namespaces may not look into all of them.
            Err(AppError::Denied(_)) => continue,
            found => found?,
        };
        projects.push(project);
        rows.extend(found.value);
        missing.extend(found.missing.into_iter().filter(|one| !missing.contains(one)).collect::<Vec<_>>());
    }
    if projects.is_empty() {
        return Err(AppError::NotFound);
    }
    Ok((projects, answer(rows, missing)))
}

async fn in_project(acting: &Acting, project: &str) -> Result<Answer<Vec<Row>>, AppError> {
    let calls = acting.calls();
    let accounts = calls.in_project::<ServiceAccount>(&LIST_ACCOUNTS, project);
    let pods = calls.in_project::<Pod>(&LIST_PODS, project);
    let (accounts, around, pods) = tokio::join!(
        accounts.list::<ServiceAccount>(),
        Around::read(acting, &calls, project),
        pods.list::<TrimmedPod>()
    );
    let mut missing = around.missing.clone();
    let pods = part(&mut missing, Part::Pods, pods).map(|pods| counted(&pods));
    let row = |account: ServiceAccount| {
        let account = around.placed(account, project);
        Row { pods: pods.as_ref().map(|pods| pods.get(&account.name).copied().unwrap_or(0)), account }
    };
    Ok(answer(accounts?.into_iter().map(row).collect(), missing))
}

fn counted(pods: &[TrimmedPod]) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for account in pods.iter().filter_map(TrimmedPod::runs_as) {
        *counts.entry(account.to_owned()).or_default() += 1;
    }
    counts
}

/// Whether the actor may list accounts in `scope`.
pub(super) async fn may_list(acting: &Acting, scope: &Scope) -> Result<(), AppError> {
    let calls = acting.calls();
    let question = match scope {
        Scope::Project { project, .. } => Question::of(&LIST_ACCOUNTS, names::project(project)?),
        // What may be seen of several projects is asked for each of them.
        Scope::Workspace { .. } | Scope::Cluster => return Ok(()),
    };
    if acting.may(&calls, question).await? {
        Ok(())
    } else {
        Err(AppError::Denied(LIST_ACCOUNTS.denial(scope.project())))
    }
}

pub(super) async fn one(acting: &Acting, project: &str, name: &str) -> Result<Answer<Account>, AppError> {
    let calls = acting.calls();
    let account = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project);
    let (account, around) = tokio::join!(account.get::<ServiceAccount>(name), Around::read(acting, &calls, project));
    let value = around.placed(account?, project);
    Ok(answer(value, around.missing))
}

/// The project's bindings and roles, as far as the actor may read them.
pub(super) struct Around {
    pub bindings: Option<Vec<RoleBinding>>,
    pub roles: Option<HashSet<String>>,
    pub controller: Option<Controller>,
    pub missing: Vec<Missing>,
}

impl Around {
    async fn read(acting: &Acting, calls: &Calls, project: &str) -> Self {
        let bindings = calls.in_project::<RoleBinding>(&LIST_BINDINGS, project);
        let roles = calls.in_project::<Role>(&LIST_ROLES, project);
        let (bindings, roles) = tokio::join!(bindings.list::<RoleBinding>(), roles.list_metadata::<Role>(None));
        let mut missing = Vec::new();
        let bindings = part(&mut missing, Part::Bindings, bindings);
        let roles = part(&mut missing, Part::Roles, roles).map(names);
        Self { bindings, roles, controller: acting.shared.kubesphere.known(), missing }
    }

    pub fn placed(&self, mut account: ServiceAccount, project: &str) -> Account {
        // A list's items say their namespace; be sure of it, as subjects are compared with it.
        account.metadata.namespace = Some(project.to_owned());
        let role = self.role(&account.metadata);
        convert::account(account.metadata, role)
    }

    fn role(&self, account: &ObjectMeta) -> AccountRole {
        let wish = convert::wish(account);
        let Some(all) = &self.bindings else {
            return AccountRole { wish, bindings: Vec::new(), state: RoleState::Unknown };
        };
        let bindings = convert::bindings_of(account, all);
        let name = account.name.as_deref().unwrap_or_default();
        let state = role_state(name, wish.as_ref(), &bindings, self.controller, |role| self.exists(role));
        AccountRole { wish, bindings, state }
    }

    /// ClusterRoles can be read by few, and are looked up by nobody here.
    fn exists(&self, role: &RoleRef) -> Option<bool> {
        self.roles.as_ref().filter(|_| role.kind == RoleKind::Role).map(|roles| roles.contains(&role.name))
    }
}

fn names(roles: Vec<PartialObjectMeta<Role>>) -> HashSet<String> {
    roles.into_iter().filter_map(|role| role.metadata.name).collect()
}
