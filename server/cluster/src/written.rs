//! Who changes something sees it in the list that comes next: what an actor wrote is waited for until the caches have it.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde::Deserialize;
use tokio::time::{Instant, sleep, timeout};

use crate::cache::Caches;

/// A watch brings a change within milliseconds. One that takes longer than this is late, and the list is shown without.
const PATIENCE: Duration = Duration::from_secs(1);
const LOOK_EVERY: Duration = Duration::from_millis(4);
/// What was written before is there, or was changed again since.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(5);

/// The latest writes of one actor.
#[derive(Default)]
pub(crate) struct Written(Mutex<Vec<Write>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Write {
    resource: &'static str,
    project: String,
    /// What was left of the object; `None`: nothing, and its name.
    version: Result<u64, String>,
    at: Instant,
}

/// What the API server answers to a write: the object, or a `Status` about one that is gone.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Answer {
    kind: String,
    metadata: Metadata,
    details: Details,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    resource_version: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    name: String,
}

impl Written {
    /// Notes the answer to a write.
    pub fn note(&self, resource: &'static str, project: &str, answer: &str) {
        let Ok(answer) = serde_json::from_str::<Answer>(answer) else { return };
        let version = match answer.metadata.resource_version.parse() {
            _ if answer.kind == "Status" => Err(answer.details.name),
            Ok(version) => Ok(version),
            // A token, which is no object.
            Err(_) => return,
        };
        let mut writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writes.retain(|write| write.at.elapsed() < FORGOTTEN_AFTER);
        writes.push(Write { resource, project: project.into(), version, at: Instant::now() });
    }

    /// Waits until `caches` have what was written in `project` (`None`: anywhere).
    pub async fn arrived(&self, caches: &Caches, project: Option<&str>) {
        let late = timeout(PATIENCE, async {
            while !self.has_arrived(caches, project) {
                sleep(LOOK_EVERY).await;
            }
        });
        if late.await.is_err() {
            tracing::warn!(project, "the caches are late: a list is shown without what was just written");
        }
    }

    fn has_arrived(&self, caches: &Caches, project: Option<&str>) -> bool {
        let mut writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writes.retain(|write| {
            let here = project.is_none_or(|project| project == write.project);
            write.at.elapsed() < FORGOTTEN_AFTER && !(here && write.is_in(caches))
        });
        writes.iter().all(|write| project.is_some_and(|project| project != write.project))
    }
}

impl Write {
    fn is_in(&self, caches: &Caches) -> bool {
        match &self.version {
            Ok(version) => caches.has_seen(self.resource, *version),
            Err(name) => caches.is_gone(self.resource, &self.project, name),
        }
    }
}
