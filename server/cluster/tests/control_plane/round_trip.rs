//! Edit YAML changes what was edited and nothing else, whatever is in the account (SPEC X2): 200 accounts, each opened,
//! changed in one key, and saved through the editor's own calls.

use std::fmt::Write;

use futures::{StreamExt, stream};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::{
    Api,
    api::{Patch, PatchParams, PostParams},
    core::{ApiResource, DynamicObject},
};
use musterbook_cluster::ActorClient;
use musterbook_core::yaml::Verdict;
use serde_json::{Map, Value, json};

use crate::plane::{Plane, eventually, in_project, person};

const ACCOUNTS: usize = 200;
/// At once: as many as it takes to be quick.
const AT_ONCE: usize = 8;
/// The key that is changed, and its text before and after.
const KEY: &str = "round-trip.example/key";

/// Strings that some YAML reader somewhere takes for something else.
const STRINGS: [&str; 48] = [
    "",
    " ",
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
    "true",
    "False",
    "null",
    "~",
    "Null",
    "1",
    "010",
    "0x1f",
    "0o17",
    "1_000",
    "1e3",
    ".inf",
    "-.INF",
    ".nan",
    "2026-01-01",
    "12:30:45",
    "a: b",
    "a #b",
    "- a",
    "? a",
    "&anchor",
    "*alias",
    "!tag",
    "|",
    ">",
    "%directive",
    "@at",
    "`back",
    "{a: b}",
    "[a, b]",
    "---",
    "...",
    "<<",
    "=",
    "\"quoted\"",
    "'quoted'",
    "a\\b",
    "trailing ",
    " leading",
    "\ttab\t",
];
const UNICODE: [&str; 16] = [
    "预览环境",
    "日本語",
    "العربية",
    "עברית",
    "ไทย",
    "Ǘberlänge",
    "🦀👩‍👩‍👧‍👦🏳️‍🌈",
    "e\u{301}",
    "\u{feff}bom",
    "\u{200b}zero\u{200d}width",
    "\u{202e}right to left",
    "\u{2028}line\u{2029}paragraph",
    "\u{85}next line",
    "\u{a0}nbsp",
    "\u{1d54f}\u{10ffff}",
    "\u{7f}\u{80}control",
];
const LINES: [&str; 10] = [
    "one\ntwo\n",
    "one\r\ntwo\r\n",
    "\r",
    "\n\n",
    "kept\n\n\n",
    "  indented\nless\n",
    "tab\n\tline",
    "# no comment\n",
    "--- |\nkey: value\n...\n",
    "line \nwith space \n",
];

/// The account at this place of the corpus.
fn account(place: usize, owner: &Value) -> Value {
    let name = match place % 20 {
        0 => format!("{}-{place}", "long".repeat(60)),
        1 => format!("with.dots.{place}"),
        _ => format!("round-trip-{place}"),
    };
    let mut notes = Map::from_iter([(KEY.to_owned(), Value::from("before"))]);
    let mut note = |about: &str, text: &str| drop(notes.insert(format!("corpus.example/{about}"), text.into()));
    for (index, text) in STRINGS.iter().enumerate().skip(place % 7).step_by(3) {
        note(&format!("string-{index}"), text);
    }
    note("unicode", UNICODE[place % UNICODE.len()]);
    note("lines", LINES[place % LINES.len()]);
    match place % 10 {
        3 => note("json", &json!({ "a": ["&b", { "*c": null }], "unknownField": "kept" }).to_string()),
        4 => note("anchors", "base: &base {a: 1}\nuse:\n  <<: *base\n"),
        _ => {}
    }
    if place % 50 == 5 {
        // 200 KB, in one line and in many.
        note("large-line", &"x\u{9884}".repeat(25_000));
        note("large-lines", &"0123456789 abcdef: - # &\n".repeat(4_000));
    }
    if place % 10 == 2 {
        // Keys that are something else in YAML.
        notes.extend(["yes", "null", "1e3", "0x1f", "010", "12"].map(|key| (key.to_owned(), key.into())));
    }
    let mut metadata = json!({ "name": name, "annotations": notes });
    if place.is_multiple_of(2) {
        metadata["labels"] = json!({ "corpus.example/label": "Mixed_Case.9", "empty": "" });
    }
    if place.is_multiple_of(3) {
        metadata["ownerReferences"] = json!([owner]);
    }
    if place.is_multiple_of(5) {
        metadata["finalizers"] = json!(["corpus.example/one", "corpus.example/two"]);
    }
    let mut account = json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata });
    if place.is_multiple_of(4) {
        account["imagePullSecrets"] = json!([{ "name": "pull" }, { "name": "pull-2" }]);
        account["automountServiceAccountToken"] = (place.is_multiple_of(8)).into();
    }
    if place.is_multiple_of(6) {
        account["secrets"] = json!([{ "name": "token", "namespace": "elsewhere", "fieldPath": "a.b", "uid": "u" }]);
    }
    account
}

/// The account as the API server has it, every field of it. Its own bookkeeping apart.
async fn stored(api: &Api<DynamicObject>, name: &str) -> Value {
    let mut object = serde_json::to_value(api.get(name).await.unwrap()).unwrap();
    let metadata = object["metadata"].as_object_mut().unwrap();
    metadata.remove("resourceVersion");
    metadata.remove("managedFields");
    object
}

/// The ways in which people edit: in place, with comments, an anchor, other quotes.
fn edited(text: &str, place: usize) -> String {
    let before = format!("{KEY}: before\n");
    assert_eq!(text.matches(&before).count(), 1, "{text:.2000}");
    match place % 3 {
        0 => text.replace(&before, &format!("{KEY}: after\n")),
        1 => text.replace(&before, &format!("{KEY}: &mine \"after\" # why\n")),
        _ => format!("# edited\n{}", text.replace(&before, &format!("\"{KEY}\": 'after'\n"))),
    }
}

#[tokio::test]
async fn x2_two_hundred_accounts_change_in_the_key_that_was_edited_and_in_nothing_else() {
    in_project(async |plane| {
        let owner = plane.make_account("owner").await;
        let owner = json!({ "apiVersion": "v1", "kind": "ServiceAccount", "name": "owner", "uid": owner.metadata.uid });
        let objects = Api::<DynamicObject>::namespaced_with(
            plane.admin.clone(),
            &plane.project,
            &ApiResource::erase::<ServiceAccount>(&()),
        );
        let cluster = plane.cluster().await;
        let regular = person("project-regular");
        let (reads, writes) = (cluster.reads(&regular), cluster.acting_as(&regular));
        let outcomes = stream::iter(0..ACCOUNTS).map(|place| {
            let (objects, reads, writes, owner) = (&objects, &reads, &writes, &owner);
            async move {
                let made: DynamicObject = serde_json::from_value(account(place, owner)).unwrap();
                let name = made.metadata.name.clone().unwrap();
                objects.create(&PostParams::default(), &made).await.unwrap();
                let before = stored(objects, &name).await;

                let document = reads.yaml(&plane.project, &name).await.unwrap().value.document;
                let text = edited(&document.text, place);
                save(plane, writes, &name, &text, [&document.uid, &document.resource_version]).await;

                let mut expected = before;
                expected["metadata"]["annotations"][KEY] = "after".into();
                let after = stored(objects, &name).await;
                let mut wrong = String::new();
                if after != expected {
                    write!(wrong, "{place} {name}:\n{expected:.3000}\n{after:.3000}").unwrap();
                }
                wrong
            }
        });
        let wrong: Vec<_> =
            outcomes.buffer_unordered(AT_ONCE).filter(|wrong| std::future::ready(!wrong.is_empty())).collect().await;
        assert!(wrong.is_empty(), "{} of {ACCOUNTS} accounts:\n{}", wrong.len(), wrong.join("\n"));
        let none = json!({ "metadata": { "finalizers": null } });
        for place in (0..ACCOUNTS).step_by(5) {
            let account = account(place, &owner);
            let name = account["metadata"]["name"].as_str().unwrap();
            objects.patch(name, &PatchParams::default(), &Patch::Merge(&none)).await.unwrap();
        }
    })
    .await;
}

async fn save(plane: &Plane, writes: &ActorClient, name: &str, text: &str, [uid, version]: [&str; 2]) {
    writes.save_yaml(&plane.project, name, text, uid, version).await.unwrap();
}

#[tokio::test]
async fn x2_the_api_servers_findings_are_at_their_lines() {
    in_project(async |plane| {
        plane.make_account("ci").await;
        let cluster = plane.cluster().await;
        let regular = person("project-regular");
        let (reads, writes) = (cluster.reads(&regular), cluster.acting_as(&regular));
        let document = reads.yaml(&plane.project, "ci").await.unwrap().value.document;
        let check = async |text: &str| {
            let (uid, version) = (&document.uid, &document.resource_version);
            let verdict = writes.check_yaml(&plane.project, "ci", text, uid, version).await.unwrap();
            let lines: Vec<_> = text.lines().collect();
            let problems = verdict.problems().iter().map(|problem| {
                let line = problem.line.map(|line| lines[line as usize - 1].trim().to_owned());
                (line.unwrap_or_default(), problem.message.clone())
            });
            (matches!(verdict, Verdict::Good { .. }), problems.collect::<Vec<_>>())
        };
        // Unknown fields are left out by the API server: said, and no hindrance.
        let unknown = document.text.replace("metadata:\n", "spec: {}\nmetadata:\n  color: red\n");
        let (good, mut warnings) = check(&unknown).await;
        warnings.sort();
        assert!(good);
        assert_eq!(
            warnings,
            [
                ("color: red".to_owned(), "unknown field \"metadata.color\"".to_owned()),
                ("spec: {}".into(), "unknown field \"spec\"".into()),
            ]
        );
        let labels = document.text.replace("metadata:\n", "metadata:\n  labels:\n    a: b c\n");
        let (good, problems) = check(&labels).await;
        assert!(!good && problems[0].0 == "labels:" && problems[0].1.contains("b c"), "{problems:?}");
        let number = document.text.replace("metadata:\n", "metadata:\n  annotations:\n    a: 1\n");
        let (good, problems) = check(&number).await;
        assert!(!good && problems[0].0 == "annotations:", "{problems:?}");
        let owner = "metadata:\n  ownerReferences:\n  - kind: Pod\n    name: p\n    uid: u\n";
        let (good, problems) = check(&document.text.replace("metadata:\n", owner)).await;
        assert!(!good && problems[0].0 == "- kind: Pod", "{problems:?}");
    })
    .await;
}

#[tokio::test]
async fn x2_fields_and_their_texts_come_from_the_api_server() {
    in_project(async |plane| {
        let cluster = plane.cluster().await;
        let reads = cluster.reads(&person("project-viewer"));
        eventually("the identity may read the schema", async || reads.fields().await.is_ok()).await;
        let fields = reads.fields().await.unwrap();
        let find = |fields: &[musterbook_core::fields::Field], name: &str| {
            fields.iter().find(|field| field.name == name).cloned().unwrap_or_else(|| panic!("no {name}"))
        };
        let automount = find(&fields, "automountServiceAccountToken");
        assert!(automount.kind == "boolean" && automount.about.contains("pods"), "{automount:?}");
        let owners = find(&find(&fields, "metadata").fields, "ownerReferences");
        assert_eq!(owners.kind, "[]OwnerReference");
        assert!(find(&owners.fields, "uid").required);
    })
    .await;
}
