//! Create: account and binding are one act (SPEC C3), as KubeSphere's form makes them (SPEC D1, D2, D6).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use musterbook_cluster::testing::{FakeApi, Reply};
use musterbook_core::{
    AppError,
    error::HalfDone,
    form::{CreateInput, Field, FieldError, Problem},
    rules::RulesText,
};
use serde_json::{Value, json};
use support::*;

fn wish(role: &str) -> CreateInput {
    CreateInput { name: " ci ".into(), alias: "CI 预".into(), description: String::new(), role: role.into() }
}

fn willing() -> FakeApi {
    let api = FakeApi::new();
    api.on(&try_post(BINDINGS), 201, json!({}))
        .on(&post(ACCOUNTS), 201, ci(json!({})))
        .on(&post(BINDINGS), 201, managed("made", "viewer"))
        // What is there then.
        .on(&get(CI), 200, ci(json!({ "iam.kubesphere.io/role": "viewer" })))
        .on(&get(&format!("{BINDINGS}/made")), 200, managed("made", "viewer"))
        .on(&delete(CI), 200, json!({ "kind": "Status", "status": "Success" }));
    api
}

#[tokio::test]
async fn c3_the_binding_is_tried_before_the_account_is_made() {
    let api = willing();
    client(&api).create_account("demo", &wish("Role/viewer")).await.unwrap();
    // Last, whether somebody gave another role meanwhile.
    let last = [get(CI), get(&format!("{BINDINGS}/made"))];
    assert_eq!(api.routes(), [vec![try_post(BINDINGS), post(ACCOUNTS), post(BINDINGS)], last.to_vec()].concat());
    let trial = api.body(&try_post(BINDINGS));
    assert_eq!(trial["metadata"], json!({ "generateName": "musterbook-dry-run-" }));
    assert_eq!(trial["subjects"][0]["name"], "ci");
}

#[tokio::test]
async fn d1_the_creator_is_the_actor_and_no_key_is_empty() {
    let api = willing();
    client(&api).create_account("demo", &wish("Role/viewer")).await.unwrap();
    assert_eq!(
        api.body(&post(ACCOUNTS)),
        json!({
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": { "name": "ci", "namespace": "demo", "annotations": {
                "kubesphere.io/alias-name": "CI 预", "kubesphere.io/creator": "jane", "iam.kubesphere.io/role": "viewer",
            } },
        })
    );
}

#[tokio::test]
async fn d6_what_nobody_chose_is_not_written_when_an_account_is_made() {
    let api = willing();
    client(&api).create_account("demo", &wish("")).await.unwrap();
    let body = api.body(&post(ACCOUNTS));
    let fields: Vec<_> = body.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["apiVersion", "kind", "metadata"]);
}

#[tokio::test]
async fn d2_the_binding_belongs_to_the_account_that_was_made() {
    let api = willing();
    client(&api).create_account("demo", &wish("Role/viewer")).await.unwrap();
    let binding = api.body(&post(BINDINGS));
    assert_eq!(
        binding["metadata"]["ownerReferences"],
        json!([{ "apiVersion": "v1", "kind": "ServiceAccount", "name": "ci", "uid": "u1" }])
    );
    assert_eq!(binding["metadata"]["labels"], json!({ "iam.kubesphere.io/serviceaccount-ref": "ci" }));
    assert_eq!(binding["subjects"], json!([{ "kind": "ServiceAccount", "name": "ci", "namespace": "demo" }]));
}

#[tokio::test]
async fn d2_a_cluster_roles_account_carries_our_key() {
    let api = FakeApi::new();
    api.on(&try_post(BINDINGS), 201, json!({})).on(&post(ACCOUNTS), 201, ci(json!({}))).on(
        &post(BINDINGS),
        201,
        managed("made", "viewer"),
    );
    client(&api).create_account("demo", &wish("ClusterRole/view")).await.unwrap();
    let notes = &api.body(&post(ACCOUNTS))["metadata"]["annotations"];
    assert_eq!(notes["musterbook.dev/cluster-role"], "view");
    assert!(notes.get("iam.kubesphere.io/role").is_none());
    let binding = api.body(&post(BINDINGS));
    assert_eq!(binding["roleRef"]["kind"], "ClusterRole");
    assert_eq!(binding["metadata"]["labels"], json!({ "musterbook.dev/serviceaccount-uid": "u1" }));
}

#[tokio::test]
async fn without_a_role_no_binding_is_touched() {
    let api = willing();
    client(&api).create_account("demo", &wish("")).await.unwrap();
    assert_eq!(api.routes(), [post(ACCOUNTS)]);
}

#[tokio::test]
async fn a3_a_role_beyond_the_actor_makes_nothing() {
    let api = FakeApi::new();
    api.refuse(&try_post(BINDINGS), 403, "Forbidden", BEYOND);
    let error = client(&api).create_account("demo", &wish("Role/admin")).await.unwrap_err();
    assert_eq!(
        error,
        AppError::RoleBeyond {
            role: "Role/admin".into(),
            missing: vec!["* on pods, secrets".into()],
            to_hold: RulesText::default()
        }
    );
    assert_eq!(api.routes(), [try_post(BINDINGS)]);
}

#[tokio::test]
async fn c2_a_name_that_is_taken_is_an_error_of_the_field() {
    let api = willing();
    let taken = FakeApi::new();
    taken.refuse(&post(ACCOUNTS), 409, "AlreadyExists", "serviceaccounts \"ci\" already exists");
    let error = client(&taken).create_account("demo", &wish("")).await.unwrap_err();
    assert_eq!(error, AppError::Invalid(vec![FieldError { field: Field::Name, problem: Problem::Taken }]));

    let bad = CreateInput { name: "CI".into(), role: "x".into(), ..Default::default() };
    let AppError::Invalid(errors) = client(&api).create_account("demo", &bad).await.unwrap_err() else { panic!() };
    assert_eq!(errors.iter().map(|error| error.field).collect::<Vec<_>>(), [Field::Name, Field::Role]);
    assert_eq!(api.routes(), Vec::<String>::new());
}

#[tokio::test]
async fn c2_an_account_that_is_there_is_not_replaced_and_gets_no_role() {
    let taken = "serviceaccounts \"ci\" already exists";
    let denied =
        "serviceaccounts is forbidden: User \"jane\" cannot create resource \"serviceaccounts\" in API group \"\"";
    for (code, reason, message) in [(409, "AlreadyExists", taken), (403, "Forbidden", denied)] {
        for (role, before) in [("", vec![]), ("Role/viewer", vec![try_post(BINDINGS)])] {
            let api = FakeApi::new();
            api.on(&try_post(BINDINGS), 201, json!({})).refuse(&post(ACCOUNTS), code, reason, message);
            // It could be written over.
            api.on(&get(CI), 200, ci(json!({}))).on(&format!("PUT {CI}"), 200, ci(json!({})));
            client(&api).create_account("demo", &wish(role)).await.unwrap_err();
            assert_eq!(api.routes(), [before, vec![post(ACCOUNTS)]].concat());
        }
    }
}

#[tokio::test]
async fn a_role_that_does_not_exist_is_an_error_of_the_field() {
    let api = FakeApi::new();
    api.refuse(&try_post(BINDINGS), 404, "NotFound", "roles \"x\" not found");
    let error = client(&api).create_account("demo", &wish("Role/x")).await.unwrap_err();
    assert_eq!(error, AppError::Invalid(vec![FieldError { field: Field::Role, problem: Problem::NotOffered }]));
}

#[tokio::test]
async fn c3_a_failed_binding_takes_the_account_away() {
    let api = FakeApi::new();
    api.on(&try_post(BINDINGS), 201, json!({}))
        .on(&post(ACCOUNTS), 201, ci(json!({})))
        .refuse(&post(BINDINGS), 403, "Forbidden", BEYOND)
        .on(&delete(CI), 200, json!({ "kind": "Status", "status": "Success" }));
    let error = client(&api).create_account("demo", &wish("Role/viewer")).await.unwrap_err();
    assert!(matches!(error, AppError::RoleBeyond { .. }), "{error:?}");
    assert_eq!(api.routes(), [try_post(BINDINGS), post(ACCOUNTS), post(BINDINGS), delete(CI)]);
    assert_eq!(api.body(&delete(CI))["preconditions"]["uid"], "u1");
}

#[tokio::test]
async fn c3_what_could_not_be_taken_back_is_told() {
    let api = FakeApi::new();
    api.on(&try_post(BINDINGS), 201, json!({}))
        .on(&post(ACCOUNTS), 201, ci(json!({})))
        .refuse(&post(BINDINGS), 422, "Invalid", "no")
        .deny(&delete(CI));
    let error = client(&api).create_account("demo", &wish("Role/viewer")).await.unwrap_err();
    assert_eq!(
        error,
        AppError::HalfDone(HalfDone::CreatedWithoutRole { account: "ci".into(), role: "Role/viewer".into() })
    );
}

#[tokio::test]
async fn c3_a_lost_binding_goes_with_its_account() {
    for reply in [Reply::Silence, Reply::Broken] {
        let api = FakeApi::new();
        api.on(&try_post(BINDINGS), 201, json!({}))
            .on(&post(ACCOUNTS), 201, ci(json!({})))
            .reply(&post(BINDINGS), reply)
            .on(&delete(CI), 200, json!({ "kind": "Status", "status": "Success" }));
        let error = client(&api).create_account("demo", &wish("Role/viewer")).await.unwrap_err();
        assert_eq!(error, AppError::Unavailable);
        assert_eq!(api.routes().last(), Some(&delete(CI)));
    }
}

#[tokio::test]
async fn z5_a_lost_account_is_asked_for_once_more_and_then_not_called_made_or_not_made() {
    let api = FakeApi::new();
    api.reply(&post(ACCOUNTS), Reply::Silence);
    let error = client(&api).create_account("demo", &wish("")).await.unwrap_err();
    assert_eq!(error, AppError::HalfDone(HalfDone::Unknown));
    assert_eq!(api.routes(), [post(ACCOUNTS), post(ACCOUNTS)]);
}

#[tokio::test]
async fn c3_an_account_that_was_made_though_the_answer_was_lost_is_found_again() {
    let lost = |found: Value| {
        let api = FakeApi::new();
        api.reply(&post(ACCOUNTS), Reply::Broken).refuse(&post(ACCOUNTS), 409, "AlreadyExists", "exists").on(
            &get(CI),
            200,
            found,
        );
        api
    };
    let ours = json!({ "kubesphere.io/creator": "jane" });
    let wish = CreateInput { name: "ci".into(), ..Default::default() };
    assert_eq!(client(&lost(ci(ours))).create_account("demo", &wish).await, Ok(()));
    let somebodys = client(&lost(ci(json!({})))).create_account("demo", &wish).await;
    assert_eq!(somebodys, Err(AppError::Invalid(vec![FieldError { field: Field::Name, problem: Problem::Taken }])));
}

#[tokio::test]
async fn c3_the_act_goes_on_when_the_browser_leaves() {
    let api = willing();
    let client = client(&api);
    let wish = wish("Role/viewer");
    let mut act = Box::pin(client.create_account("demo", &wish));
    // Polled once, then dropped, as when the connection closes.
    assert!(futures::poll!(&mut act).is_pending());
    drop(act);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(api.routes().contains(&post(BINDINGS)), "{:?}", api.routes());
}

#[tokio::test]
async fn d2_a_binding_that_exists_as_wanted_is_fine_and_another_is_a_conflict() {
    for (subjects, expected) in [
        (json!([{ "kind": "ServiceAccount", "name": "ci", "namespace": "demo" }]), Ok(())),
        (json!([{ "kind": "User", "name": "eve" }]), Err(AppError::Conflict)),
    ] {
        let api = FakeApi::new();
        api.on(&try_post(BINDINGS), 201, json!({}))
            .on(&post(ACCOUNTS), 201, ci(json!({})))
            .refuse(&post(BINDINGS), 409, "AlreadyExists", "exists")
            .on(&delete(CI), 200, json!({ "kind": "Status", "status": "Success" }));
        // The name is in the answer to the first try; ask for it to script the second.
        client(&api).create_account("demo", &wish("Role/viewer")).await.unwrap_err();
        let name = api.body(&post(BINDINGS))["metadata"]["name"].as_str().unwrap().to_owned();
        let mut existing = managed(&name, "viewer");
        existing["subjects"] = subjects;
        api.on(&get(&format!("{BINDINGS}/{name}")), 200, existing);
        assert_eq!(client(&api).create_account("demo", &wish("Role/viewer")).await, expected);
    }
}
