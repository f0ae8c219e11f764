//! Labels, annotations, and what pods get from an account (SPEC D6).

use k8s_openapi::{
    api::core::v1::{Secret, ServiceAccount},
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use musterbook_core::{
    Answer, AppError,
    role::{AccountRole, RoleState},
    settings::{AccountSettings, Settings},
};
use serde::Deserialize;
use serde_json::Value;

use super::actor_reads::answer;
use crate::{
    acting::Acting,
    convert,
    failure::broken,
    permissions::{GET_ACCOUNT, LIST_SECRETS},
};

/// The types that the kubelet pulls images with; it passes over all others.
const PULL_TYPES: [&str; 2] = ["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"];

pub(super) async fn of(acting: &Acting, project: &str, name: &str) -> Result<Answer<AccountSettings>, AppError> {
    let calls = acting.calls();
    let accounts = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project);
    let secrets = calls.in_project::<Secret>(&LIST_SECRETS, project);
    let [json, older] = PULL_TYPES.map(|kind| format!("type={kind}"));
    let (account, json, older) = tokio::join!(
        accounts.get::<Value>(name),
        secrets.list_metadata::<Secret>(Some(&json)),
        secrets.list_metadata::<Secret>(Some(&older)),
    );
    let object = account?;
    let (settings, kept) = Settings::deserialize(&object).map_err(|error| broken(&error))?.parted();
    let metadata = ObjectMeta::deserialize(&object["metadata"]).map_err(|error| broken(&error))?;
    let unread = AccountRole { wish: None, bindings: Vec::new(), state: RoleState::Unknown };
    let pull_secrets = match (json, older) {
        (Ok(json), Ok(older)) => {
            let mut names: Vec<_> = json.into_iter().chain(older).filter_map(|secret| secret.metadata.name).collect();
            names.sort();
            Ok(names)
        }
        (Err(failure), _) | (_, Err(failure)) => Err(failure.why()),
    };
    let account = convert::account(metadata, unread);
    Ok(answer(AccountSettings { account, settings, kept, pull_secrets }, Vec::new()))
}
