//! What Kubernetes says to labels, annotations and pull secrets (SPEC D6): the rules that the form goes by.

use k8s_openapi::api::core::v1::{Secret, ServiceAccount};
use kube::api::{Patch, PatchParams, PostParams};
use musterbook_core::settings::{ANNOTATIONS_MAX, Kind, Pair, Settings, SettingsInput, check_pair};
use serde_json::{Value, json};

use crate::plane::{Plane, in_project, person};

async fn takes(plane: &Plane, metadata: Value) -> bool {
    let params = PatchParams { dry_run: true, ..Default::default() };
    let patch = Patch::Merge(json!({ "metadata": metadata }));
    match plane.api::<ServiceAccount>().patch("ci", &params, &patch).await {
        Ok(_) => true,
        Err(kube::Error::Api(status)) if status.code == 422 => false,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn d6_keys_and_values_are_refused_by_kubernetes_where_they_are_here() {
    in_project(async |plane| {
        plane.make_account("ci").await;
        let (long, longer) = ("x".repeat(63), "x".repeat(64));
        let (prefix, longer_prefix) =
            (format!("{}/a", "x.".repeat(126) + "x"), format!("{}/a", "x.".repeat(127) + "x"));
        let keys = [
            "team",
            "a.example/Team_1.x",
            &long,
            &longer,
            &prefix,
            &longer_prefix,
            "A.Example/team",
            "-team",
            "team-",
            "a/b/c",
            "/a",
            "a.example/",
            "a..b/c",
            "ü",
            "a b",
            "a.example./x",
            "-a/x",
            "a_b/x",
        ];
        let values = ["", "a", "Team_1.x", &long, &longer, "two words", "-a", "a.", "ü", "l1\nl2"];
        for (field, kind) in [("labels", Kind::Label), ("annotations", Kind::Annotation)] {
            for (key, value) in keys.map(|key| (key, "")).into_iter().chain(values.map(|value| ("team", value))) {
                let ours = check_pair(kind, key, value).is_ok();
                assert_eq!(takes(plane, json!({ field: { key: value } })).await, ours, "{field} {key}={value}");
            }
        }
        let of = |bytes: usize| json!({ "annotations": { "a": "x".repeat(bytes - 1) } });
        assert!(takes(plane, of(ANNOTATIONS_MAX)).await);
        assert!(!takes(plane, of(ANNOTATIONS_MAX + 1)).await);
    })
    .await;
}

#[tokio::test]
async fn d6_settings_are_written_as_changed_and_unset_takes_the_field_away() {
    in_project(async |plane| {
        let uid = plane.make_account("ci").await.metadata.uid.unwrap();
        let registry: Secret = serde_json::from_value(json!({
            "metadata": { "name": "registry" }, "type": "kubernetes.io/dockerconfigjson",
            "stringData": { ".dockerconfigjson": "{\"auths\":{}}" },
        }))
        .unwrap();
        plane.api::<Secret>().create(&PostParams::default(), &registry).await.unwrap();
        let cluster = plane.cluster().await;
        let (reads, writes) =
            (cluster.reads(&person("project-regular")), cluster.acting_as(&person("project-regular")));
        let project = plane.project.as_str();
        let shown = reads.settings(project, "ci").await.unwrap().value;
        assert_eq!((shown.pull_secrets, &shown.settings), (Ok(vec!["registry".into()]), &Settings::default()));

        let first = SettingsInput {
            labels: vec![Pair { key: "team".into(), value: "a".into(), keep: false }],
            automount: "false".into(),
            pull_secrets: vec!["registry".into()],
            more_pull_secrets: "later".into(),
            seen: "{}".into(),
            uid: uid.clone(),
            ..Default::default()
        };
        writes.edit_settings(project, "ci", &first).await.unwrap();
        let account = plane.api::<ServiceAccount>().get("ci").await.unwrap();
        assert_eq!(account.automount_service_account_token, Some(false));
        assert_eq!(json!(account.image_pull_secrets), json!([{ "name": "registry" }, { "name": "later" }]));

        let seen = reads.settings(project, "ci").await.unwrap().value.settings;
        let none = SettingsInput { seen: json!(seen).to_string(), uid, ..Default::default() };
        writes.edit_settings(project, "ci", &none).await.unwrap();
        let account = json!(plane.api::<ServiceAccount>().get("ci").await.unwrap());
        for field in ["/automountServiceAccountToken", "/imagePullSecrets", "/metadata/labels"] {
            assert_eq!(account.pointer(field), None, "{field}");
        }
    })
    .await;
}
