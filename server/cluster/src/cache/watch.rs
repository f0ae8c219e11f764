//! The watches that fill the store: one task for each kind of object.

use std::{pin::pin, sync::Arc};

use futures::StreamExt;
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
                let version = object.meta().resource_version.as_deref().and_then(|version| version.parse().ok());
                shared.change(|store| (kind.put)(store, object, round));
                // After the change: who waits for this version finds it.
                pulse.saw(version.unwrap_or(0));
            }
            Event::Delete(object) => {
                let metadata = object.meta();
                let namespace = metadata.namespace.as_deref().unwrap_or_default();
                let name = metadata.name.as_deref().unwrap_or_default();
                shared.change(|store| (kind.remove)(store, namespace, name));
            }
            Event::InitDone => {
                shared.change(|store| (kind.sweep)(store, round));
                pulse.listed();
                shared.settle();
            }
        }
    }
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
