//! Accounts with their roles (SPEC L1, D3).

use std::collections::HashSet;

use k8s_openapi::{
    api::{
        core::v1::ServiceAccount,
        rbac::v1::{Role, RoleBinding},
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::core::PartialObjectMeta;
use musterbook_core::{
    Answer, AppError, Missing,
    account::Account,
    answer::Part,
    role::{AccountRole, RoleKind, RoleRef, RoleState, role_state},
};

use super::actor_reads::{answer, part};
use crate::{
    acting::Acting,
    calls::Calls,
    convert,
    permissions::{GET_ACCOUNT, LIST_ACCOUNTS, LIST_BINDINGS, LIST_ROLES},
};

pub(super) async fn all(acting: &Acting, project: &str) -> Result<Answer<Vec<Account>>, AppError> {
    let calls = acting.calls();
    let accounts = calls.in_project::<ServiceAccount>(&LIST_ACCOUNTS, project);
    let (accounts, around) = tokio::join!(accounts.list::<ServiceAccount>(), Around::read(&calls, project));
    let value = accounts?.into_iter().map(|account| around.placed(account, project)).collect();
    Ok(answer(value, around.missing))
}

pub(super) async fn one(acting: &Acting, project: &str, name: &str) -> Result<Answer<Account>, AppError> {
    let calls = acting.calls();
    let account = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project);
    let (account, around) = tokio::join!(account.get::<ServiceAccount>(name), Around::read(&calls, project));
    let value = around.placed(account?, project);
    Ok(answer(value, around.missing))
}

/// The project's bindings and roles, as far as the actor may read them.
struct Around {
    bindings: Option<Vec<RoleBinding>>,
    roles: Option<HashSet<String>>,
    missing: Vec<Missing>,
}

impl Around {
    async fn read(calls: &Calls, project: &str) -> Self {
        let bindings = calls.in_project::<RoleBinding>(&LIST_BINDINGS, project);
        let roles = calls.in_project::<Role>(&LIST_ROLES, project);
        let (bindings, roles) = tokio::join!(bindings.list::<RoleBinding>(), roles.list_metadata::<Role>(None));
        let mut missing = Vec::new();
        let bindings = part(&mut missing, Part::Bindings, bindings);
        let roles = part(&mut missing, Part::Roles, roles).map(names);
        Self { bindings, roles, missing }
    }

    fn placed(&self, mut account: ServiceAccount, project: &str) -> Account {
        // A list's items say their namespace; be sure of it, as subjects are compared with it.
        account.metadata.namespace = Some(project.to_owned());
        let role = self.role(&account.metadata);
        convert::account(account, role)
    }

    fn role(&self, account: &ObjectMeta) -> AccountRole {
        let wish = convert::wish(account);
        let Some(all) = &self.bindings else {
            return AccountRole { wish, bindings: Vec::new(), state: RoleState::Unknown };
        };
        let bindings = convert::bindings_of(account, all);
        let state = role_state(wish.as_ref(), &bindings, |role| self.exists(role));
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
