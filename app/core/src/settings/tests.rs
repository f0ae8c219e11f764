use super::*;

fn pair(key: &str, value: &str) -> Pair {
    Pair { key: key.into(), value: value.into(), keep: false }
}

fn settings(object: Value) -> Settings {
    serde_json::from_value(object).unwrap()
}

fn input(seen: &Settings) -> SettingsInput {
    SettingsInput { seen: json!(seen).to_string(), ..Default::default() }
}

fn patch(seen: &Settings, input: &SettingsInput) -> Value {
    seen.patch(&input.wanted(seen).unwrap()).into()
}

#[test]
fn d6_what_was_not_changed_is_not_in_the_patch() {
    for object in [
        json!({}),
        json!({ "automountServiceAccountToken": false, "imagePullSecrets": [{ "name": "b" }, { "name": "Not_A_Name" }, {}] }),
        json!({ "metadata": { "labels": { "a": "" }, "annotations": { "b": "x\ny", "c": "x\r\ny\rz\n" } }, "automountServiceAccountToken": true }),
    ] {
        let seen = settings(object);
        let input = SettingsInput {
            labels: seen.metadata.labels.iter().map(|(key, value)| pair(key, value)).collect(),
            annotations: seen
                .metadata
                .annotations
                .iter()
                // As a form sends its lines, whatever ended them before.
                .map(|(key, value)| pair(key, &value.replace("\r\n", "\n").replace(['\r', '\n'], "\r\n")))
                .collect(),
            automount: seen.automount_service_account_token.map(|on| on.to_string()).unwrap_or_default(),
            // As boxes in another order than the cluster has them.
            pull_secrets: seen.image_pull_secrets.iter().rev().map(|secret| secret.name.clone()).collect(),
            ..input(&seen)
        };
        assert_eq!(input.seen(), seen);
        assert_eq!(patch(&seen, &input), json!({}));
    }
}

#[test]
fn d6_only_what_was_changed_is_in_the_patch_and_null_unsets() {
    let seen = settings(json!({
        "metadata": { "labels": { "a": "1", "b": "2" } }, "automountServiceAccountToken": false, "imagePullSecrets": [{ "name": "a" }],
    }));
    let labels = vec![pair("a", "1"), pair("", ""), pair("c", "3")];
    let all = SettingsInput { labels, ..input(&seen) };
    assert_eq!(
        patch(&seen, &all),
        json!({ "metadata": { "labels": { "b": null, "c": "3" } }, "automountServiceAccountToken": null, "imagePullSecrets": null })
    );
    let labels = vec![pair("a", "1"), pair("b", "2")];
    let more = SettingsInput {
        labels,
        automount: "false".into(),
        pull_secrets: vec!["a".into()],
        more_pull_secrets: "a, b".into(),
        ..input(&seen)
    };
    assert_eq!(patch(&seen, &more), json!({ "imagePullSecrets": [{ "name": "a" }, { "name": "b" }] }));
}

#[test]
fn d6_keys_are_checked_as_kubernetes_does() {
    use PairProblem::{Kept, Key, NoKey, Value};
    let long = "x".repeat(63);
    let longer = "x".repeat(64);
    for (key, value, label, annotation) in [
        ("team", "a", Ok(()), Ok(())),
        ("a.example/Team_1.x", "", Ok(()), Ok(())),
        (long.as_str(), long.as_str(), Ok(()), Ok(())),
        (longer.as_str(), "", Err(Key), Err(Key)),
        ("team", longer.as_str(), Err(Value), Ok(())),
        ("team", "two words", Err(Value), Ok(())),
        ("A.Example/team", "", Err(Key), Ok(())),
        ("-team", "", Err(Key), Err(Key)),
        ("a/b/c", "", Err(Key), Err(Key)),
        ("/a", "", Err(Key), Err(Key)),
        ("a.example/", "", Err(Key), Err(Key)),
        ("a..b/c", "", Err(Key), Err(Key)),
        ("ü", "", Err(Key), Err(Key)),
        ("", "a", Err(NoKey), Err(NoKey)),
        ("", "", Ok(()), Ok(())),
        ("kubesphere.io/alias-name", "", Err(Kept), Err(Kept)),
        ("iam.kubesphere.io/role", "", Err(Kept), Err(Kept)),
        ("notkubesphere.io/role", "", Ok(()), Ok(())),
        ("kubectl.kubernetes.io/last-applied-configuration", "", Err(Kept), Err(Kept)),
    ] {
        assert_eq!(check_pair(Kind::Label, key, value), label, "label {key}={value}");
        assert_eq!(check_pair(Kind::Annotation, key, value), annotation, "annotation {key}={value}");
    }
    let twice = [pair("a", "1"), pair(" a ", "2"), pair("", ""), pair("", "")];
    assert_eq!(problems(Kind::Label, &twice), [None, Some(PairProblem::Twice), None, None]);
}

#[test]
fn d6_annotations_have_a_limit_in_all() {
    let seen = Settings::default();
    let of = |bytes| SettingsInput { annotations: vec![pair("a", &"x".repeat(bytes))], ..input(&seen) };
    assert!(of(ANNOTATIONS_MAX - 1).wanted(&seen).is_some());
    assert!(of(ANNOTATIONS_MAX).wanted(&seen).is_none());
    let name = SettingsInput { more_pull_secrets: "Not_a_name".into(), ..input(&seen) };
    assert!(name.wanted(&seen).is_none());
}

#[test]
fn d1_the_keys_that_tools_keep_are_set_apart() {
    let all = settings(json!({ "metadata": {
        "labels": { "team": "a", "kubefed.io/managed": "true" },
        "annotations": { "desc": "x", "kubesphere.io/creator": "jane", "note": "y" },
    } }));
    let (settings, kept) = all.parted();
    assert_eq!(json!(settings.metadata), json!({ "labels": { "team": "a" }, "annotations": { "note": "y" } }));
    assert_eq!(
        json!(kept),
        json!({ "labels": { "kubefed.io/managed": "true" }, "annotations": { "desc": "x", "kubesphere.io/creator": "jane" } })
    );
}

#[test]
fn x1_changes_of_two_people_are_both_kept_and_what_both_changed_is_told() {
    let seen =
        settings(json!({ "metadata": { "labels": { "a": "1", "b": "1" } }, "imagePullSecrets": [{ "name": "old" }] }));
    let mine = settings(
        json!({ "metadata": { "labels": { "a": "2", "b": "1", "c": "mine" } }, "imagePullSecrets": [{ "name": "old" }, { "name": "mine" }] }),
    );
    let theirs = settings(json!({
        "metadata": { "labels": { "a": "1", "c": "theirs" }, "annotations": { "n": "x" } },
        "automountServiceAccountToken": false, "imagePullSecrets": [{ "name": "theirs" }],
    }));
    let (merged, conflicts) = mine.merged(&seen, &theirs);
    assert_eq!(
        json!(merged),
        json!({
            "metadata": { "labels": { "a": "2", "c": "mine" }, "annotations": { "n": "x" } },
            "automountServiceAccountToken": false, "imagePullSecrets": [{ "name": "mine" }, { "name": "theirs" }],
        })
    );
    let paths: Vec<_> = conflicts.iter().map(|conflict| conflict.path.as_str()).collect();
    assert_eq!(paths, ["metadata.labels.c"]);
}

#[test]
fn d1_the_older_keys_are_annotations_and_as_labels_anybody_s() {
    for key in ["displayName", "desc", "creator"] {
        assert_eq!(check_pair(Kind::Annotation, key, "x"), Err(PairProblem::Kept), "{key}");
        assert_eq!(check_pair(Kind::Label, key, "x"), Ok(()), "{key}");
    }
    let labels = json!({ "metadata": { "labels": { "creator": "ann" }, "annotations": { "creator": "ann" } } });
    let (settings, marks) = serde_json::from_value::<Settings>(labels).unwrap().parted();
    assert_eq!((settings.metadata.labels.len(), settings.metadata.annotations.len()), (1, 0));
    assert_eq!((marks.labels.len(), marks.annotations.len()), (0, 1));
}
