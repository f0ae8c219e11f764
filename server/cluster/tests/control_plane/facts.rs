//! Facts about Kubernetes that the code is built on, each by itself.

use k8s_openapi::api::{
    authentication::v1::{TokenRequest, TokenRequestSpec},
    core::v1::ServiceAccount,
    rbac::v1::RoleBinding,
};
use kube::{
    Api,
    api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions},
};
use musterbook_cluster::{Cluster, ConnectOptions};
use musterbook_core::list::{ListQuery, Scope};
use serde_json::{Value, json};

use crate::plane::{Plane, in_project, person, variable};

fn code<T>(result: Result<T, kube::Error>) -> (u16, String) {
    match result {
        Ok(_) => (200, String::new()),
        Err(kube::Error::Api(status)) => (status.code, status.reason.clone()),
        Err(error) => panic!("{error}"),
    }
}

fn binding(plane: &Plane, name: &str, role: &str) -> RoleBinding {
    serde_json::from_value(json!({
        "metadata": { "name": name },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role },
        "subjects": [{ "kind": "ServiceAccount", "name": "default", "namespace": plane.project }],
    }))
    .unwrap()
}

#[tokio::test]
async fn a_merge_patch_with_an_old_version_is_a_conflict_and_with_another_uid_is_refused() {
    in_project(async |plane| {
        let made = plane.make_account("ci").await.metadata;
        let accounts = plane.api::<ServiceAccount>();
        let patch = |metadata: Value| {
            let accounts = accounts.clone();
            async move {
                accounts.patch("ci", &PatchParams::default(), &Patch::Merge(json!({ "metadata": metadata }))).await
            }
        };
        let first = json!({ "uid": made.uid, "resourceVersion": made.resource_version, "annotations": { "a": "1" } });
        assert_eq!(code(patch(first.clone()).await).0, 200);
        assert_eq!(code(patch(first).await), (409, "Conflict".into()));
        // The uid is looked at after the version.
        let other = "00000000-0000-0000-0000-000000000000";
        assert_eq!(code(patch(json!({ "uid": other, "annotations": { "a": "2" } })).await), (422, "Invalid".into()));
        let stale = json!({ "uid": other, "resourceVersion": made.resource_version, "annotations": { "a": "2" } });
        assert_eq!(code(patch(stale).await), (409, "Conflict".into()));
        // null takes a key away, and only that.
        let changed = patch(json!({ "annotations": { "a": null, "b": "1" } })).await.unwrap();
        assert_eq!(changed.metadata.annotations.unwrap(), [("b".to_owned(), "1".to_owned())].into());
    })
    .await;
}

#[tokio::test]
async fn a_put_without_managed_fields_keeps_them_and_one_without_a_version_overwrites() {
    in_project(async |plane| {
        let accounts = plane.api::<ServiceAccount>();
        let apply = json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": "ci", "annotations": { "b": "1" } } });
        let made = accounts.patch("ci", &PatchParams::apply("first"), &Patch::Apply(apply)).await.unwrap();
        let mut put = made.clone();
        put.metadata.managed_fields = None;
        put.metadata.annotations = Some(["a", "b"].map(|key| (key.to_owned(), "1".to_owned())).into());
        let manager = PostParams { field_manager: Some("test".into()), ..Default::default() };
        let saved = accounts.replace("ci", &manager, &put).await.unwrap();
        let managers: Vec<_> =
            saved.metadata.managed_fields.into_iter().flatten().filter_map(|entry| entry.manager).collect();
        assert_eq!(managers, ["first", "test"]);
        assert_eq!(code(accounts.replace("ci", &PostParams::default(), &put).await), (409, "Conflict".into()));
        put.metadata.resource_version = None;
        assert_eq!(code(accounts.replace("ci", &PostParams::default(), &put).await).0, 200);
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_of_a_taken_name_is_a_conflict_and_of_a_generated_one_is_not() {
    in_project(async |plane| {
        let bindings = plane.api::<RoleBinding>();
        let dry = PostParams { dry_run: true, ..Default::default() };
        bindings.create(&PostParams::default(), &binding(plane, "b", "viewer")).await.unwrap();
        assert_eq!(code(bindings.create(&dry, &binding(plane, "b", "viewer")).await), (409, "AlreadyExists".into()));
        let mut generated = binding(plane, "", "viewer");
        generated.metadata.name = None;
        generated.metadata.generate_name = Some("b-".into());
        assert_eq!(code(bindings.create(&dry, &generated).await).0, 200);
        // A dry run of a delete checks the precondition, and deletes nothing.
        let other = Preconditions { uid: Some("another".into()), resource_version: None };
        let params = DeleteParams::background().dry_run();
        assert_eq!(code(bindings.delete("b", &params.clone().preconditions(other)).await), (409, "Conflict".into()));
        assert_eq!(code(bindings.delete("b", &params).await).0, 200);
        assert!(bindings.get_opt("b").await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_role_ref_can_not_be_changed() {
    in_project(async |plane| {
        let bindings = plane.api::<RoleBinding>();
        bindings.create(&PostParams::default(), &binding(plane, "b", "viewer")).await.unwrap();
        let patch = Patch::Merge(json!({ "roleRef": { "name": "operator" } }));
        assert_eq!(code(bindings.patch("b", &PatchParams::default(), &patch).await), (422, "Invalid".into()));
    })
    .await;
}

#[tokio::test]
async fn k1_a_token_lives_at_least_ten_minutes() {
    in_project(async |plane| {
        let accounts = plane.api::<ServiceAccount>();
        let ask = |seconds| {
            let spec = TokenRequestSpec { expiration_seconds: Some(seconds), ..Default::default() };
            TokenRequest { spec: Some(spec), ..Default::default() }
        };
        let params = PostParams::default();
        assert_eq!(code(accounts.create_token_request("default", &params, &ask(599)).await), (422, "Invalid".into()));
        assert_eq!(code(accounts.create_token_request("default", &params, &ask(600)).await).0, 200);
        assert_eq!(code(accounts.create_token_request("default", &params, &ask((1 << 32) + 1)).await).0, 422);
    })
    .await;
}

#[tokio::test]
async fn the_installed_identity_serves_the_sample() {
    let options = ConnectOptions {
        kubeconfig: Some(variable("MUSTERBOOK_TEST_IDENTITY").into()),
        caches: true,
        ..Default::default()
    };
    let cluster = Cluster::connect(options).await.unwrap();
    crate::plane::eventually("ready", async || cluster.ready().await.is_ok()).await;
    let mut regular = person("project-regular");
    regular.groups.clear();
    let reads = cluster.reads(&regular);
    let projects: Vec<_> = reads.projects("").await.unwrap().value.into_iter().map(|project| project.name).collect();
    assert!(
        projects.contains(&"demo-project".to_owned()) && !projects.contains(&"other-project".to_owned()),
        "{projects:?}"
    );
    let rows = async |workspace: &str, project: &str| {
        let scope = Scope::Project { workspace: workspace.into(), project: project.into() };
        reads.all(&scope, &ListQuery::default()).await
    };
    assert!(!rows("demo-workspace", "demo-project").await.unwrap().value.is_empty());
    assert!(rows("-", "kube-system").await.is_err());
}

#[tokio::test]
async fn a_namespace_being_deleted_takes_no_account_and_says_why() {
    in_project(async |plane| {
        let finalizer: k8s_openapi::api::core::v1::ConfigMap = serde_json::from_value(json!({
            "metadata": { "name": "holds", "finalizers": ["musterbook.dev/test"] },
        }))
        .unwrap();
        let maps = plane.api::<k8s_openapi::api::core::v1::ConfigMap>();
        maps.create(&PostParams::default(), &finalizer).await.unwrap();
        let namespaces: Api<k8s_openapi::api::core::v1::Namespace> = Api::all(plane.admin.clone());
        namespaces.delete(&plane.project, &DeleteParams::background()).await.unwrap();
        let wish = musterbook_core::form::CreateInput { name: "late".into(), ..Default::default() };
        let writes = plane.cluster().await.acting_as(&person("project-admin"));
        let error = writes.create_account(&plane.project, &wish).await.unwrap_err();
        let free = Patch::Merge(json!({ "metadata": { "finalizers": null } }));
        maps.patch("holds", &PatchParams::default(), &free).await.unwrap();
        let musterbook_core::AppError::Refused { message } = error else { panic!("{error:?}") };
        assert!(message.contains("being terminated"), "{message}");
    })
    .await;
}
