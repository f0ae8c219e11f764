//! What gives an account its rights (SPEC X3).

use std::collections::{BTreeSet, HashMap};

use futures::{StreamExt, stream};
use k8s_openapi::api::{
    core::v1::ServiceAccount,
    rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding},
};
use musterbook_core::{
    Answer, AppError,
    answer::Part,
    role::{RoleKind, RoleRef},
    rules::Rule,
    standing::{Extent, Standing},
};

use super::{
    accounts::Around,
    actor_reads::{answer, part},
};
use crate::{
    acting::Acting,
    calls::{Calls, Continue},
    convert,
    permissions::{GET_ACCOUNT, GET_CLUSTER_ROLE, LIST_BINDINGS, LIST_CLUSTER_BINDINGS, LIST_ROLES},
};

/// ClusterRoles that are read for one account.
const MOST_CLUSTER_ROLES: usize = 20;
const AT_ONCE: usize = 8;

pub(super) async fn of(acting: &Acting, project: &str, name: &str) -> Result<Answer<Standing>, AppError> {
    let calls = acting.calls();
    let accounts = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project);
    let bindings = calls.in_project::<RoleBinding>(&LIST_BINDINGS, project);
    let roles = calls.in_project::<Role>(&LIST_ROLES, project);
    let (account, bindings, roles, (everywhere, cluster)) = tokio::join!(
        accounts.get::<ServiceAccount>(name),
        bindings.list::<RoleBinding>(),
        roles.list::<Role>(),
        everywhere(&calls),
    );
    let mut account = account?;
    account.metadata.namespace = Some(project.to_owned());

    let mut missing = Vec::new();
    let bindings = part(&mut missing, Part::Bindings, bindings);
    let roles = part(&mut missing, Part::Roles, roles);
    let mut held = convert::held(&account.metadata, bindings.as_deref().unwrap_or_default(), &everywhere);
    let named: BTreeSet<_> =
        held.iter().filter(|held| held.role.kind == RoleKind::ClusterRole).map(|held| held.role.name.clone()).collect();
    let read = cluster_rules(&calls, named).await;
    for held in &mut held {
        held.rules = match held.role.kind {
            RoleKind::ClusterRole => read.get(&held.role.name).cloned(),
            RoleKind::Role => roles.as_deref().map(|roles| rules_of(roles, &held.role)),
        };
    }
    convert::order(&mut held);
    let names = roles.map(|roles| roles.into_iter().filter_map(|role| role.metadata.name).collect());
    let around = Around { bindings, roles: names, controller: acting.shared.kubesphere.known(), missing };
    let account = around.placed(account, project);
    Ok(answer(Standing { account, held, cluster }, around.missing))
}

/// ClusterRoleBindings, one page of them.
pub(super) async fn everywhere(calls: &Calls) -> (Vec<ClusterRoleBinding>, Extent) {
    let bindings = calls.in_cluster::<ClusterRoleBinding>(&LIST_CLUSTER_BINDINGS);
    match bindings.list_page::<ClusterRoleBinding>(&Continue::default()).await {
        Ok((page, None)) => (page, Extent::All),
        Ok((page, Some(_))) => (page, Extent::Part),
        Err(failure) => (Vec::new(), Extent::Unseen(failure.why())),
    }
}

/// A Role that isn't there allows nothing.
fn rules_of(roles: &[Role], role: &RoleRef) -> Vec<Rule> {
    let found = roles.iter().find(|known| known.metadata.name.as_ref() == Some(&role.name));
    found.and_then(|role| role.rules.as_deref()).map(convert::rules).unwrap_or_default()
}

/// What these ClusterRoles allow in a project; those that can't be read are left out.
pub(super) async fn cluster_rules(
    calls: &Calls,
    names: impl IntoIterator<Item = String>,
) -> HashMap<String, Vec<Rule>> {
    let roles = calls.in_cluster::<ClusterRole>(&GET_CLUSTER_ROLE);
    let read = stream::iter(names.into_iter().take(MOST_CLUSTER_ROLES).collect::<Vec<_>>())
        .map(async |name| (roles.get::<ClusterRole>(&name).await, name))
        .buffer_unordered(AT_ONCE);
    let known = read.filter_map(async |(role, name)| {
        let rules = match role {
            Ok(role) => convert::rules(role.rules.as_deref().unwrap_or_default()),
            Err(failure) if failure.is_not_found() => Vec::new(),
            Err(_) => return None,
        };
        Some((name, rules))
    });
    known.collect().await
}
