//! The store against the plain way: all objects, converted and looked through.

use std::collections::BTreeMap;

use k8s_openapi::api::{core::v1::ServiceAccount, rbac::v1::RoleBinding};
use kube::core::PartialObjectMeta;
use musterbook_core::{
    list::{self, Column, ListQuery, Row, Sort},
    role::{AccountRole, Controller, RoleKind, RoleState, role_state},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::{watch::Round, *};
use crate::{Actor, convert, trimmed::TrimmedPod};

/// The objects as the cluster has them, by namespace and name.
#[derive(Default)]
struct Model {
    accounts: Objects,
    bindings: Objects,
    roles: Objects,
    pods: Objects,
    controller: Option<Controller>,
    version: u64,
}

type Objects = BTreeMap<(String, String), Value>;

const PROJECTS: [&str; 3] = ["a", "b", "c"];

impl Model {
    /// A random change, in the model and in the store.
    fn step(&mut self, store: &mut Store, random: &mut StdRng) {
        let project = PROJECTS[random.random_range(0..3)].to_owned();
        let key = |kind: &str, most: u32, random: &mut StdRng| {
            (project.clone(), format!("{kind}{}", random.random_range(0..most)))
        };
        self.version += 1;
        if random.random_bool(0.05) {
            self.controller = [None, Some(Controller::V3), Some(Controller::V4)][random.random_range(0..3)];
            store.set_controller(self.controller);
        }
        let uid = format!("u{}", random.random_range(0..3));
        let remove = random.random_bool(0.25);
        let meta = |(namespace, name): &(String, String), version: u64| json!({ "namespace": namespace, "name": name, "resourceVersion": version.to_string(), "uid": uid });
        match random.random_range(0..4) {
            0 => {
                let at = key("sa", 12, random);
                if remove {
                    self.accounts.remove(&at);
                    return store.remove_account(&at.0, &at.1);
                }
                let mut metadata = meta(&at, self.version);
                let day = random.random_range(10..14);
                metadata["creationTimestamp"] = json!(format!("2026-01-{day}T00:00:00Z"));
                let aliases = ["", "Nightly BACKUP", "预览环境", "nächtlich"];
                let role = ["", "viewer", "operator", "gone"][random.random_range(0..4)];
                let alias = aliases[random.random_range(0..4)];
                metadata["annotations"] = json!({ "kubesphere.io/alias-name": alias, "iam.kubesphere.io/role": role });
                self.accounts.insert(at, json!({ "metadata": metadata }));
            }
            1 => {
                let at = key("b", 12, random);
                if remove {
                    self.bindings.remove(&at);
                    return store.remove_binding(&at.0, &at.1);
                }
                let account = format!("sa{}", random.random_range(0..12));
                let mut metadata = meta(&at, self.version);
                metadata["labels"] = match random.random_range(0..3) {
                    0 => json!({ "iam.kubesphere.io/serviceaccount-ref": account }),
                    1 => json!({ "musterbook.dev/serviceaccount-uid": uid }),
                    _ => json!({}),
                };
                let subjects = match random.random_range(0..4) {
                    0 => json!([{ "kind": "ServiceAccount", "name": account }]),
                    1 => json!([{ "kind": "User", "name": format!("system:serviceaccount:{}:{account}", at.0) }]),
                    2 => {
                        json!([{ "kind": "ServiceAccount", "name": account, "namespace": "b" }, { "kind": "User", "name": "jane" }])
                    }
                    _ => json!([{ "kind": "Group", "name": "team" }]),
                };
                let role = ["viewer", "operator", "gone", "kubesphere:iam:viewer"][random.random_range(0..4)];
                let kind = ["Role", "ClusterRole", "Strange"][random.random_range(0..3)];
                let role_ref = json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role });
                self.bindings.insert(at, json!({ "metadata": metadata, "roleRef": role_ref, "subjects": subjects }));
            }
            2 => {
                let at = (
                    project.clone(),
                    ["viewer", "operator", "kubesphere:iam:viewer"][random.random_range(0..3)].to_owned(),
                );
                if remove {
                    self.roles.remove(&at);
                    return store.remove_role(&at.0, &at.1);
                }
                let metadata = meta(&at, self.version);
                self.roles.insert(at, json!({ "metadata": metadata }));
            }
            _ => {
                let at = key("p", 20, random);
                if remove {
                    self.pods.remove(&at);
                    return store.remove_pod(&at.0, &at.1);
                }
                let account = format!("sa{}", random.random_range(0..12));
                let phase = ["Running", "Pending", "Succeeded"][random.random_range(0..3)];
                let metadata = meta(&at, self.version);
                let pod = json!({ "metadata": metadata, "spec": { "serviceAccountName": account }, "status": { "phase": phase } });
                self.pods.insert(at, pod);
            }
        }
        self.put_all(store, 1);
    }

    /// Brings everything, as a list does; of what is known, nothing changes.
    fn put_all(&self, store: &mut Store, round: Round) {
        self.accounts.values().for_each(|object| store.put_account(parsed(object), round));
        self.bindings.values().for_each(|object| store.put_binding(parsed(object), round));
        self.roles.values().for_each(|object| store.put_role(parsed(object), round));
        self.pods.values().for_each(|object| store.put_pod(parsed(object), round));
    }

    /// A list in a new round: what the model has lost meanwhile goes.
    fn relist(&self, store: &mut Store, round: Round) {
        store.set_controller(self.controller);
        self.put_all(store, round);
        store.sweep_accounts(round);
        store.sweep_bindings(round);
        store.sweep_roles(round);
        store.sweep_pods(round);
    }

    fn rows(&self, project: &str, see: See) -> Vec<Row> {
        let here = |objects: &Objects| -> Vec<Value> {
            objects
                .iter()
                .filter(|((namespace, _), _)| namespace == project)
                .map(|(_, object)| object.clone())
                .collect()
        };
        let bindings: Vec<RoleBinding> = here(&self.bindings).iter().map(parsed).collect();
        let roles: Vec<_> = here(&self.roles).iter().map(|role| role["metadata"]["name"].clone()).collect();
        let pods: Vec<TrimmedPod> = here(&self.pods).iter().map(parsed).collect();
        let row = |object: &Value| {
            let account: PartialObjectMeta<ServiceAccount> = parsed(object);
            let metadata = account.metadata;
            let wish = convert::wish(&metadata);
            let name = metadata.name.as_deref().unwrap();
            let role = if see.bindings {
                let bindings = convert::bindings_of(&metadata, &bindings);
                let state = role_state(name, wish.as_ref(), &bindings, self.controller, |role| {
                    (see.roles && role.kind == RoleKind::Role).then(|| roles.contains(&json!(role.name)))
                });
                AccountRole { wish, bindings, state }
            } else {
                AccountRole { wish, bindings: Vec::new(), state: RoleState::Unknown }
            };
            let account = convert::account(metadata, role);
            let runs = pods.iter().filter(|pod| pod.runs_as() == Some(&account.name)).count();
            Row { pods: see.pods.then_some(runs), account }
        };
        here(&self.accounts).iter().map(row).collect()
    }
}

fn parsed<T: serde::de::DeserializeOwned>(object: &Value) -> T {
    serde_json::from_value(object.clone()).unwrap()
}

fn settled() -> Store {
    let mut store = Store::default();
    store.settle();
    store
}

fn any_query(random: &mut StdRng) -> ListQuery {
    let sorts = [Sort::Name, Sort::Role, Sort::State, Sort::Pods, Sort::Created];
    let searches = ["", "", "sa1", "BACKUP", "环", "ÄCHT", "nothing", "sa1\nNightly"];
    let roles = ["", "", "Role/viewer", "Role/gone", "ClusterRole/operator", "viewer"];
    ListQuery {
        search: searches[random.random_range(0..searches.len())].into(),
        role: roles[random.random_range(0..roles.len())].into(),
        state: random.random_bool(0.3).then(|| RoleState::ALL[random.random_range(0..7)]),
        sort: sorts[random.random_range(0..5)],
        descending: random.random_bool(0.5),
        page: random.random_range(1..4),
        size: [10, 20][random.random_range(0..2)],
        hidden: vec![Column::Pods],
    }
}

fn any_see(random: &mut StdRng) -> See {
    if random.random_bool(0.5) {
        return See { bindings: true, roles: true, pods: true };
    }
    let mut any = || random.random_bool(0.5);
    See { bindings: any(), roles: any(), pods: any() }
}

#[test]
fn p2_a_page_from_the_cache_is_what_looking_at_everything_gives() {
    for seed in 0..60 {
        let mut random = StdRng::seed_from_u64(seed);
        let (mut model, mut store) = (Model::default(), settled());
        for step in 0..60 {
            model.step(&mut store, &mut random);
            let scope = &PROJECTS[..random.random_range(1..=3)];
            let seen: Vec<_> = scope.iter().map(|name| (*name, any_see(&mut random))).collect();
            let sights: Vec<_> = seen
                .iter()
                .filter_map(|(name, see)| {
                    store.project_entry(name).map(|(name, project)| Sight { name, project, see: *see })
                })
                .collect();
            let query = any_query(&mut random);
            let rows: Vec<_> = seen.iter().flat_map(|(name, see)| model.rows(name, *see)).collect();
            let at = format!("seed {seed}, step {step}: {query:?}, {seen:?}");
            assert_eq!(page(&sights, &query), list::page(rows.clone(), &query), "{at}");
            assert_eq!(all(&sights, &query), list::all(rows, &query), "{at}");
        }
    }
}

#[test]
fn p2_after_a_watch_was_lost_a_new_list_mends_the_store() {
    for seed in 0..30 {
        let mut random = StdRng::seed_from_u64(seed);
        let (mut model, mut store) = (Model::default(), settled());
        for round in 2..6 {
            (0..20).for_each(|_| model.step(&mut store, &mut random));
            // What happens while nothing is heard.
            let mut unheard = Store::default();
            (0..20).for_each(|_| model.step(&mut unheard, &mut random));
            model.relist(&mut store, round);
            let mut fresh = Store::default();
            model.relist(&mut fresh, 1);
            fresh.settle();
            for name in PROJECTS {
                let see = See { bindings: true, roles: true, pods: true };
                let shown = |store: &Store| {
                    let sights: Vec<_> = store
                        .project_entry(name)
                        .map(|(name, project)| Sight { name, project, see })
                        .into_iter()
                        .collect();
                    page(&sights, &ListQuery { size: 100, ..ListQuery::default() })
                };
                assert_eq!(shown(&store), shown(&fresh), "seed {seed}, round {round}");
                assert_eq!(shown(&store).total, model.rows(name, see).len());
            }
            let jane = Actor { user: "jane".into(), groups: vec!["team".into()], uid: None, extra: BTreeMap::new() };
            assert_eq!(store.naming(&jane), fresh.naming(&jane), "seed {seed}, round {round}");
        }
    }
}

fn binding(namespace: &str, name: &str, subjects: Value) -> RoleBinding {
    parsed(&json!({
        "metadata": { "namespace": namespace, "name": name },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r" },
        "subjects": subjects,
    }))
}

fn naming(store: &Store, user: &str, groups: &[&str]) -> Vec<String> {
    let groups = groups.iter().map(|group| (*group).to_owned()).collect();
    let actor = Actor { user: user.into(), groups, uid: None, extra: BTreeMap::new() };
    store.naming(&actor).iter().map(ToString::to_string).collect()
}

#[test]
fn s2_a_person_is_found_by_name_by_group_and_as_an_account() {
    let mut store = Store::default();
    store.put_binding(binding("a", "1", json!([{ "kind": "User", "name": "jane" }])), 1);
    store.put_binding(binding("b", "1", json!([{ "kind": "Group", "name": "team" }])), 1);
    store.put_binding(binding("c", "1", json!([{ "kind": "ServiceAccount", "name": "ci" }])), 1);
    store.put_binding(binding("d", "1", json!([{ "kind": "ServiceAccount", "name": "ci", "namespace": "c" }])), 1);
    assert_eq!(naming(&store, "jane", &["team"]), ["a", "b"]);
    assert_eq!(naming(&store, "system:serviceaccount:c:ci", &[]), ["c", "d"]);
    assert_eq!(naming(&store, "team", &["jane"]), Vec::<String>::new());
}

#[test]
fn s2_a_namespace_stays_while_one_of_its_bindings_names_them() {
    let jane = || json!([{ "kind": "User", "name": "jane" }]);
    let mut store = Store::default();
    store.put_binding(binding("a", "1", jane()), 1);
    store.put_binding(binding("a", "2", jane()), 1);
    store.put_binding(binding("a", "1", json!([])), 1);
    assert_eq!(naming(&store, "jane", &[]), ["a"]);
    store.remove_binding("a", "2");
    assert_eq!(naming(&store, "jane", &[]), Vec::<String>::new());
}

#[test]
fn l4_only_listeners_of_the_project_hear_of_a_change() {
    let mut store = settled();
    let (mut here, mut elsewhere, mut anywhere) =
        (store.listen(Some("a")), store.listen(Some("b")), store.listen(None));
    for changes in [&mut here, &mut elsewhere, &mut anywhere] {
        changes.mark_unchanged();
    }
    let account = json!({ "metadata": { "namespace": "a", "name": "ci", "uid": "u", "resourceVersion": "1" } });
    store.put_account(parsed(&account), 1);
    assert_eq!(
        (here.has_changed().unwrap(), elsewhere.has_changed().unwrap(), anywhere.has_changed().unwrap()),
        (true, false, true)
    );
    here.mark_unchanged();
    store.put_account(parsed(&account), 2);
    assert!(!here.has_changed().unwrap(), "a list that brings what is known is no change");
}
