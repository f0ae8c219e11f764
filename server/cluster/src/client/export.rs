//! Accounts with their bindings as YAML that can be applied elsewhere (SPEC L7). Never a Secret.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use futures::{Stream, StreamExt, stream};
use k8s_openapi::api::{core::v1::ServiceAccount, rbac::v1::RoleBinding};
use musterbook_core::AppError;
use serde_json::{Map, Value, json};

use crate::{
    acting::Acting,
    binding::UID_LABEL,
    calls::Continue,
    convert, names,
    permissions::{LIST_ACCOUNTS, LIST_BINDINGS},
    yaml::written,
};

/// What of a project is exported.
#[derive(Debug, Clone)]
pub struct ToExport {
    pub project: String,
    /// Names of the accounts.
    pub accounts: HashSet<String>,
    /// With the bindings that hold them, where they may be read.
    pub bindings: bool,
    /// Says the project in each document: without it, they can be applied to any.
    pub says_project: bool,
}

pub(super) fn yaml(
    acting: Arc<Acting>,
    projects: Vec<ToExport>,
) -> impl Stream<Item = Result<String, AppError>> + Send + use<> {
    stream::iter(projects).flat_map(move |wanted| {
        let first = Exporting { acting: Arc::clone(&acting), wanted, bindings: None, page: Some(Continue::default()) };
        stream::try_unfold(first, Exporting::next)
    })
}

/// How far a project is.
struct Exporting {
    acting: Arc<Acting>,
    wanted: ToExport,
    bindings: Option<Bindings>,
    /// The page of accounts to read next.
    page: Option<Continue>,
}

impl Exporting {
    /// The documents of the next page.
    async fn next(mut self) -> Result<Option<(String, Self)>, AppError> {
        let Some(page) = self.page.take() else { return Ok(None) };
        let project = names::project(&self.wanted.project)?;
        let mut bindings = match self.bindings.take() {
            Some(bindings) => bindings,
            None if self.wanted.bindings => Bindings::read(&self.acting, project).await?,
            None => Bindings::default(),
        };
        // Each page has a time limit of its own: how long the whole takes is up to who reads it.
        let calls = self.acting.calls();
        let accounts = calls.in_project::<ServiceAccount>(&LIST_ACCOUNTS, project);
        let (accounts, after) = accounts.list_page::<Value>(&page).await?;
        let namespace = self.wanted.says_project.then_some(project);
        let mut text = String::new();
        for mut account in accounts {
            let name = account.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned();
            if !self.wanted.accounts.contains(&name) {
                continue;
            }
            if account.pointer("/metadata/deletionTimestamp").is_some() {
                text.push_str(&format!("---\n# {name} is being deleted, and left out.\n"));
                continue;
            }
            clean_account(&mut account, namespace);
            add(&mut text, &account)?;
            for binding in bindings.take_of(&name) {
                add(&mut text, &clean_binding(binding, project, namespace))?;
            }
        }
        self.page = after;
        self.bindings = Some(bindings);
        Ok(Some((text, self)))
    }
}

/// The project's bindings by the accounts they hold, each until it was written.
#[derive(Default)]
struct Bindings {
    all: Vec<Option<RoleBinding>>,
    of: HashMap<String, Vec<usize>>,
}

impl Bindings {
    async fn read(acting: &Acting, project: &str) -> Result<Self, AppError> {
        let mut found = Self::default();
        let mut page = Some(Continue::default());
        while let Some(from) = page {
            let calls = acting.calls();
            let bindings = calls.in_project::<RoleBinding>(&LIST_BINDINGS, project);
            let (bindings, after) = bindings.list_page::<RoleBinding>(&from).await?;
            bindings.into_iter().for_each(|binding| found.add(binding, project));
            page = after;
        }
        Ok(found)
    }

    fn add(&mut self, binding: RoleBinding, project: &str) {
        let place = self.all.len();
        for account in convert::accounts_of(&binding, project) {
            self.of.entry(account.to_owned()).or_default().push(place);
        }
        self.all.push(Some(binding));
    }

    fn take_of(&mut self, account: &str) -> Vec<RoleBinding> {
        let places = self.of.remove(account).unwrap_or_default();
        places.into_iter().filter_map(|place| self.all[place].take()).collect()
    }
}

/// Kept of `metadata`: what somebody wrote. The rest is the API server's, or names objects that won't be there.
const METADATA: [&str; 3] = ["annotations", "labels", "name"];
/// What `kubectl apply` notes for itself: the object once more, with its namespace.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

fn clean_metadata(metadata: &mut Map<String, Value>, namespace: Option<&str>) {
    metadata.retain(|key, _| METADATA.contains(&key.as_str()));
    for (map, key) in [("annotations", LAST_APPLIED), ("labels", UID_LABEL)] {
        if let Some(map) = metadata.get_mut(map).and_then(Value::as_object_mut) {
            map.remove(key);
        }
    }
    metadata.retain(|_, value| value.as_object().is_none_or(|map| !map.is_empty()));
    if let Some(namespace) = namespace {
        metadata.insert("namespace".into(), namespace.into());
    }
}

/// Token Secrets that `secrets` names are of this account: elsewhere there are none.
pub(crate) fn clean_account(account: &mut Value, namespace: Option<&str>) {
    if let Some(account) = account.as_object_mut() {
        account.remove("secrets");
        account.insert("apiVersion".into(), "v1".into());
        account.insert("kind".into(), "ServiceAccount".into());
    }
    if let Some(metadata) = account.pointer_mut("/metadata").and_then(Value::as_object_mut) {
        clean_metadata(metadata, namespace);
    }
}

/// Accounts of the project are named without it: RBAC then takes the binding's own namespace.
fn clean_binding(binding: RoleBinding, project: &str, namespace: Option<&str>) -> Value {
    let subjects = binding.subjects.unwrap_or_default().into_iter().map(|subject| {
        let mut plain = Map::from_iter([("kind".into(), subject.kind.into()), ("name".into(), subject.name.into())]);
        if let Some(group) = subject.api_group.filter(|group| !group.is_empty()) {
            plain.insert("apiGroup".into(), group.into());
        }
        if let Some(of) = subject.namespace.filter(|of| of != project) {
            plain.insert("namespace".into(), of.into());
        }
        Value::Object(plain)
    });
    let role = binding.role_ref;
    let mut metadata = Map::new();
    metadata.insert("name".into(), binding.metadata.name.into());
    metadata.insert("labels".into(), json!(binding.metadata.labels.unwrap_or_default()));
    metadata.insert("annotations".into(), json!(binding.metadata.annotations.unwrap_or_default()));
    clean_metadata(&mut metadata, namespace);
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": metadata,
        "roleRef": { "apiGroup": role.api_group, "kind": role.kind, "name": role.name },
        "subjects": subjects.collect::<Vec<_>>(),
    })
}

fn add(text: &mut String, object: &Value) -> Result<(), AppError> {
    text.push_str("---\n");
    text.push_str(&written(object)?);
    Ok(())
}
