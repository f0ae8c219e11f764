//! The roles that the picker offers, and which of them the actor may give (SPEC D5, A3).

use std::collections::HashMap;

use futures::{StreamExt, stream};
use k8s_openapi::api::rbac::v1::{ClusterRole, Role, RoleBinding};
use musterbook_core::{
    Answer,
    account::DEFAULT,
    answer::Part,
    holders::Choices,
    role::{CLUSTER_ROLES, Controller, Grant, RoleOption, RoleRef},
};
use serde_json::Value;

use super::{
    actor_reads::{answer, part},
    standing::cluster_rules,
};
use crate::{
    acting::Acting,
    binding,
    calls::Calls,
    convert::{self, IamRole},
    failure::Failure,
    held::{Age, in_words, lacking},
    permissions::{CREATE_BINDING, LIST_BINDINGS, LIST_CLUSTER_ROLES, LIST_KUBESPHERES_ROLES, LIST_ROLES},
};

/// ClusterRoles that an administrator offers in all projects.
const OFFERED: &str = "musterbook.dev/project-role=true";
/// Dry runs at once: each is an admission and an escalation check of the API server.
const AT_ONCE: usize = 8;

pub(super) async fn options(acting: &Acting, project: &str) -> Answer<Choices> {
    let calls = acting.calls();
    let controller = acting.shared.kubesphere.known();
    let roles = calls.in_project::<Role>(&LIST_ROLES, project);
    let kubespheres = async {
        let roles = calls.in_project::<IamRole>(&LIST_KUBESPHERES_ROLES, project);
        if controller == Some(Controller::V4) { Some(roles.list::<IamRole>().await) } else { None }
    };
    let cluster_roles = calls.in_cluster::<ClusterRole>(&LIST_CLUSTER_ROLES);
    let bindings = calls.in_project::<RoleBinding>(&LIST_BINDINGS, project);
    let (roles, kubespheres, cluster_roles, bindings) = tokio::join!(
        roles.list::<Role>(),
        kubespheres,
        cluster_roles.list_labelled::<ClusterRole>(OFFERED),
        bindings.list::<RoleBinding>(),
    );
    let mut missing = Vec::new();
    let roles = part(&mut missing, Part::Roles, roles);
    let marked = part(&mut missing, Part::ClusterRoles, cluster_roles);
    // Who may list them may mostly read one, too.
    let read =
        if marked.is_some() { cluster_rules(&calls, CLUSTER_ROLES.map(Into::into)).await } else { HashMap::new() };
    let marked = marked.unwrap_or_default();
    let bindings = part(&mut missing, Part::Bindings, bindings);

    let mut options = match kubespheres {
        None => convert::role_options(roles.as_deref().unwrap_or_default()),
        Some(own) => {
            let own = part(&mut missing, Part::Roles, own).unwrap_or_default();
            convert::mirrored_options(&own, roles.as_deref())
        }
    };
    options.extend(CLUSTER_ROLES.map(|name| RoleOption {
        role: RoleRef::cluster_role(name),
        alias: None,
        description: None,
        grant: Grant::Unknown,
        rules: read.get(name).cloned(),
    }));
    let others = marked.iter().map(convert::cluster_role_option);
    options.extend(others.filter(|option| !CLUSTER_ROLES.contains(&option.role.name.as_str())));
    let asked = stream::iter(options).map(async |option| {
        let grant = match controller.filter(|controller| controller.binds(DEFAULT, &option.role)) {
            Some(controller) => {
                let bound = convert::bound_role(roles.as_deref().unwrap_or_default(), controller, &option.role);
                held(acting, &calls, project, &option.role, bound).await
            }
            None => grant(acting, &calls, project, &option.role).await,
        };
        RoleOption { grant, ..option }
    });
    let options = asked.buffered(AT_ONCE).collect().await;
    let mut choices = Choices { options, waits: controller.is_some(), ..Choices::default() };
    if let Some(bindings) = bindings {
        convert::add_holders(&mut choices, project, &bindings, roles.as_deref());
    }
    answer(choices, missing)
}

/// What the API server says to a dry run, at most 30 s ago. That it said neither yes nor no isn't kept.
async fn grant(acting: &Acting, calls: &Calls, project: &str, role: &RoleRef) -> Grant {
    let key = (project.to_owned(), role.clone());
    acting.grants.get(key, ask(calls, project, role)).await.unwrap_or(Grant::Unknown)
}

/// What KubeSphere's controller would bind: it asks nobody, so that the actor must hold each right (SPEC D4).
async fn held(acting: &Acting, calls: &Calls, project: &str, role: &RoleRef, bound: Option<&Role>) -> Grant {
    let Some(bound) = bound else { return Grant::Unknown };
    let key = (project.to_owned(), role.clone());
    let ask = async {
        let rules = bound.rules.as_deref().unwrap_or_default();
        let to_hold = lacking(acting, calls, project, rules, Age::Kept).await?;
        let cannot = |to_hold: Vec<_>| Grant::Cannot { missing: in_words(&to_hold), to_hold };
        Ok::<_, Failure>(if to_hold.is_empty() { Grant::Can } else { cannot(to_hold) })
    };
    acting.grants.get(key, ask).await.unwrap_or_else(|failure| {
        tracing::debug!(%role, ?failure, "reviews of a role");
        Grant::Unknown
    })
}

async fn ask(calls: &Calls, project: &str, role: &RoleRef) -> Result<Grant, ()> {
    // Any account of the project will do: the escalation check looks at the role, the fence at the project.
    let trial = binding::trial(project, DEFAULT, role);
    let bindings = calls.in_project::<RoleBinding>(&CREATE_BINDING, project);
    match bindings.try_create::<Value>(&trial).await {
        Ok(_) => Ok(Grant::Can),
        Err(failure) => refusal(&failure).ok_or_else(|| tracing::debug!(%role, ?failure, "dry run of a binding")),
    }
}

fn refusal(failure: &Failure) -> Option<Grant> {
    match failure.beyond() {
        Some(missing) => Some(Grant::Cannot { missing, to_hold: Vec::new() }),
        None => failure.is_denied().then(|| Grant::Cannot { missing: Vec::new(), to_hold: Vec::new() }),
    }
}
