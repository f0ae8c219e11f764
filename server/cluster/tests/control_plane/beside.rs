//! Beside KubeSphere's controllers, which a stand-in plays (SPEC D4): they bind what they are asked for, in their way, and
//! Musterbook adds no gap of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::Mutex,
    time::{Duration, Instant},
};

use k8s_openapi::api::{
    core::v1::ServiceAccount,
    rbac::v1::{Role, RoleBinding},
};
use kube::api::{ListParams, Patch, PatchParams, PostParams};
use musterbook_cluster::{Cluster, KubeSphere};
use musterbook_core::{
    AppError,
    ask::right_to_hold,
    error::HalfDone,
    form::CreateInput,
    role::{AccountRole, Grant, RoleRef, RoleState},
};
use serde_json::json;

use crate::{
    apply::{apply, documents},
    plane::{Plane, eventually, in_project, person, variable},
};

/// KubeSphere's controllers, for one project. They end when it is dropped.
struct StandIn(Child);

impl StandIn {
    async fn start(plane: &Plane, version: &str, pause: Duration) -> Self {
        let mut child = Command::new(variable("MUSTERBOOK_TEST_CONTROL_PLANE"))
            .args(["kubesphere", "--version", version, "--project", &plane.project])
            .args(["--kubeconfig", &variable("MUSTERBOOK_TEST_KUBECONFIG"), "--stop-with-stdin"])
            .arg(format!("--pause={}ms", pause.as_millis()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let line = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            said.read_line(&mut line).map(|_| line)
        });
        let line = line.await.unwrap().unwrap();
        assert_eq!(line.trim(), format!("KubeSphere {version} is played"));
        Self(child)
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wish(role: &str) -> CreateInput {
    CreateInput { name: "ci".into(), role: role.into(), ..Default::default() }
}

async fn role_of(plane: &Plane, cluster: &Cluster) -> AccountRole {
    cluster.reads(&person("project-regular")).account(&plane.project, "ci").await.unwrap().value.role
}

async fn until_bound(plane: &Plane, cluster: &Cluster, role: &RoleRef) {
    eventually("the role is bound", async || {
        let now = role_of(plane, cluster).await;
        now.state == RoleState::Bound && now.wish.as_ref() == Some(role) && now.bindings.len() == 1
    })
    .await;
}

async fn uid_of(plane: &Plane) -> String {
    plane.api::<ServiceAccount>().get("ci").await.unwrap().metadata.uid.unwrap()
}

#[tokio::test]
async fn d4_kubesphere_binds_what_musterbook_asks_it_for() {
    for (version, said, prefix) in [("v3", KubeSphere::V3, ""), ("v4", KubeSphere::Auto, "kubesphere:iam:")] {
        in_project(async |plane| {
            let _controllers = StandIn::start(plane, version, Duration::ZERO).await;
            let cluster = plane.cluster_beside(said, false).await;
            let (project, writes) = (plane.project.as_str(), cluster.acting_as(&person("project-regular")));
            writes.create_account(project, &wish("Role/viewer")).await.unwrap();
            let uid = uid_of(plane).await;
            until_bound(plane, &cluster, &RoleRef::role("viewer")).await;
            let binding = &role_of(plane, &cluster).await.bindings[0];
            assert!(binding.name.starts_with("ci-viewer-") && binding.managed && binding.goes, "{binding:?}");
            assert_eq!(binding.role.name, format!("{prefix}viewer"));

            let operator = RoleRef::role("operator");
            writes.change_role(project, "ci", &uid, Some(&operator)).await.unwrap();
            until_bound(plane, &cluster, &operator).await;
            // Ours, and nothing to KubeSphere: whatever changes, it stays.
            let view = RoleRef::cluster_role("view");
            writes.change_role(project, "ci", &uid, Some(&view)).await.unwrap();
            until_bound(plane, &cluster, &view).await;
            let ours = role_of(plane, &cluster).await.bindings;
            annotate(plane, "kubesphere.io/alias-name", "Another").await;
            tokio::time::sleep(Duration::from_millis(500)).await;
            assert_eq!(role_of(plane, &cluster).await.bindings, ours);

            writes.change_role(project, "ci", &uid, Some(&operator)).await.unwrap();
            assert_eq!(role_of(plane, &cluster).await.bindings.len(), 1, "ours goes when KubeSphere's has come");
            until_bound(plane, &cluster, &operator).await;

            // KubeSphere alone would leave the account its rights.
            writes.change_role(project, "ci", &uid, None).await.unwrap();
            tokio::time::sleep(Duration::from_millis(500)).await;
            let now = role_of(plane, &cluster).await;
            assert_eq!((now.state, now.bindings), (RoleState::None, vec![]));
        })
        .await;
    }
}

#[tokio::test]
async fn d4_until_kubesphere_comes_the_role_waits() {
    in_project(async |plane| {
        // As the installed page reads it: from the caches.
        let cluster = plane.cluster_beside(KubeSphere::V3, true).await;
        eventually("the caches are filled", async || cluster.ready().await.is_ok()).await;
        let (project, writes) = (plane.project.as_str(), cluster.acting_as(&person("project-regular")));
        let reads = cluster.reads(&person("project-regular"));
        let listed = async || {
            let rows = plane.rows(&*reads).await.unwrap().value;
            rows.into_iter().find(|row| row.account.name == "ci").unwrap().account.role.state
        };
        writes.create_account(project, &wish("Role/viewer")).await.unwrap();
        let uid = uid_of(plane).await;
        assert_eq!((role_of(plane, &cluster).await.state, listed().await), (RoleState::Waiting, RoleState::Waiting));

        let view = RoleRef::cluster_role("view");
        writes.change_role(project, "ci", &uid, Some(&view)).await.unwrap();
        until_bound(plane, &cluster, &view).await;
        let ours = role_of(plane, &cluster).await.bindings[0].name.clone();
        let viewer = RoleRef::role("viewer");
        let error = writes.change_role(project, "ci", &uid, Some(&viewer)).await.unwrap_err();
        assert_eq!(error, AppError::HalfDone(HalfDone::OldRoleUntilBound { old_binding: ours }));
        assert_eq!(listed().await, RoleState::Waiting);

        let _controllers = StandIn::start(plane, "v3", Duration::ZERO).await;
        eventually("KubeSphere binds it", async || listed().await == RoleState::Bound).await;
        writes.change_role(project, "ci", &uid, Some(&viewer)).await.unwrap();
        until_bound(plane, &cluster, &viewer).await;
    })
    .await;
}

#[tokio::test]
async fn d4_who_lacks_one_right_of_the_role_can_not_have_it_given() {
    in_project(async |plane| {
        let almost = json!({
            "metadata": { "name": "almost", "annotations": { "kubesphere.io/creator": "project-admin" } },
            "rules": [
                { "apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get"] },
                { "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["rolebindings"], "verbs": ["create", "update"] },
            ],
        });
        let almost = serde_json::from_value(almost).unwrap();
        plane.api::<Role>().create(&PostParams::default(), &almost).await.unwrap();
        let uid = plane.make_account("ci").await.metadata.uid.unwrap();
        let cluster = plane.cluster_beside(KubeSphere::V3, false).await;
        let (project, writes) = (plane.project.as_str(), cluster.acting_as(&person("project-regular")));
        let mut asked = Vec::new();
        for (role, lacking) in
            [("almost", "update on rolebindings in rbac.authorization.k8s.io"), ("admin", "* on * in *")]
        {
            let role = RoleRef::role(role);
            let error = writes.change_role(project, "ci", &uid, Some(&role)).await.unwrap_err();
            let AppError::RoleBeyond { role: named, missing, to_hold } = error else { panic!("{error:?}") };
            assert_eq!((named, missing), (role.to_string(), vec![lacking.to_owned()]));
            asked.push(right_to_hold(&role, &to_hold.read(), project, "project-regular"));
        }
        let notes = plane.api::<ServiceAccount>().get("ci").await.unwrap().metadata.annotations;
        assert_eq!(notes, None);
        let admin = cluster.acting_as(&person("project-admin"));
        admin.change_role(project, "ci", &uid, Some(&RoleRef::role("admin"))).await.unwrap();
        // The right to bind would be of no use here. What was lacking is all that it takes.
        for object in documents(&asked[0]) {
            apply(&plane.admin, &object).await;
        }
        eventually("what was lacking is held, and the role given", async || {
            writes.change_role(project, "ci", &uid, Some(&RoleRef::role("almost"))).await.is_ok()
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a7_d4_who_may_write_the_wish_may_give_what_they_hold() {
    in_project(async |plane| {
        let role = json!({
            "metadata": { "name": "annotator", "annotations": { "kubesphere.io/creator": "project-admin" } },
            "rules": [
                { "apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["get", "list", "patch"] },
                { "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles", "rolebindings"], "verbs": ["list"] },
            ],
        });
        let binding = json!({
            "metadata": { "name": "annotator" },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "annotator" },
            "subjects": [{ "kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "lister" }],
        });
        let role = serde_json::from_value(role).unwrap();
        plane.api::<Role>().create(&PostParams::default(), &role).await.unwrap();
        let binding = serde_json::from_value(binding).unwrap();
        plane.api::<RoleBinding>().create(&PostParams::default(), &binding).await.unwrap();
        let uid = plane.make_account("ci").await.metadata.uid.unwrap();
        let (project, lister) = (plane.project.as_str(), person("lister"));
        let bind = async |kubesphere: KubeSphere| {
            let cluster = plane.cluster_beside(kubesphere, false).await;
            let rights = cluster.reads(&lister).rights(project).await.unwrap().value;
            (rights.patch, rights.bind)
        };
        eventually("the right has arrived", async || bind(KubeSphere::V3).await == (Some(true), Some(true))).await;
        assert_eq!(bind(KubeSphere::Off).await, (Some(true), Some(false)));

        let cluster = plane.cluster_beside(KubeSphere::V3, false).await;
        let annotator = RoleRef::role("annotator");
        cluster.acting_as(&lister).change_role(project, "ci", &uid, Some(&annotator)).await.unwrap();
        let role = role_of(plane, &cluster).await;
        assert_eq!((role.state, role.wish), (RoleState::Waiting, Some(annotator)));
        let viewer = RoleRef::role("viewer");
        let error = cluster.acting_as(&lister).change_role(project, "ci", &uid, Some(&viewer)).await.unwrap_err();
        assert!(matches!(error, AppError::RoleBeyond { .. }), "{error:?}");
    })
    .await;
}

/// The oracle: what the API server's own escalation check says to a dry run.
#[tokio::test]
async fn d4_the_reviews_say_what_the_escalation_check_says() {
    in_project(async |plane| {
        let (asked, tried) =
            (plane.cluster_beside(KubeSphere::V3, false).await, plane.cluster_beside(KubeSphere::Off, false).await);
        let mut compared = 0;
        for user in ["project-admin", "project-regular"] {
            let grants = async |cluster: &Cluster| {
                let choices = cluster.reads(&person(user)).role_options(&plane.project).await.unwrap().value;
                let grants = choices.options.into_iter().map(|option| (option.role, option.grant));
                grants
                    .map(|(role, grant)| (role, matches!(grant, Grant::Can), matches!(grant, Grant::Unknown)))
                    .collect::<Vec<_>>()
            };
            let (asked, tried) = (grants(&asked).await, grants(&tried).await);
            assert_eq!(asked, tried, "{user}");
            compared += asked.len();
        }
        assert!(compared >= 12, "{compared}");
    })
    .await;
}

/// How long the stand-in leaves an account without its binding. What a busy machine adds is less than half of it.
const PAUSE: Duration = Duration::from_millis(600);

#[tokio::test]
async fn d4_a_change_of_role_makes_no_gap_longer_than_kubespheres_own() {
    for (version, said) in [("v3", KubeSphere::V3), ("v4", KubeSphere::V4)] {
        in_project(async |plane| {
            let _controllers = StandIn::start(plane, version, PAUSE).await;
            let cluster = plane.cluster_beside(said, false).await;
            let (project, writes) = (plane.project.as_str(), cluster.acting_as(&person("project-regular")));
            let (viewer, operator) = (RoleRef::role("viewer"), RoleRef::role("operator"));
            writes.create_account(project, &wish("Role/viewer")).await.unwrap();
            until_bound(plane, &cluster, &viewer).await;
            let uid = uid_of(plane).await;

            // Any change of the account costs it its binding for a while.
            let own = gaps(plane, async {
                annotate(plane, "kubesphere.io/alias-name", "Another").await;
                tokio::time::sleep(PAUSE * 2).await;
            })
            .await;
            assert_eq!(own.len(), 1, "{own:?}");
            for role in [&operator, &viewer] {
                let changed = gaps(plane, async {
                    writes.change_role(project, "ci", &uid, Some(role)).await.unwrap();
                    until_bound(plane, &cluster, role).await;
                    tokio::time::sleep(PAUSE).await;
                })
                .await;
                assert_eq!(changed.len(), 1, "{version}: {changed:?}");
                assert!(changed[0] < own[0] + PAUSE / 2, "{version}: {changed:?}, its own is {own:?}");
            }
            // From ours to KubeSphere's and back there is none at all.
            let view = RoleRef::cluster_role("view");
            for role in [&view, &viewer] {
                let changed = gaps(plane, async {
                    writes.change_role(project, "ci", &uid, Some(role)).await.unwrap();
                    until_bound(plane, &cluster, role).await;
                    tokio::time::sleep(PAUSE).await;
                })
                .await;
                assert!(changed.is_empty(), "{version}: to {role}: {changed:?}");
            }
        })
        .await;
    }
}

/// The times in which no binding held the account, while `act` ran.
async fn gaps(plane: &Plane, act: impl Future<Output = ()>) -> Vec<Duration> {
    let gaps = Mutex::new(Vec::<Duration>::new());
    let look = async {
        let mut since = None::<Instant>;
        loop {
            let bindings = plane.api::<RoleBinding>().list(&ListParams::default()).await.unwrap();
            let mut subjects = bindings.items.iter().flat_map(|binding| binding.subjects.iter().flatten());
            let held = subjects.any(|subject| subject.name == "ci");
            match since {
                None if !held => since = Some(Instant::now()),
                Some(began) if held => {
                    gaps.lock().unwrap().push(began.elapsed());
                    since = None;
                }
                _ => {}
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        () = act => {}
        () = look => {}
    }
    gaps.into_inner().unwrap()
}

async fn annotate(plane: &Plane, key: &str, value: &str) {
    let patch = Patch::Merge(json!({ "metadata": { "annotations": { key: value } } }));
    plane.api::<ServiceAccount>().patch("ci", &PatchParams::default(), &patch).await.unwrap();
}
