//! Several new accounts (SPEC C5): the plan writes nothing, each row is one act, and nothing that is there is touched.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use musterbook_cluster::testing::{FakeApi, Reply};
use musterbook_core::{
    AppError,
    draft::Difference,
    form::{CreateInput, Field, FieldError, Problem},
    many::{MOST, Outcome, Planned, Row, RowProblem},
    rules::RulesText,
};
use serde_json::{Value, json};
use support::*;

fn account(name: &str, annotations: Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": { "name": name, "namespace": "demo", "annotations": annotations },
    })
}

fn row(object: &Value) -> Row {
    Row {
        line: 1,
        name: object["metadata"]["name"].as_str().unwrap().into(),
        role: String::new(),
        object: object.to_string(),
    }
}

fn viewer(name: &str) -> Value {
    account(name, json!({ "iam.kubesphere.io/role": "viewer" }))
}

/// Where no account has the name at first.
fn empty() -> FakeApi {
    let api = FakeApi::new();
    api.refuse(&get(CI), 404, "NotFound", "serviceaccounts \"ci\" not found");
    willing(api)
}

fn willing(api: FakeApi) -> FakeApi {
    api.on(&try_post(BINDINGS), 201, json!({}))
        .on(&try_post(ACCOUNTS), 201, json!({}))
        .on(&post(ACCOUNTS), 201, ci(json!({})))
        .on(&post(BINDINGS), 201, managed("made", "viewer"))
        // What is there then.
        .on(&get(CI), 200, ci(json!({ "iam.kubesphere.io/role": "viewer" })))
        .on(&get(&format!("{BINDINGS}/made")), 200, managed("made", "viewer"));
    api
}

/// One act, and what is looked at after it: whether somebody gave another role meanwhile.
fn act() -> Vec<String> {
    vec![try_post(BINDINGS), post(ACCOUNTS), post(BINDINGS), get(CI), get(&format!("{BINDINGS}/made"))]
}

fn fates(rows: Vec<Planned>) -> Vec<(String, Result<Outcome, RowProblem>)> {
    rows.into_iter().map(|planned| (planned.row.name, planned.fate)).collect()
}

#[tokio::test]
async fn c5_a_plan_writes_nothing_and_tries_each_role_once() {
    let api = empty();
    let text = "name,role\nci,viewer\ncd,viewer\nce,viewer\nBAD,\n";
    let plan = client(&api).plan_creations("demo", text).await.unwrap();
    let wrong = RowProblem::Fields(vec![FieldError { field: Field::Name, problem: Problem::NotAName }]);
    let fates = fates(plan.rows);
    assert_eq!(fates.iter().filter(|(_, fate)| matches!(fate, Ok(Outcome::Created))).count(), 3, "{fates:?}");
    assert_eq!(fates[0], ("BAD".into(), Err(wrong)));
    let routes = api.routes();
    assert!(routes.iter().all(|route| route.starts_with("GET ") || route.ends_with("?dryRun=All")), "{routes:?}");
    assert_eq!(routes.iter().filter(|route| **route == try_post(BINDINGS)).count(), 1, "{routes:?}");
    let tried = api.calls().into_iter().find(|asked| asked.route == try_post(ACCOUNTS)).unwrap();
    assert_eq!(tried.body["metadata"]["annotations"]["kubesphere.io/creator"], "jane");
}

#[tokio::test]
async fn c5_a_plan_says_what_the_api_server_says() {
    let api = FakeApi::new();
    api.refuse(&try_post(BINDINGS), 403, "Forbidden", BEYOND).on(&try_post(ACCOUNTS), 201, json!({}));
    let plan = client(&api).plan_creations("demo", "name,role\nci,admin\ncd,\n").await.unwrap();
    let beyond = AppError::RoleBeyond {
        role: "Role/admin".into(),
        missing: vec!["* on pods, secrets".into()],
        to_hold: RulesText::default(),
    };
    assert_eq!(fates(plan.rows), [("ci".into(), Ok(Outcome::Refused(beyond))), ("cd".into(), Ok(Outcome::Created))]);
}

#[tokio::test]
async fn c5_more_rows_than_there_may_be_are_not_looked_at() {
    let api = FakeApi::new();
    let text: String = std::iter::once("name\n".to_owned()).chain((0..=MOST).map(|n| format!("a{n}\n"))).collect();
    let plan = client(&api).plan_creations("demo", &text).await.unwrap();
    assert_eq!((plan.too_many, plan.rows), (Some(MOST + 1), vec![]));
    assert_eq!(client(&api).create_in_turn("demo", &text).await, Err(AppError::TooLarge));
    assert_eq!(api.routes(), Vec::<String>::new());
}

#[tokio::test]
async fn c5_a_row_is_one_act_like_any_other() {
    let api = empty();
    assert_eq!(client(&api).create_row("demo", &row(&viewer("ci"))).await, Outcome::Created);
    assert_eq!(api.routes(), [vec![get(CI)], act()].concat());
}

#[tokio::test]
async fn c5_running_it_again_changes_nothing() {
    let api = FakeApi::new();
    let notes = json!({ "iam.kubesphere.io/role": "viewer", "kubesphere.io/creator": "somebody" });
    api.on(&get(CI), 200, ci(notes)).list(&get(BINDINGS), json!([managed("made", "viewer")]));
    assert_eq!(client(&api).create_row("demo", &row(&viewer("ci"))).await, Outcome::Unchanged);
    assert_eq!(api.routes(), [get(CI), get(BINDINGS)]);
}

#[tokio::test]
async fn c5_another_account_of_the_name_is_told_and_never_written_to() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({ "iam.kubesphere.io/role": "viewer", "kubesphere.io/alias-name": "Old" })));
    api.list(&get(BINDINGS), json!([]));
    let outcome = client(&api).create_row("demo", &row(&viewer("ci"))).await;
    // The wish is the same, but it was never bound.
    assert_eq!(outcome, Outcome::Differs(vec![Difference::Alias, Difference::Role]));
    assert!(api.routes().iter().all(|route| route.starts_with("GET ")));
}

#[tokio::test]
async fn c5_bindings_that_may_not_be_read_are_not_none() {
    let api = FakeApi::new();
    api.on(&get(CI), 200, ci(json!({})));
    api.deny(&get(BINDINGS));
    let outcome = client(&api).create_row("demo", &row(&account("ci", json!({})))).await;
    assert!(matches!(&outcome, Outcome::Refused(AppError::Denied(denial)) if denial.verb == "list"), "{outcome:?}");
}

#[tokio::test]
async fn c5_a_name_that_may_not_be_looked_at_is_not_free() {
    let api = FakeApi::new();
    api.deny(&get(CI));
    api.refuse(&post(ACCOUNTS), 409, "AlreadyExists", "serviceaccounts \"ci\" already exists");
    let outcome = client(&api).create_row("demo", &row(&account("ci", json!({})))).await;
    let taken = AppError::Invalid(vec![FieldError { field: Field::Name, problem: Problem::Taken }]);
    assert_eq!(outcome, Outcome::Refused(taken));
}

#[tokio::test]
async fn c5_a_row_that_was_tampered_with_asks_nobody() {
    let api = empty();
    let mut elsewhere = account("ci", json!({}));
    elsewhere["metadata"]["namespace"] = "kube-system".into();
    for object in [elsewhere, account("../x", json!({})), json!({ "kind": "Secret" })] {
        let row = Row { object: object.to_string(), ..row(&viewer("ci")) };
        assert!(matches!(client(&api).create_row("demo", &row).await, Outcome::Refused(AppError::Invalid(_))));
    }
    assert!(matches!(client(&api).create_row("../x", &row(&viewer("ci"))).await, Outcome::Refused(AppError::NotFound)));
    assert_eq!(api.routes(), Vec::<String>::new());
}

#[tokio::test]
async fn d1_no_row_and_no_text_says_who_makes_it() {
    let forged = json!({ "kubesphere.io/creator": "root", "creator": "root", "kubesphere.io/alias-name": "" });
    let made = json!({ "kubesphere.io/creator": "jane" });
    let api = empty();
    assert_eq!(client(&api).create_row("demo", &row(&account("ci", forged.clone()))).await, Outcome::Created);
    assert_eq!(api.body(&post(ACCOUNTS))["metadata"]["annotations"], made);
    let api = empty();
    let report = client(&api).create_in_turn("demo", &account("ci", forged).to_string()).await.unwrap();
    assert_eq!(report.done[0].1, Outcome::Created);
    assert_eq!(api.body(&post(ACCOUNTS))["metadata"]["annotations"], made);
}

#[tokio::test]
async fn c5_without_scripts_each_row_has_its_result() {
    let api = empty();
    let report = client(&api).create_in_turn("demo", "name\nci\nBAD\ncd\n").await.unwrap();
    let done: Vec<_> = report.done.into_iter().map(|(row, outcome)| (row.name, outcome)).collect();
    assert_eq!(done, [("ci".into(), Outcome::Created), ("cd".into(), Outcome::Created)]);
    assert_eq!(report.rest, []);
}

#[tokio::test]
async fn c1_yaml_brings_along_what_the_form_can_not_show() {
    let api = willing(FakeApi::new());
    let text = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ci\n  uid: x\n  labels: {team: a}\n  annotations: {iam.kubesphere.io/role: viewer, kubesphere.io/creator: root}\nfutureField: [1]\n";
    assert_eq!(client(&api).create_from_yaml("demo", text).await, Ok("ci".into()));
    assert_eq!(api.routes(), act());
    let expected = json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": {
            "name": "ci", "namespace": "demo", "labels": { "team": "a" },
            "annotations": { "iam.kubesphere.io/role": "viewer", "kubesphere.io/creator": "jane" },
        },
        "futureField": [1],
    });
    assert_eq!(api.body(&post(ACCOUNTS)), expected);

    let input = CreateInput { name: "ci".into(), alias: "CI".into(), ..Default::default() };
    let api = willing(FakeApi::new());
    client(&api).create_account_with("demo", &input, text).await.unwrap();
    let body = api.body(&post(ACCOUNTS));
    assert_eq!((&body["futureField"], &body["metadata"]["labels"]["team"]), (&json!([1]), &json!("a")));
    assert_eq!(
        body["metadata"]["annotations"],
        json!({ "kubesphere.io/alias-name": "CI", "kubesphere.io/creator": "jane" })
    );
}

#[tokio::test]
async fn c1_yaml_of_another_project_or_kind_asks_nobody() {
    let api = empty();
    for text in [
        "apiVersion: v1\nkind: Secret\nmetadata: {name: ci}\n",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ci, namespace: x}\n",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: Not_A_Name}\n",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ci, annotations: {kubesphere.io/alias-name: \"a\\tb\"}}\n",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ci}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\n",
        "apiVersion: v1\nkind: List\nitems: []\n",
        "{",
        "",
    ] {
        let error = client(&api).create_from_yaml("demo", text).await.unwrap_err();
        assert!(matches!(error, AppError::Invalid(_) | AppError::Yaml { .. }), "{text}: {error:?}");
    }
    assert_eq!(api.routes(), Vec::<String>::new());
}

/// Texts that are nearly YAML and nearly tables, the same ones in every run: they are planned, whatever they are.
#[tokio::test]
async fn z7_no_text_makes_a_plan_fail() {
    use rand::{Rng, SeedableRng};
    const PARTS: [&str; 34] = [
        "apiVersion: v1\n",
        "kind: ServiceAccount\n",
        "metadata:\n",
        "  name: ci\n",
        "  name: ",
        "  labels: ",
        "---\n",
        "...\n",
        "- ",
        "? ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        "&a ",
        "*a ",
        "!!int ",
        "|\n",
        ">-\n",
        "\"",
        "'",
        "#",
        "%YAML 1.2\n",
        "\t",
        "\r\n",
        "\0",
        "\u{feff}",
        "预",
        "name,role\n",
        ",",
        "Role/viewer",
        "<<: *a\n",
        "1e999",
    ];
    let api = FakeApi::new();
    api.reply(&try_post(BINDINGS), Reply::Json(201, json!({}))).on(&try_post(ACCOUNTS), 201, json!({}));
    let client = client(&api);
    let mut random = rand::rngs::StdRng::seed_from_u64(5);
    for _ in 0..1_500 {
        let length = random.random_range(0..16);
        let text: String = (0..length).map(|_| PARTS[random.random_range(0..PARTS.len())]).collect();
        let plan = client.plan_creations("demo", &text).await;
        assert!(plan.is_ok(), "{text:?}: {plan:?}");
        let draft = musterbook_cluster::draft::as_form("demo", &text);
        assert!(matches!(draft, Ok(_) | Err(AppError::Yaml { .. } | AppError::Invalid(_))), "{text:?}: {draft:?}");
        let input = CreateInput { name: "ci".into(), alias: "A".into(), ..Default::default() };
        if let Ok(yaml) = musterbook_cluster::draft::as_yaml("demo", &input, &text) {
            let again = musterbook_cluster::draft::as_form("demo", &yaml.text);
            assert!(again.is_ok_and(|again| again.input == input), "{text:?}: {}", yaml.text);
        }
    }
}
