//! One suite for whatever answers pages (SPEC P2): it never says more than the API server would to that person.

use std::sync::Arc;

use k8s_openapi::api::{core::v1::Secret, rbac::v1::RoleBinding};
use kube::api::{DeleteParams, PostParams};
use musterbook_cluster::{Actor, Reads};
use musterbook_core::{
    AppError,
    answer::{Part, Why},
    role::{Grant, RoleState},
};
use serde_json::{Value, json};

use crate::plane::{Plane, eventually, in_project, person, variable};

/// How pages get their answers: as calls of the actor now, through caches later.
type Source<'a> = &'a dyn Fn(&Actor) -> Arc<dyn Reads>;

#[tokio::test]
async fn p2_calls_as_the_actor_conform() {
    in_project(async |plane| {
        seed(plane).await;
        let cluster = plane.cluster_with(true).await;
        eventually("the bindings are listed", async || cluster.ready().await.is_ok()).await;
        let source: Source<'_> = &|actor| cluster.reads(actor);
        an_operator_sees_the_project(plane, source).await;
        a_viewer_sees_no_secrets(plane, source).await;
        an_outsider_sees_nothing(plane, source).await;
        what_is_withdrawn_is_gone(plane, source).await;
        nothing_was_asked_as_musterbook(plane).await;
    })
    .await;
}

/// The account `bot`, bound to viewer as KubeSphere does it, with a token Secret.
async fn seed(plane: &Plane) {
    plane.make_account("bot").await;
    let binding: RoleBinding = parsed(json!({
        "metadata": { "name": "bot-viewer-x", "labels": { "iam.kubesphere.io/serviceaccount-ref": "bot" } },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "viewer" },
        "subjects": [{ "kind": "ServiceAccount", "name": "bot", "namespace": plane.project }],
    }));
    plane.api::<RoleBinding>().create(&PostParams::default(), &binding).await.unwrap();
    let secret: Secret = parsed(json!({
        "metadata": { "name": "bot-token", "annotations": { "kubernetes.io/service-account.name": "bot" } },
        "type": "kubernetes.io/service-account-token",
    }));
    plane.api::<Secret>().create(&PostParams::default(), &secret).await.unwrap();
    eventually("the token Secret is filled", async || {
        plane.api::<Secret>().get("bot-token").await.unwrap().data.is_some_and(|data| data.contains_key("token"))
    })
    .await;
}

async fn an_operator_sees_the_project(plane: &Plane, source: Source<'_>) {
    let (reads, project) = (source(&person("project-regular")), plane.project.as_str());
    let accounts = reads.accounts(project).await.unwrap();
    assert_eq!(accounts.missing, []);
    let bot = accounts.value.iter().find(|account| account.name == "bot").unwrap();
    assert_eq!((bot.role.state, bot.role.bindings[0].managed), (RoleState::NotAnnotated, true));
    assert_eq!(&reads.account(project, "bot").await.unwrap().value, bot);
    assert_eq!(reads.account(project, "nobody").await, Err(AppError::NotFound));

    let rights = reads.rights(project).await.unwrap().value;
    assert_eq!((rights.create, rights.bind, rights.issue_token), (Some(true), Some(true), Some(true)));
    let secrets = reads.token_secrets(project, "bot").await.unwrap().value;
    assert_eq!(secrets[0].name, "bot-token");
    assert!(secrets[0].keys.iter().any(|key| key.key == "token" && key.bytes > 100), "{secrets:?}");
    let impact = reads.impact(project, "bot").await.unwrap().value;
    assert_eq!(impact.token_secrets, ["bot-token"]);
    assert_eq!(impact.bindings.len(), 1, "it has no owner, so it would stay");
    let yaml = reads.yaml(project, "bot").await.unwrap().value;
    assert!(yaml.text.contains("kind: ServiceAccount") && !yaml.text.contains("managedFields"), "{}", yaml.text);

    let found = reads.project(project).await.unwrap().value;
    assert_eq!(found.workspace, "test");
    let projects = reads.projects(project).await.unwrap();
    assert_eq!((projects.value, projects.missing), (vec![found], vec![]));

    let options = reads.role_options(project).await.unwrap();
    assert!(matches!(options.lacks(Part::ClusterRoles), Some(Why::Denied(_))));
    let grant = |name: &str| {
        options.value.options.iter().find(|option| option.role.to_string() == name).map(|option| option.grant.clone())
    };
    assert_eq!(grant("Role/viewer"), Some(Grant::Can));
    assert_eq!(grant("Role/operator"), Some(Grant::Can));
    assert_eq!(grant("ClusterRole/view"), Some(Grant::Can));
    let Some(Grant::Cannot { missing }) = grant("Role/admin") else { panic!("{options:?}") };
    assert_eq!(missing, ["* on * in *"]);
}

async fn a_viewer_sees_no_secrets(plane: &Plane, source: Source<'_>) {
    let (reads, project) = (source(&person("project-viewer")), plane.project.as_str());
    assert_eq!(reads.accounts(project).await.unwrap().missing, []);
    let secrets = reads.token_secrets(project, "bot").await.unwrap();
    assert_eq!(secrets.value, []);
    assert!(matches!(secrets.lacks(Part::TokenSecrets), Some(Why::Denied(_))));
    let rights = reads.rights(project).await.unwrap().value;
    assert_eq!((rights.create, rights.delete, rights.read_secrets), (Some(false), Some(false), Some(false)));
    let options = reads.role_options(project).await.unwrap().value.options;
    assert!(options.iter().all(|option| option.grant == Grant::Cannot { missing: vec![] }), "{options:?}");
}

async fn an_outsider_sees_nothing(plane: &Plane, source: Source<'_>) {
    let reads = source(&person("outsider"));
    for project in [plane.project.as_str(), "kube-system", "not-there-at-all"] {
        let Err(AppError::Denied(denial)) = reads.accounts(project).await else { panic!("{project}") };
        assert_eq!(denial.to_string(), format!("list serviceaccounts in {project}"));
        assert_eq!(reads.project(project).await, Err(AppError::NotFound), "{project}");
    }
    assert_eq!(reads.projects(&plane.project).await.unwrap().value, []);
    let rights = reads.rights(&plane.project).await.unwrap().value;
    assert_eq!((rights.create, rights.read_secrets), (Some(false), Some(false)));
}

/// Reads follow at once; what reviews said holds for 30 s (SPEC A2).
async fn what_is_withdrawn_is_gone(plane: &Plane, source: Source<'_>) {
    let (reads, project) = (source(&person("project-viewer")), plane.project.as_str());
    reads.accounts(project).await.unwrap();
    let bindings = plane.api::<RoleBinding>();
    bindings.delete("project-viewer-viewer", &DeleteParams::background()).await.unwrap();
    eventually("the accounts are denied", async || {
        matches!(reads.accounts(project).await, Err(AppError::Denied(_)))
            && reads.yaml(project, "bot").await.is_err()
            && reads.project(project).await.map(|answer| answer.missing.is_empty()) != Ok(true)
    })
    .await;
}

/// The API server's own record (SPEC A5).
async fn nothing_was_asked_as_musterbook(plane: &Plane) {
    let log = std::fs::read_to_string(variable("MUSTERBOOK_TEST_AUDIT")).unwrap();
    let mut people = 0;
    for event in log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let ours = event["user"]["username"] == "system:serviceaccount:musterbook-test:musterbook";
        let here = event["objectRef"]["namespace"] == plane.project.as_str();
        if ours && here {
            assert!(event["impersonatedUser"]["username"].is_string(), "{event}");
            people += 1;
        }
    }
    assert!(people > 20, "the audit log has {people} calls of people in {}", plane.project);
}

fn parsed<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}
