//! Kubernetes objects with only the fields that pages use: the rest is skipped while it is read.

use std::borrow::Cow;

use k8s_openapi::{api::core::v1::Pod, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::Resource;
use serde::{Deserialize, Serialize};

/// A pod: whose it is, and whether it has ended.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct TrimmedPod {
    #[serde(default)]
    pub metadata: ObjectMeta,
    #[serde(default)]
    spec: Spec,
    #[serde(default)]
    status: Status,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    service_account_name: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Status {
    phase: Option<String>,
}

impl TrimmedPod {
    /// The account; `None` for a pod that has ended: it asks nothing any more.
    pub fn runs_as(&self) -> Option<&str> {
        let ended = matches!(self.status.phase.as_deref(), Some("Succeeded" | "Failed"));
        self.spec.service_account_name.as_deref().filter(|_| !ended)
    }
}

impl Resource for TrimmedPod {
    type DynamicType = ();
    type Scope = <Pod as Resource>::Scope;

    fn kind((): &()) -> Cow<'_, str> {
        Pod::kind(&())
    }

    fn group((): &()) -> Cow<'_, str> {
        Pod::group(&())
    }

    fn version((): &()) -> Cow<'_, str> {
        Pod::version(&())
    }

    fn plural((): &()) -> Cow<'_, str> {
        Pod::plural(&())
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}
