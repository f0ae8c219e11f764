//! Edit Information and Delete (SPEC X1, X4).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use musterbook_cluster::{
    Deleted,
    testing::{FakeApi, Reply},
};
use musterbook_core::{AppError, error::HalfDone, form::EditInput};
use serde_json::json;
use support::*;

const ALIAS: &str = "kubesphere.io/alias-name";

/// Of an account that had no texts when it was seen.
fn edit(alias: &str) -> EditInput {
    EditInput { alias: alias.into(), uid: "u1".into(), ..Default::default() }
}

#[tokio::test]
async fn x1_the_patch_is_what_changed_and_what_was_seen() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ "displayName": "Old", "other": "x" }))).on(&patch(CI), 200, ci(json!({})));
    client(&api)
        .edit_information("demo", "ci", &EditInput { seen_alias: "Old".into(), ..edit(" New ") })
        .await
        .unwrap();
    assert_eq!(
        api.body(&patch(CI)),
        json!({ "metadata": { "uid": "u1", "resourceVersion": "7", "annotations": { ALIAS: "New", "displayName": null } } })
    );
    let patch = api.calls().pop().unwrap();
    assert_eq!(patch.headers["content-type"], "application/merge-patch+json");
}

#[tokio::test]
async fn d6_an_edit_writes_annotations_and_nothing_else() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({}))).on(&patch(CI), 200, ci(json!({})));
    client(&api).edit_information("demo", "ci", &edit("New")).await.unwrap();
    let body = api.body(&patch(CI));
    let fields = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&body), ["metadata"]);
    assert_eq!(fields(&body["metadata"]), ["annotations", "resourceVersion", "uid"]);
}

#[tokio::test]
async fn x1_nothing_changed_is_no_write() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ ALIAS: "CI" })));
    client(&api).edit_information("demo", "ci", &edit("CI")).await.unwrap();
    assert_eq!(api.routes(), [get(CI)]);
}

#[tokio::test]
async fn x1_an_alias_older_than_the_rules_stays_while_the_description_is_changed() {
    let old = format!("My CI\n{}", "x".repeat(70));
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ ALIAS: old }))).on(&patch(CI), 200, ci(json!({})));
    // As a field of one line has it.
    let input = EditInput { seen_alias: old.clone(), description: "D".into(), ..edit(&old.replace('\n', "")) };
    client(&api).edit_information("demo", "ci", &input).await.unwrap();
    assert_eq!(api.body(&patch(CI))["metadata"]["annotations"], json!({ "kubesphere.io/description": "D" }));
}

#[tokio::test]
async fn x1_a_text_with_other_line_ends_is_changed_and_stays_as_it_is_while_the_other_is_changed() {
    for stored in ["\na\r\nb", "a\rb\n"] {
        let api = FakeApi::new();
        api.on(&get(CI), 200, ci(json!({ "kubesphere.io/description": stored }))).on(&patch(CI), 200, ci(json!({})));
        // As a form has it, and as it is posted.
        let input = EditInput { description: "a\nc".into(), seen_description: "a\r\nb".into(), ..edit("") };
        client(&api).edit_information("demo", "ci", &input).await.unwrap();
        assert_eq!(api.body(&patch(CI))["metadata"]["annotations"], json!({ "kubesphere.io/description": "a\nc" }));

        let api = FakeApi::new();
        api.on(&get(CI), 200, ci(json!({ "kubesphere.io/description": stored }))).on(&patch(CI), 200, ci(json!({})));
        let input = EditInput { description: "a\nb".into(), seen_description: "a\r\nb".into(), ..edit("New") };
        client(&api).edit_information("demo", "ci", &input).await.unwrap();
        assert_eq!(api.body(&patch(CI))["metadata"]["annotations"], json!({ ALIAS: "New" }));
    }
}

#[tokio::test]
async fn x1_what_somebody_else_changed_stays_and_the_version_is_that_of_the_merge() {
    let api = FakeApi::new();
    let mut now = ci(json!({ ALIAS: "Theirs", "kubesphere.io/description": "D" }));
    now["metadata"]["resourceVersion"] = "9".into();
    api.on(&get(CI), 200, now).on(&patch(CI), 200, ci(json!({})));
    let input = EditInput {
        alias: "A".into(),
        seen_alias: "A".into(),
        description: "Mine".into(),
        seen_description: "D".into(),
        uid: "u1".into(),
        ..Default::default()
    };
    client(&api).edit_information("demo", "ci", &input).await.unwrap();
    let annotations = json!({ "kubesphere.io/description": "Mine" });
    assert_eq!(
        api.body(&patch(CI)),
        json!({ "metadata": { "uid": "u1", "resourceVersion": "9", "annotations": annotations } })
    );
}

#[tokio::test]
async fn x1_somebody_faster_between_our_look_and_our_patch_is_merged_anew() {
    let api = FakeApi::new();
    let mut later = ci(json!({ "other": "x" }));
    later["metadata"]["resourceVersion"] = "8".into();
    api.on(&get(CI), 200, ci(json!({}))).on(&get(CI), 200, later);
    api.refuse(&patch(CI), 409, "Conflict", "Operation cannot be fulfilled").on(&patch(CI), 200, ci(json!({})));
    client(&api).edit_information("demo", "ci", &edit("New")).await.unwrap();
    assert_eq!(api.routes(), [get(CI), patch(CI), get(CI), patch(CI)]);
    let versions: Vec<_> = api
        .calls()
        .iter()
        .filter_map(|call| call.body["metadata"]["resourceVersion"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(versions, ["7", "8"]);
}

#[tokio::test]
async fn x1_somebody_faster_is_a_conflict_and_a_namesake_is_told() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ ALIAS: "Theirs" })));
    assert_eq!(client(&api).edit_information("demo", "ci", &edit("A")).await, Err(AppError::Conflict));
    let other = EditInput { uid: "u0".into(), ..edit("A") };
    assert_eq!(client(&api).edit_information("demo", "ci", &other).await, Err(AppError::Replaced));

    // Between our look and our patch.
    let mut namesake = ci(json!({}));
    namesake["metadata"]["uid"] = "u2".into();
    for (now, expected) in [
        (Reply::Json(200, ci(json!({}))), AppError::Conflict),
        (Reply::Json(200, namesake), AppError::Replaced),
        (Reply::Json(404, json!({ "kind": "Status", "reason": "NotFound", "code": 404 })), AppError::NotFound),
    ] {
        let api = FakeApi::new();
        api.on(&get(CI), 200, ci(json!({}))).reply(&get(CI), now).refuse(
            &patch(CI),
            409,
            "Conflict",
            "Operation cannot be fulfilled",
        );
        assert_eq!(client(&api).edit_information("demo", "ci", &edit("A")).await, Err(expected));
    }
}

#[tokio::test]
async fn x4_delete_sends_the_uid_it_saw() {
    let api = FakeApi::new();
    api.on(&delete(CI), 200, json!({ "kind": "Status", "status": "Success" }));
    client(&api).delete_account("demo", "ci", "u1").await.unwrap();
    assert_eq!(acts(&api), [delete(CI)]);
    let body = api.body(&delete(CI));
    assert_eq!(body["preconditions"], json!({ "uid": "u1" }));
    assert_eq!(body["propagationPolicy"], "Background");
}

#[tokio::test]
async fn x4_x5_what_finalizers_hold_is_not_gone_and_nothing_brings_it_back() {
    for finalizers in [json!([]), json!(["example.com/hold"])] {
        let held = finalizers != json!([]);
        let mut last = ci(json!({}));
        last["metadata"]["finalizers"] = finalizers;
        let api = FakeApi::new();
        api.on(&delete(CI), 200, last);
        let deleted = client(&api).delete_account("demo", "ci", "u1").await.unwrap();
        assert_eq!((deleted.held, deleted.record.is_none()), (held, held));
    }
}

#[tokio::test]
async fn x4_another_uid_is_replaced_gone_is_not_found_and_lost_is_unknown() {
    for (reply, expected, asked) in [
        (
            Reply::Json(
                409,
                json!({ "kind": "Status", "reason": "Conflict", "code": 409, "message": "Precondition failed" }),
            ),
            AppError::Replaced,
            1,
        ),
        (Reply::Json(404, json!({ "kind": "Status", "reason": "NotFound", "code": 404 })), AppError::NotFound, 1),
        // Of this uid there is one to delete, however often it is asked for.
        (Reply::Silence, AppError::HalfDone(HalfDone::Unknown), 2),
        (
            Reply::Json(
                429,
                json!({ "kind": "Status", "reason": "TooManyRequests", "code": 429, "details": { "retryAfterSeconds": 3 } }),
            ),
            AppError::Busy { retry_after_seconds: 3 },
            1,
        ),
        (Reply::Text(503, "<html>".into()), AppError::Unavailable, 1),
    ] {
        let api = FakeApi::new();
        api.reply(&delete(CI), reply);
        assert_eq!(client(&api).delete_account("demo", "ci", "u1").await, Err(expected));
        assert_eq!(acts(&api).len(), asked);
    }
}

#[tokio::test]
async fn x1_x4_what_was_done_though_the_answer_was_lost_is_done() {
    let gone = json!({ "kind": "Status", "reason": "NotFound", "code": 404 });
    let api = FakeApi::new();
    api.reply(&delete(CI), Reply::Broken).on(&delete(CI), 404, gone);
    assert_eq!(client(&api).delete_account("demo", "ci", "u1").await, Ok(Deleted { held: false, record: None }));

    for (now, expected) in [("New", Ok(())), ("Theirs", Err(AppError::Conflict))] {
        let api = FakeApi::new();
        api.on(&get(CI), 200, ci(json!({})))
            .on(&get(CI), 200, ci(json!({ ALIAS: now })))
            .reply(&patch(CI), Reply::Broken)
            .refuse(&patch(CI), 409, "Conflict", "the object has been modified");
        assert_eq!(client(&api).edit_information("demo", "ci", &edit("New")).await, expected);
    }
}
