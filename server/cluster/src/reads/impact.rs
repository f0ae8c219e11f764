//! What a delete would do (SPEC X4).

use k8s_openapi::api::{
    core::v1::{Pod, Secret, ServiceAccount},
    rbac::v1::RoleBinding,
};
use musterbook_core::{Answer, AppError, account::Impact, answer::Part, cloud};

use super::{
    actor_reads::{answer, part},
    credentials::{TOKEN_TYPE, belongs_to},
};
use crate::{
    acting::Acting,
    convert,
    permissions::{GET_ACCOUNT, LIST_BINDINGS, LIST_PODS, LIST_SECRETS},
};

/// Bindings that would stay and hold the next account of that name, token Secrets that die, pods that lose the API.
pub(super) async fn of(acting: &Acting, project: &str, name: &str) -> Result<Answer<Impact>, AppError> {
    let calls = acting.calls();
    let accounts = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project);
    let bindings = calls.in_project::<RoleBinding>(&LIST_BINDINGS, project);
    let secrets = calls.in_project::<Secret>(&LIST_SECRETS, project);
    let pods = calls.in_project::<Pod>(&LIST_PODS, project);
    let tokens = format!("type={TOKEN_TYPE}");
    // A pod that has ended asks nothing any more.
    let running = format!("spec.serviceAccountName={name},status.phase!=Succeeded,status.phase!=Failed");
    let (account, bindings, secrets, pods) = tokio::join!(
        accounts.get::<ServiceAccount>(name),
        bindings.list::<RoleBinding>(),
        secrets.list_metadata::<Secret>(Some(&tokens)),
        pods.list_metadata::<Pod>(Some(&running)),
    );
    let mut account = account?.metadata;
    account.namespace = Some(project.to_owned());
    let uid = account.uid.clone().unwrap_or_default();

    let mut missing = Vec::new();
    let mut bindings = part(&mut missing, Part::Bindings, bindings).unwrap_or_default();
    bindings.retain(|binding| !convert::goes_with(binding, &account));
    let secrets = part(&mut missing, Part::TokenSecrets, secrets).unwrap_or_default();
    let pods = part(&mut missing, Part::Pods, pods).unwrap_or_default();
    let impact = Impact {
        bindings: convert::bindings_of(&account, &bindings),
        token_secrets: secrets
            .into_iter()
            .filter(|secret| belongs_to(&secret.metadata, name, &uid))
            .filter_map(|secret| secret.metadata.name)
            .collect(),
        pods: pods.into_iter().filter_map(|pod| pod.metadata.name).collect(),
        cloud: cloud::lines(&account.annotations.unwrap_or_default()),
    };
    Ok(answer(impact, missing))
}
