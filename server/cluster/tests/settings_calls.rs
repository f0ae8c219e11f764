//! Edit Settings (SPEC D6): labels, annotations, token and pull secrets.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use musterbook_cluster::testing::FakeApi;
use musterbook_core::{
    AppError,
    answer::Why,
    settings::{AccountSettings, Pair, Settings, SettingsInput},
};
use serde_json::{Value, json};
use support::*;

fn with(mut account: Value, more: Value) -> Value {
    for (field, value) in more.as_object().unwrap() {
        account[field] = value.clone();
    }
    account
}

fn typed(kind: &str) -> String {
    format!("{}?fieldSelector=type%3Dkubernetes.io%2F{kind}", get(SECRETS))
}

fn pair(key: &str, value: &str) -> Pair {
    Pair { key: key.into(), value: value.into(), keep: false }
}

/// What a form sends that shows `account` and in which nothing was touched.
fn untouched(account: &Value) -> SettingsInput {
    let (seen, _) = serde_json::from_value::<Settings>(account.clone()).unwrap().parted();
    SettingsInput {
        labels: seen.metadata.labels.iter().map(|(key, value)| pair(key, value)).collect(),
        annotations: seen.metadata.annotations.iter().map(|(key, value)| pair(key, value)).collect(),
        automount: seen.automount_service_account_token.map(|on| on.to_string()).unwrap_or_default(),
        pull_secrets: seen.image_pull_secrets.iter().map(|secret| secret.name.clone()).collect(),
        more_pull_secrets: String::new(),
        seen: json!(seen).to_string(),
        uid: "u1".into(),
    }
}

async fn settings(api: &FakeApi) -> AccountSettings {
    api.cluster().reads(&jane()).settings("demo", "ci").await.unwrap().value
}

#[tokio::test]
async fn d6_pull_secrets_are_offered_by_type_and_no_value_is_read() {
    let api = FakeApi::new();
    let account = with(ci(json!({ "desc": "x", "note": "y" })), json!({ "imagePullSecrets": [{ "name": "gone" }] }));
    api.on(&get(CI), 200, account);
    api.list(&typed("dockerconfigjson"), json!([{ "metadata": { "name": "registry" } }]));
    api.list(&typed("dockercfg"), json!([{ "metadata": { "name": "older" } }]));
    let shown = settings(&api).await;
    assert_eq!(shown.pull_secrets, Ok(vec!["older".into(), "registry".into()]));
    assert_eq!(json!(shown.settings.image_pull_secrets), json!([{ "name": "gone" }]));
    assert_eq!(json!(shown.kept.annotations), json!({ "desc": "x" }));
    assert_eq!(json!(shown.settings.metadata.annotations), json!({ "note": "y" }));
    let lists: Vec<_> = api.calls().into_iter().filter(|call| call.route.contains("secrets")).collect();
    assert_eq!(lists.len(), 2);
    for list in lists {
        let accepts = list.headers["accept"].to_str().unwrap();
        assert!(accepts.contains("as=PartialObjectMetadataList"), "{accepts}");
    }
}

#[tokio::test]
async fn a6_who_may_not_list_secrets_is_told_so_and_not_that_there_are_none() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({}))).deny(&typed("dockerconfigjson")).deny(&typed("dockercfg"));
    let Err(Why::Denied(denial)) = settings(&api).await.pull_secrets else { panic!("denied") };
    assert_eq!(denial.to_string(), "list secrets in demo");
}

#[tokio::test]
async fn d6_nothing_is_written_that_was_not_changed() {
    for more in [
        json!({}),
        json!({ "automountServiceAccountToken": false, "imagePullSecrets": [{ "name": "a" }], "secrets": [{ "name": "t" }] }),
    ] {
        let api = FakeApi::new();
        let account = with(ci(json!({ "note": "y", "kubesphere.io/creator": "jane" })), more);
        api.on(&get(CI), 200, account.clone()).on(&patch(CI), 200, ci(json!({})));
        client(&api).edit_settings("demo", "ci", &untouched(&account)).await.unwrap();
        assert_eq!(api.routes(), [get(CI)]);

        let input = SettingsInput { labels: vec![pair("team", "a")], ..untouched(&account) };
        client(&api).edit_settings("demo", "ci", &input).await.unwrap();
        assert_eq!(
            api.body(&patch(CI)),
            json!({ "metadata": { "uid": "u1", "resourceVersion": "7", "labels": { "team": "a" } } })
        );
    }
}

#[tokio::test]
async fn d6_unset_is_null_and_not_false() {
    let api = FakeApi::new();
    let account = with(ci(json!({})), json!({ "automountServiceAccountToken": false }));
    api.on(&get(CI), 200, account.clone()).on(&patch(CI), 200, ci(json!({})));
    let input = SettingsInput { automount: String::new(), ..untouched(&account) };
    client(&api).edit_settings("demo", "ci", &input).await.unwrap();
    assert_eq!(
        api.body(&patch(CI)),
        json!({ "metadata": { "uid": "u1", "resourceVersion": "7" }, "automountServiceAccountToken": null })
    );
}

#[tokio::test]
async fn x1_what_somebody_else_set_meanwhile_stays_and_the_same_key_is_a_conflict() {
    let seen = ci(json!({ "note": "1" }));
    let mut now = with(ci(json!({ "note": "2" })), json!({ "automountServiceAccountToken": false }));
    now["metadata"]["resourceVersion"] = "9".into();
    let api = FakeApi::new();
    api.on(&get(CI), 200, now).on(&patch(CI), 200, ci(json!({})));
    let label = SettingsInput { labels: vec![pair("team", "a")], ..untouched(&seen) };
    client(&api).edit_settings("demo", "ci", &label).await.unwrap();
    assert_eq!(
        api.body(&patch(CI)),
        json!({ "metadata": { "uid": "u1", "resourceVersion": "9", "labels": { "team": "a" } } })
    );
    let same = SettingsInput { annotations: vec![pair("note", "3")], ..untouched(&seen) };
    assert_eq!(client(&api).edit_settings("demo", "ci", &same).await, Err(AppError::Conflict));
    let namesake = SettingsInput { uid: "u0".into(), ..label };
    assert_eq!(client(&api).edit_settings("demo", "ci", &namesake).await, Err(AppError::Replaced));
}

#[tokio::test]
async fn d1_no_key_that_a_tool_keeps_is_written() {
    let api = FakeApi::new();
    let account = ci(json!({}));
    api.on(&get(CI), 200, account.clone());
    for key in ["kubesphere.io/creator", "iam.kubesphere.io/role", "musterbook.dev/cluster-role", "creator"] {
        let input = SettingsInput { annotations: vec![pair(key, "mallory")], ..untouched(&account) };
        let refused = client(&api).edit_settings("demo", "ci", &input).await;
        assert_eq!(refused, Err(AppError::Invalid(vec![])), "{key}");
    }
    assert_eq!(api.routes(), [""; 0]);
}
