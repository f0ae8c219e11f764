//! The watches that fill the store: one task for each kind of object.

use std::{pin::pin, sync::Arc};

use futures::StreamExt;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{
    Resource,
    runtime::watcher::{Error, Event},
};

use super::{Pulse, Shared, Store};
use crate::{calls::chain, own::Events};

/// What the store does with one kind of object.
pub(super) struct Kind<K> {
    /// As the log names it.
    pub name: &'static str,
    pub put: fn(&mut Store, K, Round),
    pub remove: fn(&mut Store, &str, &str),
    /// Removes what an earlier round brought and this one didn't.
    pub sweep: fn(&mut Store, Round),
}

/// Number of a list: objects that a list didn't bring again are gone.
pub(crate) type Round = u32;

/// Keeps the store up to date for as long as the task runs.
pub(super) async fn keep<K>(shared: Arc<Shared>, pulse: Arc<Pulse>, events: impl Events<K>, kind: Kind<K>)
where
    K: Resource<DynamicType = ()>,
{
    let mut events = pin!(events);
    let mut round = 0;
    while let Some(event) = events.next().await {
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                pulse.failed(is_denied(&error));
                tracing::warn!(error = chain(&error), "watch of {}", kind.name);
                continue;
            }
        };
        match event {
            Event::Init => round += 1,
            Event::InitApply(object) | Event::Apply(object) => {
                let version = version_of(object.meta());
                shared.change(|store| (kind.put)(store, object, round));
                // After the change: who waits for this version finds it.
                pulse.saw(version);
            }
            Event::Delete(object) => {
                let metadata = object.meta();
                let namespace = metadata.namespace.as_deref().unwrap_or_default();
                let name = metadata.name.as_deref().unwrap_or_default();
                let version = version_of(metadata);
                shared.change(|store| (kind.remove)(store, namespace, name));
                // Of its deletion: who deleted it was told the same one.
                pulse.saw(version);
            }
            Event::InitDone => {
                shared.change(|store| (kind.sweep)(store, round));
                pulse.listed();
                shared.settle();
            }
        }
    }
}

fn version_of(metadata: &ObjectMeta) -> u64 {
    metadata.resource_version.as_deref().and_then(|version| version.parse().ok()).unwrap_or(0)
}

fn is_denied(error: &Error) -> bool {
    match error {
        Error::InitialListFailed(kube::Error::Api(status)) | Error::WatchStartFailed(kube::Error::Api(status)) => {
            status.is_forbidden()
        }
        Error::WatchError(status) => status.is_forbidden(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::RwLock;

    use futures::stream;
    use k8s_openapi::api::core::v1::ServiceAccount;
    use kube::core::PartialObjectMeta;
    use serde_json::json;

    use super::{super::Pulses, *};

    #[tokio::test]
    async fn l4_a_deletion_is_seen_as_any_other_change() {
        let shared = Arc::new(Shared { store: RwLock::default(), pulses: Pulses::new() });
        let pulse = Arc::clone(&shared.pulses.accounts);
        let account = |version: &str| -> PartialObjectMeta<ServiceAccount> {
            let metadata = json!({ "namespace": "demo", "name": "ci", "resourceVersion": version });
            serde_json::from_value(json!({ "metadata": metadata })).unwrap()
        };
        let kind = Kind {
            name: "serviceaccounts",
            put: Store::put_account,
            remove: Store::remove_account,
            sweep: Store::sweep_accounts,
        };
        let told = [Event::Init, Event::InitApply(account("3")), Event::InitDone, Event::Delete(account("5"))];
        keep(Arc::clone(&shared), Arc::clone(&pulse), stream::iter(told.map(Ok)), kind).await;
        assert!(shared.read().project("demo").is_none_or(|project| project.accounts().is_empty()));
        assert!(pulse.has_seen(5), "whoever deleted it waits for this version");
    }
}
