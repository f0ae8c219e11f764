//! What a delete would do (SPEC X4).

use std::collections::HashMap;

use k8s_openapi::{
    api::{
        apps::v1::{DaemonSet, Deployment, StatefulSet},
        batch::v1::{CronJob, Job},
        core::v1::{Pod, Secret, ServiceAccount},
        rbac::v1::RoleBinding,
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::Resource;
use musterbook_core::{
    Answer, AppError, Missing,
    account::Impact,
    answer::Part,
    cloud,
    standing::{Extent, Through},
};

use super::{
    actor_reads::{answer, part},
    credentials::{HANDLE_TYPE, TOKEN_TYPE, belongs_to, has_ended},
    standing::everywhere,
};
use crate::{
    acting::Acting,
    binding::UID_LABEL,
    calls::Calls,
    convert,
    failure::Failure,
    permissions::{
        Call, GET_ACCOUNT, LIST_BINDINGS, LIST_CRON_JOBS, LIST_DAEMON_SETS, LIST_DEPLOYMENTS, LIST_JOBS, LIST_PODS,
        LIST_SECRETS, LIST_STATEFUL_SETS,
    },
    trimmed::TrimmedWorkload,
};

/// Bindings that would stay and hold the next account of that name, credentials that die, pods that lose the API, and
/// workloads that name the account.
pub(super) async fn of(acting: &Acting, project: &str, name: &str) -> Result<Answer<Impact>, AppError> {
    let calls = acting.calls();
    let accounts = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project);
    let bindings = calls.in_project::<RoleBinding>(&LIST_BINDINGS, project);
    let secrets = calls.in_project::<Secret>(&LIST_SECRETS, project);
    let pods = calls.in_project::<Pod>(&LIST_PODS, project);
    let [tokens, handles] = [TOKEN_TYPE, HANDLE_TYPE].map(|kind| format!("type={kind}"));
    // A pod that has ended asks nothing any more.
    let running = format!("spec.serviceAccountName={name},status.phase!=Succeeded,status.phase!=Failed");
    let mut missing = Vec::new();
    let (account, bindings, (everywhere, cluster), tokens, handles, pods, workloads) = tokio::join!(
        accounts.get::<ServiceAccount>(name),
        bindings.list::<RoleBinding>(),
        everywhere(&calls),
        secrets.list_metadata::<Secret>(Some(&tokens)),
        secrets.list_metadata::<Secret>(Some(&handles)),
        pods.list_metadata::<Pod>(Some(&running)),
        workloads(&calls, project),
    );
    let mut account = account?.metadata;
    account.namespace = Some(project.to_owned());
    let uid = account.uid.clone().unwrap_or_default();

    let mut bindings = part(&mut missing, Part::Bindings, bindings).unwrap_or_default();
    bindings.retain(|binding| !convert::goes_with(binding, &account));
    let secrets = tokens.and_then(|tokens| Ok((tokens, handles?)));
    let (tokens, handles) = part(&mut missing, Part::TokenSecrets, secrets).unwrap_or_default();
    let pods = part(&mut missing, Part::Pods, pods).unwrap_or_default();
    let (mut workloads, unread) = workloads;
    workloads.retain(|workload| workload.account == name);
    missing.extend(unread);
    let is_live_handle = |handle: &ObjectMeta| {
        let of = handle.labels.as_ref().and_then(|labels| labels.get(UID_LABEL));
        of == Some(&uid) && !has_ended(handle, jiff::Timestamp::now())
    };
    let impact = Impact {
        bindings: convert::bindings_of(&account, &bindings),
        cluster_bindings: convert::held(&account, &[], &everywhere)
            .into_iter()
            .filter(|held| !matches!(held.through, Through::Group(_)))
            .map(|held| format!("{} → {}", held.name, held.role))
            .collect(),
        cluster,
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
        workloads: workloads.into_iter().map(|workload| workload.name).collect(),
        cloud: cloud::lines(&account.annotations.unwrap_or_default()),
    };
    Ok(answer(impact, missing))
}

/// How many workloads of the project will make pods as each account, by its name.
pub(super) async fn workloads_by_account(acting: &Acting, project: &str) -> Answer<HashMap<String, usize>> {
    let (workloads, missing) = workloads(&acting.calls(), project).await;
    let mut counted = HashMap::new();
    workloads.into_iter().for_each(|workload| *counted.entry(workload.account).or_default() += 1);
    answer(counted, missing)
}

/// The ClusterRoleBindings that name each account, by its project and name, and how far they were looked through.
pub(super) async fn named_everywhere(acting: &Acting) -> (HashMap<(String, String), Vec<String>>, Extent) {
    let (bindings, cluster) = everywhere(&acting.calls()).await;
    (convert::named_everywhere(&bindings), cluster)
}

/// What will make pods, at no replicas, too.
struct Workload {
    account: String,
    /// `Deployment/shop`
    name: String,
}

async fn workloads(calls: &Calls, project: &str) -> (Vec<Workload>, Vec<Missing>) {
    let (deployments, stateful, daemons, jobs, cron) = tokio::join!(
        of_kind::<Deployment>(calls, &LIST_DEPLOYMENTS, project),
        of_kind::<StatefulSet>(calls, &LIST_STATEFUL_SETS, project),
        of_kind::<DaemonSet>(calls, &LIST_DAEMON_SETS, project),
        of_kind::<Job>(calls, &LIST_JOBS, project),
        of_kind::<CronJob>(calls, &LIST_CRON_JOBS, project),
    );
    let mut missing = Vec::new();
    let read = [deployments, stateful, daemons, jobs, cron].into_iter();
    let all = read.filter_map(|read| part(&mut missing, Part::Workloads, read)).flatten().collect();
    (all, missing)
}

async fn of_kind<K>(calls: &Calls, call: &'static Call, project: &str) -> Result<Vec<Workload>, Failure>
where
    K: Resource<DynamicType = ()>,
{
    let all = calls.in_project::<K>(call, project).list::<TrimmedWorkload>().await?;
    let named = all.iter().filter_map(|workload| {
        let account = workload.makes_pods_as()?.to_owned();
        Some(Workload { account, name: format!("{}/{}", K::kind(&()), workload.name()) })
    });
    Ok(named.collect())
}
