//! An issued kubeconfig, used by an unmodified client (SPEC K1, K2).

use k8s_openapi::api::core::v1::{Pod, Secret};
use kube::{
    Api, Client, Config,
    api::ListParams,
    config::{KubeConfigOptions, Kubeconfig},
};
use musterbook_core::{AppError, credential::IssueInput, form::CreateInput};
use secrecy::ExposeSecret;

use crate::plane::{eventually, in_project, person};

#[tokio::test]
async fn k2_a_kubeconfig_may_what_the_role_allows_until_the_account_is_gone() {
    in_project(async |plane| {
        let cluster = plane.cluster().await;
        let writes = cluster.acting_as(&person("project-regular"));
        let project = plane.project.as_str();
        let wish = CreateInput { name: "ci".into(), role: "Role/viewer".into(), ..Default::default() };
        writes.create_account(project, &wish).await.unwrap();
        let issued = writes.issue_kubeconfig(project, "ci", &IssueInput::default()).await.unwrap();
        assert!(!issued.in_cluster_only);
        let life = issued.expires.as_millisecond() - jiff::Timestamp::now().as_millisecond();
        assert!((3_500_000..3_700_000).contains(&life), "{life} ms");

        let kubeconfig = Kubeconfig::from_yaml(issued.yaml.expose_secret()).unwrap();
        let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
        assert_eq!(config.default_namespace, plane.project);
        let account = Client::try_from(config).unwrap();
        let pods: Api<Pod> = Api::default_namespaced(account.clone());
        eventually("the role is known to the API server", async || pods.list(&ListParams::default()).await.is_ok())
            .await;
        let secrets: Api<Secret> = Api::default_namespaced(account);
        let refused = secrets.list(&ListParams::default()).await.unwrap_err();
        assert!(matches!(refused, kube::Error::Api(status) if status.is_forbidden()));

        let uid = cluster.reads(&person("project-regular")).account(project, "ci").await.unwrap().value.uid;
        writes.delete_account(project, "ci", &uid).await.unwrap();
        eventually("the token is refused", async || {
            matches!(pods.list(&ListParams::default()).await, Err(kube::Error::Api(status)) if status.code == 401)
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn k1_a_viewer_may_not_issue_and_an_operator_reveals_only_token_secrets() {
    in_project(async |plane| {
        let cluster = plane.cluster().await;
        let project = plane.project.as_str();
        let viewer = cluster.acting_as(&person("project-viewer"));
        let error = viewer.issue_kubeconfig(project, "default", &IssueInput::default()).await.err();
        let Some(AppError::Denied(denial)) = error else { panic!("{error:?}") };
        assert_eq!(denial.to_string(), format!("create serviceaccounts/token in {project}"));

        let secret = |name: &str, kind: &str| -> Secret {
            serde_json::from_value(serde_json::json!({
                "metadata": { "name": name, "annotations": { "kubernetes.io/service-account.name": "default" } },
                "type": kind, "stringData": { "extra": "x" },
            }))
            .unwrap()
        };
        for (name, kind) in [("token", "kubernetes.io/service-account-token"), ("other", "Opaque")] {
            plane.api::<Secret>().create(&Default::default(), &secret(name, kind)).await.unwrap();
        }
        let operator = cluster.acting_as(&person("project-regular"));
        eventually("the token Secret is filled", async || {
            operator.reveal(project, "default", "token", "token").await.is_ok()
        })
        .await;
        let token = operator.reveal(project, "default", "token", "token").await.unwrap();
        assert!(token.expose_secret().starts_with("eyJ"));
        assert_eq!(operator.reveal(project, "default", "other", "extra").await.err(), Some(AppError::NotFound));
    })
    .await;
}
