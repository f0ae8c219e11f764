//! What another role means, how a role is mended, and what to ask for (SPEC X3, D3, A6), against the API server's own
//! answers.

use k8s_openapi::api::{
    authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec},
    rbac::v1::RoleBinding,
};
use kube::{Api, api::PostParams};
use musterbook_core::{
    AppError,
    ask::{right_to_bind, right_to_bind_at_all},
    form::CreateInput,
    repair::Repair,
    role::{RoleRef, RoleState},
    rules::{Change, Rule, covers, difference},
};
use serde_json::json;

use crate::{
    apply::{apply, documents},
    plane::{Plane, eventually, in_project, person},
};

const ASKED: [(&str, &str, &str); 12] = [
    ("", "pods", "get"),
    ("", "pods", "delete"),
    ("", "pods/log", "get"),
    ("", "secrets", "get"),
    ("", "secrets", "impersonate"),
    ("", "serviceaccounts/token", "create"),
    ("apps", "deployments", "list"),
    ("apps", "deployments/scale", "update"),
    ("rbac.authorization.k8s.io", "rolebindings", "delete"),
    ("rbac.authorization.k8s.io", "rolebindings", "update"),
    ("example.com", "widgets", "watch"),
    ("example.com", "widgets", "create"),
];

fn input(name: &str, role: &str) -> CreateInput {
    CreateInput { name: name.into(), role: role.into(), ..Default::default() }
}

/// What the API server lets the account do.
async fn allowed(plane: &Plane, account: &str) -> Vec<bool> {
    let reviews: Api<SubjectAccessReview> = Api::all(plane.admin.clone());
    let mut allowed = Vec::new();
    for (group, resource, verb) in ASKED {
        let (resource, below) = resource.split_once('/').map_or((resource, None), |(of, below)| (of, Some(below)));
        let review = SubjectAccessReview {
            spec: SubjectAccessReviewSpec {
                user: Some(format!("system:serviceaccount:{}:{account}", plane.project)),
                resource_attributes: Some(ResourceAttributes {
                    namespace: Some(plane.project.clone()),
                    group: Some(group.into()),
                    resource: Some(resource.into()),
                    subresource: below.map(Into::into),
                    verb: Some(verb.into()),
                    ..Default::default()
                }),
                ..Default::default()
            },
            ..Default::default()
        };
        let answer = reviews.create(&PostParams::default(), &review).await.unwrap();
        allowed.push(answer.status.unwrap().allowed);
    }
    allowed
}

fn told(changes: &[Change]) -> Vec<bool> {
    let rules: Vec<_> = changes
        .iter()
        .flat_map(|change| change.targets.iter().map(move |target| (change, target)))
        .map(|(change, target)| Rule {
            groups: vec![target.group.clone()],
            resources: vec![target.resource.clone()],
            verbs: change.verbs.clone(),
            names: change.names.clone(),
        })
        .collect();
    ASKED.iter().map(|(group, resource, verb)| covers(&rules, group, resource, verb, None)).collect()
}

#[tokio::test]
async fn x3_what_is_said_to_be_gained_and_lost_is_what_the_api_server_then_allows_and_refuses() {
    in_project(async |plane| {
        let cluster = plane.cluster().await;
        let (reads, writes) =
            (cluster.reads(&person("project-regular")), cluster.acting_as(&person("project-regular")));
        let project = plane.project.as_str();
        writes.create_account(project, &input("ci", "Role/viewer")).await.unwrap();
        eventually("ci is a viewer", async || allowed(plane, "ci").await[0]).await;
        let before = allowed(plane, "ci").await;

        let standing = reads.standing(project, "ci").await.unwrap().value;
        let held: Vec<_> = standing.held.iter().filter(|held| held.managed).collect();
        let viewer = held[0].rules.clone().unwrap();
        let operator = RoleRef::role("operator");
        let choices = reads.role_options(project).await.unwrap().value;
        let gains = difference(&viewer, choices.rules_of(&operator).unwrap());
        let losses = difference(choices.rules_of(&operator).unwrap(), &viewer);

        writes.change_role(project, "ci", &standing.account.uid, Some(&operator)).await.unwrap();
        eventually("ci is an operator", async || allowed(plane, "ci").await[1]).await;
        let after = allowed(plane, "ci").await;
        let gained: Vec<_> = before.iter().zip(&after).map(|(before, after)| *after && !before).collect();
        let lost: Vec<_> = before.iter().zip(&after).map(|(before, after)| *before && !after).collect();
        // A line on `*` also stands for what was there before.
        let told_and_new: Vec<_> = told(&gains).iter().zip(&before).map(|(told, before)| *told && !before).collect();
        assert_eq!((told_and_new, told(&losses)), (gained.clone(), lost));
        assert!(gained.contains(&true) && gained.contains(&false));
    })
    .await;
}

#[tokio::test]
async fn d3_each_state_is_mended() {
    in_project(async |plane| {
        let cluster = plane.cluster().await;
        let (reads, writes) =
            (cluster.reads(&person("project-regular")), cluster.acting_as(&person("project-regular")));
        let project = plane.project.as_str();
        let role = async || reads.account(project, "ci").await.unwrap().value.role;
        let account = plane.make_account("ci").await;
        let uid = account.metadata.uid.unwrap();
        let by_hand: RoleBinding = serde_json::from_value(json!({
            "metadata": { "name": "by-hand" },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "viewer" },
            "subjects": [{ "kind": "ServiceAccount", "name": "ci", "namespace": project }],
        }))
        .unwrap();
        plane.api::<RoleBinding>().create(&PostParams::default(), &by_hand).await.unwrap();

        // Bound by somebody, then named, then bound by nobody, then bound, then forgotten.
        let now = role().await;
        assert_eq!(now.state, RoleState::NotAnnotated);
        let [adopt, unbind] = now.repairs().try_into().unwrap();
        writes.repair_role(project, "ci", &uid, &adopt).await.unwrap();
        assert_eq!((role().await.state, role().await.bindings.len()), (RoleState::Bound, 1));
        writes.repair_role(project, "ci", &uid, &unbind).await.unwrap();
        let now = role().await;
        assert_eq!((now.state, now.repairs().len()), (RoleState::NotBound, 2));
        writes.repair_role(project, "ci", &uid, &now.repairs()[0]).await.unwrap();
        assert_eq!(role().await.state, RoleState::Bound);
        writes.repair_role(project, "ci", &uid, &Repair::Revoke).await.unwrap();
        assert_eq!(role().await.state, RoleState::None);

        let gone = Repair::Bind(RoleRef::role("not-there"));
        assert_eq!(writes.repair_role(project, "ci", &uid, &gone).await, Err(AppError::NotFound));
        let viewer = cluster.acting_as(&person("project-viewer"));
        let denied = viewer.repair_role(project, "ci", &uid, &Repair::Bind(RoleRef::role("viewer"))).await;
        assert!(matches!(denied, Err(AppError::Denied(_))), "{denied:?}");
    })
    .await;
}

#[tokio::test]
async fn a6_what_is_asked_for_gives_what_was_missing_and_no_more() {
    in_project(async |plane| {
        let cluster = plane.cluster().await;
        let project = plane.project.as_str();
        let viewer = cluster.acting_as(&person("project-viewer"));
        let Err(AppError::Denied(denial)) = viewer.create_account(project, &input("one", "")).await else { panic!() };
        for object in documents(&denial.role_to_ask_for("project-viewer")) {
            apply(&plane.admin, &object).await;
        }
        eventually("the viewer makes an account", async || {
            viewer.create_account(project, &input("one", "")).await.is_ok()
        })
        .await;
        let uid = cluster.reads(&person("project-viewer")).account(project, "one").await.unwrap().value.uid;
        assert!(matches!(viewer.delete_account(project, "one", &uid).await, Err(AppError::Denied(_))));

        // One who may make accounts, and no bindings.
        let viewers = RoleRef::role("viewer");
        let bound = viewer.create_account(project, &input("two", "Role/viewer")).await;
        assert!(matches!(bound, Err(AppError::Denied(_))), "{bound:?}");
        for object in documents(&right_to_bind_at_all(&viewers, project, "project-viewer")) {
            apply(&plane.admin, &object).await;
        }
        eventually("the viewer gives the role", async || {
            viewer.create_account(project, &input("two", "Role/viewer")).await.is_ok()
        })
        .await;
        let operators = viewer.create_account(project, &input("three", "Role/operator")).await;
        assert!(matches!(operators, Err(AppError::RoleBeyond { .. })), "{operators:?}");

        let operator = cluster.acting_as(&person("project-regular"));
        let admin = RoleRef::role("admin");
        let beyond = operator.change_role(project, "one", &uid, Some(&admin)).await;
        assert!(matches!(beyond, Err(AppError::RoleBeyond { .. })), "{beyond:?}");
        for object in documents(&right_to_bind(&admin, project, "project-regular")) {
            apply(&plane.admin, &object).await;
        }
        eventually("the operator gives the role", async || {
            operator.change_role(project, "one", &uid, Some(&admin)).await.is_ok()
        })
        .await;
    })
    .await;
}
