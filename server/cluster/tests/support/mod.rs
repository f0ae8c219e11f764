//! Names and objects that the tests share.
#![allow(dead_code, reason = "each test file uses some of them")]

use musterbook_cluster::{Actor, ActorClient, Reads, testing::FakeApi};
use musterbook_core::{
    Answer, AppError,
    account::Account,
    list::{ListQuery, Scope},
};
use serde_json::{Value, json};

pub const ACCOUNTS: &str = "/api/v1/namespaces/demo/serviceaccounts";
pub const CI: &str = "/api/v1/namespaces/demo/serviceaccounts/ci";
pub const NAMESPACE: &str = "/api/v1/namespaces/demo";
pub const PODS: &str = "/api/v1/namespaces/demo/pods";
pub const SECRETS: &str = "/api/v1/namespaces/demo/secrets";
pub const BINDINGS: &str = "/apis/rbac.authorization.k8s.io/v1/namespaces/demo/rolebindings";
pub const ROLES: &str = "/apis/rbac.authorization.k8s.io/v1/namespaces/demo/roles";
pub const CLUSTER_ROLES: &str = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
pub const REVIEWS: &str = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
pub const TOKENS: &str = "?fieldSelector=type%3Dkubernetes.io%2Fservice-account-token";

pub const BEYOND: &str = "rolebindings.rbac.authorization.k8s.io \"b\" is forbidden: user \"jane\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"pods\" \"secrets\"], Verbs:[\"*\"]}";

pub fn jane() -> Actor {
    Actor { user: "jane".into(), groups: vec!["team".into()], uid: None, extra: Default::default() }
}

pub fn client(api: &FakeApi) -> ActorClient {
    api.cluster().acting_as(&jane())
}

/// All requests but those that look for what undoing would need (SPEC X5).
pub fn acts(api: &FakeApi) -> Vec<String> {
    api.routes().into_iter().filter(|route| !route.contains("labelSelector=")).collect()
}

/// Lets the namespace `demo` be there, without a workspace and without pods.
pub fn with_demo(api: &FakeApi) -> &FakeApi {
    api.on(&get(NAMESPACE), 200, json!({ "metadata": { "name": "demo" } })).list(&get(PODS), json!([]))
}

pub fn demo() -> Scope {
    Scope::Project { workspace: "-".into(), project: "demo".into() }
}

/// The accounts of `demo`.
pub async fn accounts(reads: &dyn Reads) -> Result<Answer<Vec<Account>>, AppError> {
    let rows = reads.all(&demo(), &ListQuery::default()).await?;
    Ok(rows.map(|rows| rows.into_iter().map(|row| row.account).collect()))
}

pub fn get(path: &str) -> String {
    format!("GET {path}")
}

pub fn post(path: &str) -> String {
    format!("POST {path}")
}

pub fn try_post(path: &str) -> String {
    format!("POST {path}?dryRun=All")
}

pub fn delete(path: &str) -> String {
    format!("DELETE {path}")
}

pub fn patch(path: &str) -> String {
    format!("PATCH {path}")
}

/// The account `ci`, as the API server gives it.
pub fn ci(annotations: Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": {
            "name": "ci", "namespace": "demo", "uid": "u1", "resourceVersion": "7",
            "creationTimestamp": "2026-01-01T00:00:00Z", "annotations": annotations,
            "managedFields": [{ "manager": "x" }],
        },
    })
}

/// A binding of `ci` that was made for its project role.
pub fn managed(name: &str, role: &str) -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": {
            "name": name, "namespace": "demo", "uid": format!("uid-of-{name}"),
            "labels": { "iam.kubesphere.io/serviceaccount-ref": "ci" },
            "ownerReferences": [{ "apiVersion": "v1", "kind": "ServiceAccount", "name": "ci", "uid": "u1" }],
        },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role },
        "subjects": [{ "kind": "ServiceAccount", "name": "ci", "namespace": "demo" }],
    })
}

pub fn role(name: &str) -> Value {
    json!({ "metadata": {
        "name": name, "annotations": { "kubesphere.io/creator": "system" }, "creationTimestamp": "2026-01-01T00:00:00Z",
    }, "rules": [] })
}

pub fn allowed(allowed: bool) -> Value {
    json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
        "spec": {}, "status": { "allowed": allowed },
    })
}
