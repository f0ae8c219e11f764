//! Undo on a real API server (SPEC X5).

use k8s_openapi::api::{
    core::v1::ServiceAccount,
    rbac::v1::{Role, RoleBinding},
};
use kube::api::{DeleteParams, Patch, PatchParams};
use musterbook_cluster::{ActorClient, Record};
use musterbook_core::{
    AppError,
    bulk::{BindingId, Outcome, Target},
    form::{CreateInput, Field, FieldError, Problem},
    role::{RoleRef, RoleState},
    undo::Replay,
};
use serde_json::{Value, json};

use crate::plane::{Plane, eventually, in_project, names, person};

/// What a record is made to be: text that leaves the process.
fn travelled(record: Record) -> Record {
    serde_json::from_str(&serde_json::to_string(&record).unwrap()).unwrap()
}

async fn undo(writes: &ActorClient, record: &Record) -> Replay {
    writes.undo_in_turn(vec![record.clone()]).await.pop().unwrap().unwrap()
}

/// The account as somebody would write it down.
async fn manifest(plane: &Plane, name: &str) -> Value {
    let account = plane.api::<ServiceAccount>().get(name).await.unwrap();
    json!({
        "labels": account.metadata.labels,
        "annotations": account.metadata.annotations,
        "automount": account.automount_service_account_token,
        "pull": account.image_pull_secrets,
    })
}

async fn roles(plane: &Plane, name: &str) -> Vec<(String, Option<String>)> {
    let bindings = plane.api::<RoleBinding>().list(&Default::default()).await.unwrap();
    let holds = |binding: &&RoleBinding| binding.subjects.iter().flatten().any(|subject| subject.name == name);
    let of = |binding: &RoleBinding| {
        let owner = binding.metadata.owner_references.as_ref().and_then(|owners| Some(owners.first()?.uid.clone()));
        (binding.role_ref.name.clone(), owner)
    };
    bindings.items.iter().filter(holds).map(of).collect()
}

#[tokio::test]
async fn x5_a_deleted_account_comes_back_with_its_manifest_and_its_role_and_another_uid() {
    in_project(async |plane| {
        let cluster = plane.cluster().await;
        let writes = cluster.acting_as(&person("project-regular"));
        let project = plane.project.as_str();
        let input =
            CreateInput {
                name: "ci".into(), alias: "CI".into(), description: "预".into(), role: "Role/viewer".into()
            };
        writes.create_account(project, &input).await.unwrap();
        let more = json!({
            "metadata": { "labels": { "team": "a" }, "annotations": { "example.com/x": "y" } },
            "automountServiceAccountToken": false,
            "imagePullSecrets": [{ "name": "registry" }],
        });
        let accounts = plane.api::<ServiceAccount>();
        accounts.patch("ci", &PatchParams::default(), &Patch::Merge(more)).await.unwrap();
        let before = (manifest(plane, "ci").await, accounts.get("ci").await.unwrap().metadata.uid.unwrap());

        let record = writes.delete_account(project, "ci", &before.1).await.unwrap().record.expect("something to undo");
        let record = travelled(record);
        assert!(writes.plan_undo(&record).await.is_whole());
        assert!(accounts.get_opt("ci").await.unwrap().is_none(), "a plan makes nothing");
        let replay = undo(&writes, &record).await;
        assert!(replay.is_whole(), "{replay:?}");
        assert_eq!(manifest(plane, "ci").await, before.0);
        let now = accounts.get("ci").await.unwrap().metadata.uid.unwrap();
        assert_ne!(now, before.1);
        eventually("the new binding is left alone", async || {
            roles(plane, "ci").await == [("viewer".into(), Some(now.clone()))]
        })
        .await;
        let state = cluster.reads(&person("project-regular")).account(project, "ci").await.unwrap().value.role.state;
        assert_eq!(state, RoleState::Bound);

        // Once more: it is there.
        let taken = AppError::Invalid(vec![FieldError { field: Field::Name, problem: Problem::Taken }]);
        assert_eq!(undo(&writes, &record).await.stops, Some(taken));
        assert_eq!(accounts.get("ci").await.unwrap().metadata.uid.unwrap(), now);
    })
    .await;
}

#[tokio::test]
async fn x5_a_namesake_made_meanwhile_is_not_touched_and_a_role_gone_meanwhile_is_told() {
    in_project(async |plane| {
        let writes = plane.cluster().await.acting_as(&person("project-regular"));
        let project = plane.project.as_str();
        let input = CreateInput { name: "ci".into(), role: "Role/viewer".into(), ..Default::default() };
        let accounts = plane.api::<ServiceAccount>();
        writes.create_account(project, &input).await.unwrap();
        let uid = accounts.get("ci").await.unwrap().metadata.uid.unwrap();
        let record = writes.delete_account(project, "ci", &uid).await.unwrap().record.unwrap();

        let namesake = plane.make_account("ci").await.metadata;
        let taken = AppError::Invalid(vec![FieldError { field: Field::Name, problem: Problem::Taken }]);
        assert_eq!(undo(&writes, &record).await.stops, Some(taken));
        let now = accounts.get("ci").await.unwrap().metadata;
        assert_eq!((now.uid, now.resource_version), (namesake.uid, namesake.resource_version));
        accounts.delete("ci", &DeleteParams::default()).await.unwrap();

        plane.api::<Role>().delete("viewer", &DeleteParams::default()).await.unwrap();
        let gone = AppError::Invalid(vec![FieldError { field: Field::Role, problem: Problem::NotOffered }]);
        let told = vec![(RoleRef::role("viewer"), Some(gone))];
        let planned = writes.plan_undo(&record).await;
        assert_eq!((planned.stops, &planned.bindings), (None, &told));
        let replay = undo(&writes, &record).await;
        assert_eq!((replay.stops, &replay.bindings), (None, &told));
        let uid = accounts.get("ci").await.unwrap().metadata.uid;
        assert!(roles(plane, "ci").await.iter().all(|(_, owner)| *owner != uid));
    })
    .await;
}

#[tokio::test]
async fn x5_undo_gives_no_role_that_the_actor_may_not_give() {
    in_project(async |plane| {
        let cluster = plane.cluster().await;
        let project = plane.project.as_str();
        let input = CreateInput { name: "boss".into(), role: "Role/admin".into(), ..Default::default() };
        cluster.acting_as(&person("project-admin")).create_account(project, &input).await.unwrap();
        let uid = plane.api::<ServiceAccount>().get("boss").await.unwrap().metadata.uid.unwrap();
        let operator = cluster.acting_as(&person("project-regular"));
        let record = operator.delete_account(project, "boss", &uid).await.unwrap().record.unwrap();
        let replay = undo(&operator, &record).await;
        assert_eq!(replay.stops, None);
        assert!(matches!(&replay.bindings[..], [(_, Some(AppError::RoleBeyond { .. }))]), "{replay:?}");
        let uid = plane.api::<ServiceAccount>().get("boss").await.unwrap().metadata.uid;
        assert!(roles(plane, "boss").await.iter().all(|(_, owner)| *owner != uid));
    })
    .await;
}

#[tokio::test]
async fn x5_bindings_deleted_along_come_back_through_the_fence() {
    in_project(async |plane| {
        let writes = plane.cluster().await.acting_as(&person("project-regular"));
        let project = plane.project.as_str();
        let uid = plane.make_account("ci").await.metadata.uid.unwrap();
        let by_hand = serde_json::from_value(json!({
            "metadata": { "name": "by-hand", "labels": { "team": "a" } },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "viewer" },
            "subjects": [{ "kind": "ServiceAccount", "name": "ci", "namespace": project }],
        }));
        let made = plane.api::<RoleBinding>().create(&Default::default(), &by_hand.unwrap()).await.unwrap();
        let bindings = vec![BindingId { name: "by-hand".into(), uid: made.metadata.uid.unwrap() }];
        let target = Target { project: project.into(), name: "ci".into(), uid, bindings };
        let (outcome, record) = writes.delete_target(target).await;
        assert_eq!(outcome, Outcome::Deleted);
        assert!(!names::<RoleBinding>(plane).await.contains(&"by-hand".into()));
        let replay = undo(&writes, &travelled(record.unwrap())).await;
        assert!(replay.is_whole(), "{replay:?}");
        let again = plane.api::<RoleBinding>().get("by-hand").await.unwrap();
        assert_eq!(again.metadata.labels, made.metadata.labels);
        assert_eq!((again.role_ref, again.subjects), (made.role_ref, made.subjects));
    })
    .await;
}

#[tokio::test]
async fn x5_a_binding_made_by_hand_that_the_account_owned_comes_back_with_it() {
    in_project(async |plane| {
        let writes = plane.cluster().await.acting_as(&person("project-regular"));
        let project = plane.project.as_str();
        let uid = plane.make_account("ci").await.metadata.uid.unwrap();
        let by_hand = serde_json::from_value(json!({
            "metadata": {
                "name": "by-hand", "labels": { "team": "a" },
                "ownerReferences": [{ "apiVersion": "v1", "kind": "ServiceAccount", "name": "ci", "uid": uid }],
            },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "viewer" },
            "subjects": [{ "kind": "ServiceAccount", "name": "ci", "namespace": project }],
        }));
        let made = plane.api::<RoleBinding>().create(&Default::default(), &by_hand.unwrap()).await.unwrap();
        let record = writes.delete_account(project, "ci", &uid).await.unwrap().record.unwrap();
        eventually("it goes with its owner", async || !names::<RoleBinding>(plane).await.contains(&"by-hand".into()))
            .await;
        let replay = undo(&writes, &travelled(record)).await;
        assert!(replay.is_whole(), "{replay:?}");
        let again = plane.api::<RoleBinding>().get("by-hand").await.unwrap();
        assert_eq!((&again.metadata.labels, &again.role_ref), (&made.metadata.labels, &made.role_ref));
        let now = plane.api::<ServiceAccount>().get("ci").await.unwrap().metadata.uid.unwrap();
        assert_eq!(again.metadata.owner_references.unwrap()[0].uid, now);
    })
    .await;
}

#[tokio::test]
async fn x5_a_changed_role_goes_back_unless_it_was_changed_again() {
    in_project(async |plane| {
        let cluster = plane.cluster().await;
        let (reads, writes) =
            (cluster.reads(&person("project-regular")), cluster.acting_as(&person("project-regular")));
        let project = plane.project.as_str();
        let input = CreateInput { name: "ci".into(), role: "Role/viewer".into(), ..Default::default() };
        writes.create_account(project, &input).await.unwrap();
        let uid = plane.api::<ServiceAccount>().get("ci").await.unwrap().metadata.uid.unwrap();
        let (viewer, operator) = (RoleRef::role("viewer"), RoleRef::role("operator"));
        let record = writes.change_role(project, "ci", &uid, Some(&operator)).await.unwrap().unwrap();
        let record = travelled(record);
        assert_eq!(writes.plan_undo(&record).await.stops, None);
        assert!(undo(&writes, &record).await.is_whole());
        let now = reads.account(project, "ci").await.unwrap().value.role;
        assert_eq!((now.state, now.wish, now.bindings.len()), (RoleState::Bound, Some(viewer), 1));
        assert_eq!(undo(&writes, &record).await.stops, Some(AppError::Conflict), "it has another role now");

        let none = writes.change_role(project, "ci", &uid, None).await.unwrap().unwrap();
        assert!(undo(&writes, &none).await.is_whole());
        assert_eq!(reads.account(project, "ci").await.unwrap().value.role.state, RoleState::Bound);
    })
    .await;
}
