//! One suite for whatever answers pages (SPEC P2): it never says more than the API server would to that person.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use k8s_openapi::api::{
    core::v1::{Pod, Secret, ServiceAccount},
    rbac::v1::{Role, RoleBinding},
};
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use musterbook_cluster::{Actor, Cluster, Reads};
use musterbook_core::{
    AppError,
    account::AccountId,
    answer::{Part, Why},
    credential::{CredentialSummary, Risk},
    form::CreateInput,
    list::{ListQuery, Scope},
    role::{Grant, RoleState},
};
use serde_json::{Value, json};

use crate::plane::{Plane, eventually, in_project, person, variable, within};

/// May list accounts of the project, and nothing else.
const LISTER: &str = "lister";

/// How pages get their answers: as calls of the actor, or through the caches.
type Source<'a> = &'a dyn Fn(&Actor) -> Arc<dyn Reads>;

#[tokio::test]
async fn p2_calls_as_the_actor_conform() {
    in_project(async |plane| conforms(plane, &plane.cluster_with(false).await).await).await;
}

#[tokio::test]
async fn p2_the_caches_conform() {
    in_project(async |plane| {
        let cluster = plane.cluster_with(true).await;
        eventually("the caches are filled", async || cluster.ready().await.is_ok()).await;
        assert!(cluster.reads(&person("project-viewer")).changes(&plane.scope()).is_some());
        conforms(plane, &cluster).await;
    })
    .await;
}

async fn conforms(plane: &Plane, cluster: &Cluster) {
    seed(plane).await;
    let source: Source<'_> = &|actor| cluster.reads(actor);
    eventually("what was just made is seen", async || {
        let rows = plane.rows(&*source(&person("project-admin"))).await.unwrap().value;
        rows.iter().any(|row| row.account.name == "bot" && row.pods == Some(1) && !row.account.role.bindings.is_empty())
    })
    .await;
    an_operator_sees_the_project(plane, source).await;
    a_viewer_sees_no_secrets(plane, source).await;
    who_may_list_accounts_alone_is_told_what_is_missing(plane, source).await;
    an_outsider_sees_nothing(plane, source).await;
    a_change_is_in_the_list_that_comes_next(plane, cluster).await;
    what_is_withdrawn_is_gone(plane, source).await;
    nothing_was_asked_as_musterbook(plane).await;
}

/// The account `bot`, bound to viewer as KubeSphere does it, with a token Secret.
async fn seed(plane: &Plane) {
    plane.make_account("bot").await;
    let binding: RoleBinding = parsed(json!({
        "metadata": { "name": "bot-viewer-x", "labels": { "iam.kubesphere.io/serviceaccount-ref": "bot" } },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "viewer" },
        "subjects": [{ "kind": "ServiceAccount", "name": "bot", "namespace": plane.project }],
    }));
    plane.api::<RoleBinding>().create(&PostParams::default(), &binding).await.unwrap();
    let secret: Secret = parsed(json!({
        "metadata": { "name": "bot-token", "annotations": { "kubernetes.io/service-account.name": "bot" } },
        "type": "kubernetes.io/service-account-token",
    }));
    plane.api::<Secret>().create(&PostParams::default(), &secret).await.unwrap();
    for (name, account, phase) in [("runs", "bot", "Running"), ("has-ended", "bot", "Succeeded")] {
        let pod: Pod = parsed(json!({
            "metadata": { "name": name },
            "spec": { "serviceAccountName": account, "containers": [{ "name": "c", "image": "example.com/c" }] },
        }));
        plane.api::<Pod>().create(&PostParams::default(), &pod).await.unwrap();
        let status = json!({ "status": { "phase": phase } });
        plane.api::<Pod>().patch_status(name, &PatchParams::default(), &Patch::Merge(&status)).await.unwrap();
    }
    let handle: Secret = parsed(json!({
        "metadata": {
            "name": "bot-handle",
            "labels": { "musterbook.dev/serviceaccount-uid": plane.api::<ServiceAccount>().get("bot").await.unwrap().metadata.uid },
            "annotations": { "musterbook.dev/expires": "2999-01-01T00:00:00Z" },
        },
        "type": "musterbook.dev/credential",
    }));
    plane.api::<Secret>().create(&PostParams::default(), &handle).await.unwrap();
    eventually("the token Secret is filled", async || {
        plane.api::<Secret>().get("bot-token").await.unwrap().data.is_some_and(|data| data.contains_key("token"))
    })
    .await;
}

async fn an_operator_sees_the_project(plane: &Plane, source: Source<'_>) {
    let (reads, project) = (source(&person("project-regular")), plane.project.as_str());
    let page = reads.list(&plane.scope(), &ListQuery::default()).await.unwrap();
    assert_eq!(page.missing, []);
    let page = page.value;
    assert_eq!((page.total, page.matching, page.roles.as_slice()), (2, 2, ["Role/viewer".to_owned()].as_slice()));
    assert_eq!(page.project.as_ref().map(|project| project.workspace.as_str()), Some("test"));
    assert_eq!(page.rights_in(project).create, Some(true));
    let row = page.rows.iter().find(|row| row.account.name == "bot").unwrap();
    assert_eq!(row.pods, Some(1), "a pod that has ended does not count");
    let bot = &row.account;
    assert_eq!((bot.role.state, bot.role.bindings[0].managed), (RoleState::NotAnnotated, true));
    assert_eq!(&reads.account(project, "bot").await.unwrap().value, bot);
    assert_eq!(reads.account(project, "nobody").await, Err(AppError::NotFound));

    let elsewhere = Scope::Project { workspace: "another".into(), project: project.into() };
    assert_eq!(reads.list(&elsewhere, &ListQuery::default()).await, Err(AppError::NotFound));
    let searched = ListQuery { search: "BOT".into(), ..ListQuery::default() };
    assert_eq!(reads.all(&plane.scope(), &searched).await.unwrap().value.iter().collect::<Vec<_>>(), [row]);
    let ids = [AccountId { name: "bot".into(), uid: bot.uid.clone() }, AccountId { name: "x".into(), uid: "x".into() }];
    let summaries = reads.credentials(project, &ids).await.unwrap();
    assert_eq!(summaries.missing, []);
    assert_eq!((summaries.value[0].count, summaries.value[0].risk), (2, Some(Risk::NeverExpires)));
    assert_eq!(summaries.value[0].expires.map(|at| at.rfc3339()).as_deref(), Some("2999-01-01T00:00:00Z"));
    assert_eq!(summaries.value[1], CredentialSummary::default());

    let rights = reads.rights(project).await.unwrap().value;
    assert_eq!((rights.create, rights.bind, rights.issue_token), (Some(true), Some(true), Some(true)));
    let secrets = reads.token_secrets(project, "bot").await.unwrap().value;
    assert_eq!(secrets[0].name, "bot-token");
    assert!(secrets[0].keys.iter().any(|key| key.key == "token" && key.bytes > 100), "{secrets:?}");
    let impact = reads.impact(project, "bot").await.unwrap().value;
    assert_eq!(impact.token_secrets, ["bot-token"]);
    assert_eq!(impact.bindings.len(), 1, "it has no owner, so it would stay");
    let yaml = reads.yaml(project, "bot").await.unwrap().value.document;
    assert!(yaml.text.contains("kind: ServiceAccount") && !yaml.text.contains("managedFields"), "{}", yaml.text);

    let found = reads.project(project).await.unwrap().value;
    assert_eq!(found.workspace, "test");
    let projects = reads.projects(project).await.unwrap();
    match reads.changes(&plane.scope()) {
        Some(_) => assert_eq!((projects.value, projects.missing), (vec![found], vec![])),
        // Without caches they can't be found, which is said.
        None => assert_eq!(projects.lacks(Part::Namespace), Some(&Why::NoCache)),
    }

    let everywhere = reads.list(&Scope::Cluster, &ListQuery::default()).await;
    match reads.changes(&plane.scope()) {
        Some(_) => {
            let page = everywhere.unwrap().value;
            assert!(page.rows.iter().any(|found| found == row), "{page:?}");
            assert_eq!(page.workspace_of(&Scope::Cluster, project), "test");
        }
        None => assert_eq!(everywhere, Err(AppError::NotFound)),
    }

    let options = reads.role_options(project).await.unwrap();
    assert!(matches!(options.lacks(Part::ClusterRoles), Some(Why::Denied(_))));
    let grant = |name: &str| {
        options.value.options.iter().find(|option| option.role.to_string() == name).map(|option| option.grant.clone())
    };
    assert_eq!(grant("Role/viewer"), Some(Grant::Can));
    assert_eq!(grant("Role/operator"), Some(Grant::Can));
    assert_eq!(grant("ClusterRole/view"), Some(Grant::Can));
    let Some(Grant::Cannot { missing, .. }) = grant("Role/admin") else { panic!("{options:?}") };
    assert_eq!(missing, ["* on * in *"]);
}

async fn a_viewer_sees_no_secrets(plane: &Plane, source: Source<'_>) {
    let (reads, project) = (source(&person("project-viewer")), plane.project.as_str());
    assert_eq!(plane.rows(&*reads).await.unwrap().missing, []);
    let bot = AccountId { name: "bot".into(), uid: String::new() };
    let summaries = reads.credentials(project, &[bot]).await.unwrap();
    assert!(matches!(summaries.lacks(Part::TokenSecrets), Some(Why::Denied(_))), "{summaries:?}");
    let secrets = reads.token_secrets(project, "bot").await.unwrap();
    assert_eq!(secrets.value, []);
    assert!(matches!(secrets.lacks(Part::TokenSecrets), Some(Why::Denied(_))));
    let rights = reads.rights(project).await.unwrap().value;
    assert_eq!((rights.create, rights.delete, rights.read_secrets), (Some(false), Some(false), Some(false)));
    let options = reads.role_options(project).await.unwrap().value.options;
    assert!(
        options.iter().all(|option| option.grant == Grant::Cannot { missing: vec![], to_hold: vec![] }),
        "{options:?}"
    );
}

/// Bindings, roles and pods are other rights than accounts.
async fn who_may_list_accounts_alone_is_told_what_is_missing(plane: &Plane, source: Source<'_>) {
    let role: Role = parsed(json!({
        "metadata": { "name": "lister" },
        "rules": [{ "apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["list", "get"] }],
    }));
    plane.api::<Role>().create(&PostParams::default(), &role).await.unwrap();
    let binding: RoleBinding = parsed(json!({
        "metadata": { "name": "lister" },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "lister" },
        "subjects": [{ "kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": LISTER }],
    }));
    plane.api::<RoleBinding>().create(&PostParams::default(), &binding).await.unwrap();
    let reads = source(&person(LISTER));
    // The namespace itself may not be read: its workspace isn't known.
    let scope = Scope::Project { workspace: "-".into(), project: plane.project.clone() };
    // Asked by others: a no would be kept for longer than is waited here.
    let may = async || plane.cluster().await.reads(&person(LISTER)).may_list(&scope).await.is_ok();
    eventually("the right has arrived", may).await;
    let page = reads.list(&scope, &ListQuery::default()).await.unwrap();
    for part in [Part::Namespace, Part::Bindings, Part::Roles, Part::Pods] {
        assert!(matches!(page.lacks(part), Some(Why::Denied(_))), "{part:?}: {:?}", page.missing);
    }
    let bot = page.value.rows.iter().find(|row| row.account.name == "bot").unwrap();
    assert_eq!((bot.pods, bot.account.role.state), (None, RoleState::Unknown));
    assert_eq!((bot.account.role.bindings.len(), page.value.roles.len()), (0, 0));
    if reads.changes(&scope).is_some() {
        let page = reads.list(&Scope::Cluster, &ListQuery::default()).await.unwrap().value;
        assert!(!page.rows.is_empty(), "{page:?}");
        assert_eq!(page.workspace_of(&Scope::Cluster, &plane.project), "-");
    }
    let bound = ListQuery { state: Some(RoleState::NotAnnotated), ..ListQuery::default() };
    assert_eq!(reads.all(&scope, &bound).await.unwrap().value, [], "a filter tells nothing either");
    plane.api::<RoleBinding>().delete("lister", &DeleteParams::background()).await.unwrap();
}

async fn an_outsider_sees_nothing(plane: &Plane, source: Source<'_>) {
    let reads = source(&person("outsider"));
    for (workspace, project) in [("test", plane.project.as_str()), ("-", "kube-system"), ("-", "not-there-at-all")] {
        let scope = Scope::Project { workspace: workspace.into(), project: project.into() };
        assert_eq!(reads.list(&scope, &ListQuery::default()).await, Err(AppError::NotFound), "{project}");
        let Err(AppError::Denied(denial)) = reads.may_list(&scope).await else { panic!("{project}") };
        assert_eq!(denial.to_string(), format!("list serviceaccounts in {project}"));
        assert_eq!(reads.project(project).await, Err(AppError::NotFound), "{project}");
    }
    let wide = Scope::Workspace { workspace: "test".into() };
    assert_eq!(reads.list(&wide, &ListQuery::default()).await, Err(AppError::NotFound));
    assert_eq!(reads.projects(&plane.project).await.unwrap().value, []);
    let rights = reads.rights(&plane.project).await.unwrap().value;
    assert_eq!((rights.create, rights.read_secrets), (Some(false), Some(false)));
}

/// Whoever changes something sees it at once, however far the watches are.
async fn a_change_is_in_the_list_that_comes_next(plane: &Plane, cluster: &Cluster) {
    let regular = person("project-regular");
    let (reads, writes) = (cluster.reads(&regular), cluster.acting_as(&regular));
    let mut took = Vec::new();
    for turn in 0..20 {
        let name = format!("next-{turn}");
        let input = CreateInput { name: name.clone(), role: "Role/viewer".into(), ..CreateInput::default() };
        writes.create_account(&plane.project, &input).await.unwrap();
        let rows = plane.rows(&*reads).await.unwrap().value;
        let made = rows.into_iter().find(|row| row.account.name == name).unwrap().account;
        assert_eq!(made.role.state, RoleState::Bound);
        writes.delete_account(&plane.project, &name, &made.uid).await.unwrap();
        let began = Instant::now();
        assert!(!plane.rows(&*reads).await.unwrap().value.iter().any(|row| row.account.name == name));
        took.push(began.elapsed());
    }
    // Nor is it waited for in vain, which takes a second.
    took.sort();
    assert!(took[10] < Duration::from_millis(500), "{took:?}");
}

/// Reads follow at once; what reviews said holds for 30 s (SPEC A2).
async fn what_is_withdrawn_is_gone(plane: &Plane, source: Source<'_>) {
    let (reads, project) = (source(&person("project-viewer")), plane.project.as_str());
    plane.rows(&*reads).await.unwrap();
    let bindings = plane.api::<RoleBinding>();
    bindings.delete("project-viewer-viewer", &DeleteParams::background()).await.unwrap();
    within(Duration::from_secs(32), "the accounts are denied", async || {
        plane.rows(&*reads).await.is_err_and(|error| matches!(error, AppError::Denied(_) | AppError::NotFound))
            && reads.yaml(project, "bot").await.is_err()
            && reads.project(project).await.map(|answer| answer.missing.is_empty()) != Ok(true)
    })
    .await;
}

/// The API server's own record (SPEC A5).
async fn nothing_was_asked_as_musterbook(plane: &Plane) {
    let log = std::fs::read_to_string(variable("MUSTERBOOK_TEST_AUDIT")).unwrap();
    let mut people = 0;
    for event in log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let ours = event["user"]["username"] == "system:serviceaccount:musterbook-test:musterbook";
        let here = event["objectRef"]["namespace"] == plane.project.as_str();
        if ours && here {
            assert!(event["impersonatedUser"]["username"].is_string(), "{event}");
            people += 1;
        }
    }
    assert!(people > 20, "the audit log has {people} calls of people in {}", plane.project);
}

fn parsed<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}
