//! Kubernetes objects with only the fields that pages use: the rest is skipped while it is read.

use std::borrow::Cow;

use k8s_openapi::{api::core::v1::Pod, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::Resource;
use musterbook_core::account::DEFAULT;
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

/// What makes pods: which account it gives them, and whether it still does.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct TrimmedWorkload {
    #[serde(default)]
    metadata: ObjectMeta,
    #[serde(default)]
    spec: WorkloadSpec,
    #[serde(default)]
    status: WorkloadStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WorkloadSpec {
    template: Option<Template>,
    /// Of a CronJob.
    job_template: Option<Box<JobTemplate>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct JobTemplate {
    #[serde(default)]
    spec: WorkloadSpec,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Template {
    #[serde(default)]
    spec: Spec,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct WorkloadStatus {
    #[serde(default)]
    conditions: Vec<Condition>,
}

#[derive(Debug, Clone, Deserialize)]
struct Condition {
    #[serde(rename = "type")]
    kind: String,
    status: String,
}

impl TrimmedWorkload {
    pub fn name(&self) -> &str {
        self.metadata.name.as_deref().unwrap_or_default()
    }

    /// The account that its pods run as: `default` where its template names none; `None` where it makes none of its own. A
    /// Job of a CronJob is the CronJob's, and one that has ended makes no more.
    pub fn makes_pods_as(&self) -> Option<&str> {
        let job = || self.spec.job_template.as_ref()?.spec.template.as_ref();
        let template = self.spec.template.as_ref().or_else(job)?;
        let named = template.spec.service_account_name.as_deref().filter(|name| !name.is_empty());
        let owned = self.metadata.owner_references.iter().flatten().any(|owner| owner.controller == Some(true));
        let ended = |condition: &Condition| {
            matches!(condition.kind.as_str(), "Complete" | "Failed") && condition.status == "True"
        };
        (!owned && !self.status.conditions.iter().any(ended)).then_some(named.unwrap_or(DEFAULT))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn makes(workload: Value, account: &str) -> bool {
        serde_json::from_value::<TrimmedWorkload>(workload).unwrap().makes_pods_as() == Some(account)
    }

    #[test]
    fn x4_a_workload_names_its_account_in_its_template_and_none_is_default() {
        let template = json!({ "spec": { "serviceAccountName": "ci" } });
        let deployment = json!({ "metadata": { "name": "d" }, "spec": { "replicas": 0, "template": template } });
        assert!(makes(deployment.clone(), "ci") && !makes(deployment, "default"));
        assert!(makes(json!({ "spec": { "jobTemplate": { "spec": { "template": template } } } }), "ci"));
        for unnamed in [json!({}), json!({ "spec": {} }), json!({ "spec": { "serviceAccountName": "" } })] {
            assert!(makes(json!({ "spec": { "template": unnamed } }), "default"));
        }
        assert!(!makes(json!({ "spec": { "selector": {} } }), "default"));
    }

    #[test]
    fn x4_a_job_of_a_cron_job_and_one_that_has_ended_are_no_workloads_of_their_own() {
        let job = |owners: Value, conditions: Value| {
            json!({
                "metadata": { "ownerReferences": owners },
                "spec": { "template": { "spec": { "serviceAccountName": "ci" } } },
                "status": { "conditions": conditions },
            })
        };
        let owner =
            json!([{ "apiVersion": "batch/v1", "kind": "CronJob", "name": "c", "uid": "u", "controller": true }]);
        assert!(makes(job(json!([]), json!([{ "type": "Complete", "status": "False" }])), "ci"));
        assert!(!makes(job(owner, json!([])), "ci"));
        for kind in ["Complete", "Failed"] {
            assert!(!makes(job(json!([]), json!([{ "type": kind, "status": "True" }])), "ci"), "{kind}");
        }
    }
}
