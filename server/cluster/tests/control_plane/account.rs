//! An account's life, as an operator of the project: made, given roles, edited, deleted (SPEC C3, X1–X4).

use k8s_openapi::api::{core::v1::ServiceAccount, rbac::v1::RoleBinding};
use musterbook_cluster::Record;
use musterbook_core::{
    AppError,
    form::{CreateInput, EditInput, Field, Problem},
    role::{RoleRef, RoleState},
    rules::RulesText,
    yaml::Verdict,
};

use crate::plane::{eventually, in_project, names, person};

fn wish(role: &str) -> CreateInput {
    CreateInput { name: "ci".into(), alias: "CI".into(), description: "预".into(), role: role.into() }
}

#[tokio::test]
async fn an_operator_makes_changes_and_deletes_an_account() {
    in_project(async |plane| {
        let cluster = plane.cluster().await;
        let (reads, writes) =
            (cluster.reads(&person("project-regular")), cluster.acting_as(&person("project-regular")));
        let project = plane.project.as_str();
        writes.create_account(project, &wish("Role/viewer")).await.unwrap();
        let made = reads.account(project, "ci").await.unwrap().value;
        assert_eq!((made.alias.as_deref(), made.creator.as_deref()), (Some("CI"), Some("project-regular")));
        assert_eq!((made.role.state, made.role.wish), (RoleState::Bound, Some(RoleRef::role("viewer"))));

        let AppError::Invalid(errors) = writes.create_account(project, &wish("")).await.unwrap_err() else { panic!() };
        assert_eq!((errors[0].field, &errors[0].problem), (Field::Name, &Problem::Taken));

        for role in [RoleRef::role("operator"), RoleRef::cluster_role("view"), RoleRef::role("viewer")] {
            writes.change_role(project, "ci", &made.uid, Some(&role)).await.unwrap();
            let now = reads.account(project, "ci").await.unwrap().value.role;
            assert_eq!((now.state, now.wish.as_ref(), now.bindings.len()), (RoleState::Bound, Some(&role), 1));
        }
        let admin = RoleRef::role("admin");
        let error = writes.change_role(project, "ci", &made.uid, Some(&admin)).await.unwrap_err();
        assert_eq!(
            error,
            AppError::RoleBeyond {
                role: "Role/admin".into(),
                missing: vec!["* on * in *".into()],
                to_hold: RulesText::default()
            }
        );
        assert_eq!(reads.account(project, "ci").await.unwrap().value.role.wish, Some(RoleRef::role("viewer")));

        let seen = reads.account(project, "ci").await.unwrap().value;
        let edit = EditInput {
            description: "new".into(),
            seen_alias: "CI".into(),
            seen_description: "预".into(),
            uid: seen.uid.clone(),
            ..Default::default()
        };
        writes.edit_information(project, "ci", &edit).await.unwrap();
        // Again is what it is already; another text over it is somebody else's.
        writes.edit_information(project, "ci", &edit).await.unwrap();
        let other = EditInput { description: "newer".into(), ..edit };
        assert_eq!(writes.edit_information(project, "ci", &other).await, Err(AppError::Conflict));
        let notes = plane.api::<ServiceAccount>().get("ci").await.unwrap().metadata.annotations.unwrap();
        assert_eq!(notes.get("kubesphere.io/alias-name"), None);
        assert_eq!(notes.get("kubesphere.io/description").map(String::as_str), Some("new"));

        let document = reads.yaml(project, "ci").await.unwrap().value.document;
        let text =
            document.text.replace("kind: ServiceAccount", "kind: ServiceAccount\nautomountServiceAccountToken: false");
        let version = &document.resource_version;
        let Verdict::Good { stored, warnings } =
            writes.check_yaml(project, "ci", &text, &document.uid, version).await.unwrap()
        else {
            panic!()
        };
        assert!(stored.text.contains("automountServiceAccountToken: false"), "{}", stored.text);
        assert_eq!(warnings, []);
        assert_eq!(reads.yaml(project, "ci").await.unwrap().value.document, document, "a dry run changes nothing");
        writes.save_yaml(project, "ci", &text, &document.uid, version).await.unwrap();
        let again = writes.save_yaml(project, "ci", &text, &document.uid, version).await;
        assert_eq!(again, Err(AppError::Conflict));

        writes.change_role(project, "ci", &made.uid, None).await.unwrap();
        assert_eq!(reads.account(project, "ci").await.unwrap().value.role.state, RoleState::None);
        writes.change_role(project, "ci", &made.uid, Some(&RoleRef::role("viewer"))).await.unwrap();

        assert_eq!(writes.delete_account(project, "ci", "another-uid").await, Err(AppError::Replaced));
        writes.delete_account(project, "ci", &made.uid).await.unwrap();
        assert_eq!(writes.delete_account(project, "ci", &made.uid).await, Err(AppError::NotFound));
        // A new namesake is not hindered by the former one's binding, which goes by itself.
        writes.create_account(project, &wish("Role/viewer")).await.unwrap();
        eventually("one binding of ci is left", async || {
            names::<RoleBinding>(plane).await.iter().filter(|name| name.starts_with("ci-")).count() == 1
        })
        .await;
        let again = reads.account(project, "ci").await.unwrap().value;
        assert_eq!((again.uid == made.uid, again.role.state), (false, RoleState::Bound));
    })
    .await;
}

#[tokio::test]
async fn c3_a_role_beyond_the_operator_makes_no_account() {
    in_project(async |plane| {
        let writes = plane.cluster().await.acting_as(&person("project-regular"));
        let error = writes.create_account(&plane.project, &wish("Role/admin")).await.unwrap_err();
        assert!(matches!(error, AppError::RoleBeyond { .. }), "{error:?}");
        let error = writes.create_account(&plane.project, &wish("Role/not-there")).await.unwrap_err();
        assert!(matches!(error, AppError::Invalid(_)), "{error:?}");
        assert_eq!(names::<ServiceAccount>(plane).await, ["default"]);
        // Who manages roles may.
        let writes = plane.cluster().await.acting_as(&person("project-admin"));
        writes.create_account(&plane.project, &wish("Role/admin")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a6_a_viewer_is_told_what_is_missing() {
    in_project(async |plane| {
        let made = plane.make_account("ci").await.metadata.uid.unwrap();
        let writes = plane.cluster().await.acting_as(&person("project-viewer"));
        let project = plane.project.as_str();
        let denied = |result: Result<Option<Record>, AppError>| match result {
            Err(AppError::Denied(denial)) => denial.to_string(),
            other => panic!("{other:?}"),
        };
        let another = CreateInput { name: "another".into(), ..Default::default() };
        assert_eq!(
            denied(writes.create_account(project, &another).await.map(|()| None)),
            format!("create serviceaccounts in {project}")
        );
        assert_eq!(
            denied(writes.delete_account(project, "ci", &made).await.map(|deleted| deleted.record)),
            format!("delete serviceaccounts in {project}")
        );
        let viewer = RoleRef::role("viewer");
        assert_eq!(
            denied(writes.change_role(project, "ci", &made, Some(&viewer)).await),
            format!("create rolebindings in {project}")
        );
    })
    .await;
}

#[tokio::test]
async fn d2_an_account_with_a_long_name_works_too() {
    in_project(async |plane| {
        let name = "x".repeat(80);
        let uid = plane.make_account(&name).await.metadata.uid.unwrap();
        let cluster = plane.cluster().await;
        let (reads, writes) =
            (cluster.reads(&person("project-regular")), cluster.acting_as(&person("project-regular")));
        writes.change_role(&plane.project, &name, &uid, Some(&RoleRef::role("viewer"))).await.unwrap();
        let role = reads.account(&plane.project, &name).await.unwrap().value.role;
        assert_eq!((role.state, role.bindings[0].managed), (RoleState::Bound, true));
    })
    .await;
}
