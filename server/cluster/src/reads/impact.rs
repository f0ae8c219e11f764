//! What a delete would do (SPEC X4).

use k8s_openapi::{
    api::{
        apps::v1::{DaemonSet, Deployment, StatefulSet},
        batch::v1::{CronJob, Job},
        core::v1::{Pod, Secret, ServiceAccount},
        rbac::v1::{ClusterRoleBinding, RoleBinding},
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::Resource;
use musterbook_core::{Answer, AppError, Missing, account::Impact, answer::Part, cloud, standing::Through};

use super::{
    actor_reads::{answer, part},
    credentials::{HANDLE_TYPE, TOKEN_TYPE, belongs_to, has_ended},
};
use crate::{
    acting::Acting,
    binding::UID_LABEL,
    calls::{Calls, Continue},
    convert,
    failure::Failure,
    permissions::{
        Call, GET_ACCOUNT, LIST_BINDINGS, LIST_CLUSTER_BINDINGS, LIST_CRON_JOBS, LIST_DAEMON_SETS, LIST_DEPLOYMENTS,
        LIST_JOBS, LIST_PODS, LIST_SECRETS, LIST_STATEFUL_SETS,
    },
    trimmed::TrimmedWorkload,
};

/// Bindings that would stay and hold the next account of that name, credentials that die, pods that lose the API, and
/// workloads that name the account.
pub(super) async fn of(acting: &Acting, project: &str, name: &str) -> Result<Answer<Impact>, AppError> {
    let calls = acting.calls();
    let accounts = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project);
    let bindings = calls.in_project::<RoleBinding>(&LIST_BINDINGS, project);
    let everywhere = calls.in_cluster::<ClusterRoleBinding>(&LIST_CLUSTER_BINDINGS);
    let secrets = calls.in_project::<Secret>(&LIST_SECRETS, project);
    let pods = calls.in_project::<Pod>(&LIST_PODS, project);
    let [tokens, handles] = [TOKEN_TYPE, HANDLE_TYPE].map(|kind| format!("type={kind}"));
    // A pod that has ended asks nothing any more.
    let running = format!("spec.serviceAccountName={name},status.phase!=Succeeded,status.phase!=Failed");
    let from = Continue::default();
    let mut missing = Vec::new();
    let (account, bindings, everywhere, tokens, handles, pods, workloads) = tokio::join!(
        accounts.get::<ServiceAccount>(name),
        bindings.list::<RoleBinding>(),
        everywhere.list_page::<ClusterRoleBinding>(&from),
        secrets.list_metadata::<Secret>(Some(&tokens)),
        secrets.list_metadata::<Secret>(Some(&handles)),
        pods.list_metadata::<Pod>(Some(&running)),
        workloads(&calls, project, name),
    );
    let mut account = account?.metadata;
    account.namespace = Some(project.to_owned());
    let uid = account.uid.clone().unwrap_or_default();

    let mut bindings = part(&mut missing, Part::Bindings, bindings).unwrap_or_default();
    bindings.retain(|binding| !convert::goes_with(binding, &account));
    let secrets = tokens.and_then(|tokens| Ok((tokens, handles?)));
    let (tokens, handles) = part(&mut missing, Part::TokenSecrets, secrets).unwrap_or_default();
    let pods = part(&mut missing, Part::Pods, pods).unwrap_or_default();
    let (workloads, unread) = workloads;
    missing.extend(unread);
    let is_live_handle = |handle: &ObjectMeta| {
        let of = handle.labels.as_ref().and_then(|labels| labels.get(UID_LABEL));
        of == Some(&uid) && !has_ended(handle, jiff::Timestamp::now())
    };
    let impact = Impact {
        bindings: convert::bindings_of(&account, &bindings),
        cluster_bindings: everywhere.ok().map(|(page, _)| {
            let held = convert::held(&account, &[], &page).into_iter();
            let named = held.filter(|held| !matches!(held.through, Through::Group(_)));
            named.map(|held| format!("{} → {}", held.name, held.role)).collect()
        }),
        token_secrets: tokens
            .into_iter()
            .filter(|secret| belongs_to(&secret.metadata, name, &uid))
            .filter_map(|secret| secret.metadata.name)
            .collect(),
        issued: handles
            .into_iter()
            .filter(|handle| is_live_handle(&handle.metadata))
            .filter_map(|handle| handle.metadata.name)
            .collect(),
        pods: pods.into_iter().filter_map(|pod| pod.metadata.name).collect(),
        workloads,
        cloud: cloud::lines(&account.annotations.unwrap_or_default()),
    };
    Ok(answer(impact, missing))
}

/// Those that will make pods with the account, at zero replicas, too: `Deployment/shop`.
async fn workloads(calls: &Calls, project: &str, name: &str) -> (Vec<String>, Vec<Missing>) {
    let (deployments, stateful, daemons, jobs, cron) = tokio::join!(
        of_kind::<Deployment>(calls, &LIST_DEPLOYMENTS, project, name),
        of_kind::<StatefulSet>(calls, &LIST_STATEFUL_SETS, project, name),
        of_kind::<DaemonSet>(calls, &LIST_DAEMON_SETS, project, name),
        of_kind::<Job>(calls, &LIST_JOBS, project, name),
        of_kind::<CronJob>(calls, &LIST_CRON_JOBS, project, name),
    );
    let mut missing = Vec::new();
    let read = [deployments, stateful, daemons, jobs, cron].into_iter();
    let named = read.filter_map(|read| part(&mut missing, Part::Workloads, read)).flatten().collect();
    (named, missing)
}

async fn of_kind<K>(calls: &Calls, call: &'static Call, project: &str, name: &str) -> Result<Vec<String>, Failure>
where
    K: Resource<DynamicType = ()>,
{
    let all = calls.in_project::<K>(call, project).list::<TrimmedWorkload>().await?;
    let named = all.into_iter().filter(|workload| workload.makes_pods_as(name));
    Ok(named.map(|workload| format!("{}/{}", K::kind(&()), workload.name())).collect())
}
