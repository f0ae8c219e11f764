//! The kubectl commands that do what a dialog is about to do (SPEC U6): the same objects, for a POSIX shell, with the
//! kubeconfig of whoever runs them. No command holds a secret: those are read when it runs. Beside KubeSphere's controller
//! a role is given by writing the wish, and the controller binds it (D4).

mod shell;
mod yaml;

use serde_json::{Value, json};

use crate::{
    account::{ALIAS, Account, CLUSTER_ROLE, CREATOR, DESCRIPTION, ROLE},
    bulk::{BindingId, Target},
    credential::{Ca, Endpoint, IssueWish},
    draft::role_key,
    form::{CreateInput, EditInput, Texts},
    kubeconfig::Kubeconfig,
    percent::escape,
    role::{Binding, Controller, REF_LABEL, RoleRef},
    settings::SettingsInput,
};
use shell::{Step, in_turn, kept, quoted};

/// Where a name isn't typed yet.
const NAME: &str = "NAME";

/// Who makes the bindings of project roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binder {
    Us,
    /// KubeSphere's controller, those that it knows.
    KubeSphere,
}

impl Binder {
    fn is_other(self, account: &str, role: &RoleRef) -> bool {
        // Its versions differ in nothing but the names of what they bind.
        self == Self::KubeSphere && Controller::V4.binds(account, role)
    }
}

/// Creates the account, then its binding. As in the dialog, an account whose role is refused is taken away again (C3).
pub fn create(project: &str, input: &CreateInput, creator: &str, binder: Binder) -> String {
    let mut input = input.clone().normalised();
    if input.name.is_empty() {
        input.name = NAME.into();
    }
    let name = input.name.as_str();
    let role = input.role.parse::<RoleRef>().ok();
    let wish = role.as_ref().map(|role| (role_key(role.kind), role.name.as_str()));
    let notes = [(CREATOR, creator), (ALIAS, &input.alias), (DESCRIPTION, &input.description)];
    let notes: Vec<_> = notes.into_iter().chain(wish).filter(|(_, text)| !text.is_empty()).collect();
    let account = Step::reading("kubectl create -f -", yaml::account(project, name, &notes));
    let Some(role) = role.filter(|role| !binder.is_other(name, role)) else { return account.then("") };
    let of = [name, "-n", project].map(quoted).join(" ");
    let uid = Step::new(format!("uid=$(kubectl get serviceaccount {of} -o 'jsonpath={{.metadata.uid}}')"));
    // Of all variables, this one alone is the shell's.
    let binding = kept(&yaml::binding(project, name, "\u{1}", &role)).replace(r#""\\u0001""#, r#""$uid""#);
    let bind = Step::reading_with_variables("kubectl create -f -", binding);
    let take_back = format!(" || {{ kubectl delete serviceaccount {of}; false; }}");
    format!("{}{}{}}}\n", account.then(" && {"), uid.then(" &&"), bind.then(&take_back))
}

/// Writes alias and description where they differ from those of `account`, over the version that was seen and no other.
pub fn edit(account: &Account, input: &EditInput) -> String {
    let input = input.clone().normalised();
    let (wanted, _) = input.wanted_and_seen();
    let shown = Texts::of(account.alias.as_deref(), account.description.as_deref());
    let mut notes = serde_json::Map::new();
    // A text that is changed leaves its older key, too (D1); a key that isn't there is none to take away.
    for (key, older, shown, typed) in [
        (ALIAS, "displayName", &shown.alias, &wanted.alias),
        (DESCRIPTION, "desc", &shown.description, &wanted.description),
    ] {
        if shown != typed {
            let text = if typed.is_empty() { Value::Null } else { typed.as_str().into() };
            notes.extend([(key.to_owned(), text), (older.to_owned(), Value::Null)]);
        }
    }
    let seen = json!({ "uid": input.uid, "resourceVersion": account.resource_version, "annotations": notes });
    patch(account, &seen).then("")
}

/// Writes what differs from what was seen, over the version that was seen and no other (D6). `None` while something is wrong
/// with it.
pub fn settings(account: &Account, input: &SettingsInput) -> Option<String> {
    let seen = input.seen();
    let mut patch = Value::from(seen.patch(&input.wanted(&seen)?));
    patch["metadata"]["uid"] = account.uid.as_str().into();
    patch["metadata"]["resourceVersion"] = account.resource_version.as_str().into();
    Some(merge(account, &patch).then(""))
}

/// New binding first, then the wish, then the old bindings go; `None` revokes (X3).
pub fn change_role(account: &Account, role: Option<&RoleRef>, binder: Binder) -> String {
    let managed = || account.role.bindings.iter().filter(|binding| binding.managed);
    let (project, name) = (account.project.as_str(), account.name.as_str());
    let is_bound = role.is_some_and(|role| managed().any(|binding| binding.gives(role)));
    let is_other = |role: &RoleRef| binder.is_other(name, role);
    // The other one replaces what it has bound itself.
    let replaced = |binding: &Binding| role.is_some_and(is_other) && is_other(&binding.role);
    let old = managed().filter(|binding| role.is_none_or(|role| !binding.gives(role)) && !replaced(binding));
    let old: Vec<_> = old.collect();
    let waits = role.is_some_and(is_other) && !is_bound;
    let mut steps = Vec::new();
    if let Some(role) = role.filter(|_| !is_bound && !waits) {
        steps.push(Step::reading("kubectl create -f -", yaml::binding(project, name, &account.uid, role)));
    }
    let none = json!({ ROLE: null, CLUSTER_ROLE: null });
    let write = |notes: &Value| patch(account, &json!({ "uid": account.uid, "annotations": notes }));
    if waits && account.role.wish.as_ref() == role {
        // A controller hears of changes only.
        steps.push(write(&none));
    }
    let mut notes = none;
    if let Some(role) = role {
        notes[role_key(role.kind)] = role.name.as_str().into();
    }
    steps.push(write(&notes));
    if waits && !old.is_empty() {
        let list = format!("kubectl get rolebindings -n {} -l {REF_LABEL}={} -o name", quoted(project), quoted(name));
        steps.push(Step::new(format!(r#"until [ -n "$({list})" ]; do sleep 1; done"#)));
    }
    steps.extend(old.iter().map(|binding| delete_exactly(&binding_path(project, &binding.name), &binding.uid)));
    in_turn(&steps)
}

/// Deletes this account, not a namesake that was made since, then the bindings that are named (X4).
pub fn delete(Target { project, name, uid, bindings }: &Target) -> String {
    let account = delete_exactly(&account_path(project, name), uid);
    let bindings = bindings.iter().map(|BindingId { name, uid }| delete_exactly(&binding_path(project, name), uid));
    in_turn(&std::iter::once(account).chain(bindings).collect::<Vec<_>>())
}

/// Deletes these accounts, each with its bindings; one that can't be deleted keeps none of the others (L5).
pub fn delete_selected(targets: &[Target]) -> String {
    targets.iter().map(delete).collect()
}

/// Replaces the account with `text`, unless it is another version by then than the one that `text` names (X2).
pub fn replace(text: &str, resource_version: &str) -> String {
    Step::reading("kubectl replace -f -", with_version(text, resource_version)).then("")
}

/// Writes `kubeconfig.yaml`, readable by its owner alone. The token goes from the API server into that file (K3).
pub fn issue(project: &str, account: &str, cluster: &str, wish: &IssueWish, endpoint: &Endpoint) -> String {
    let of = [account, "-n", project].map(quoted).join(" ");
    let audience =
        wish.audience.as_ref().map(|audience| format!(" --audience={}", quoted(audience))).unwrap_or_default();
    let token = Step::new(format!("token=$(kubectl create token {of} --duration={}s{audience})", wish.seconds));
    let mut steps = vec![token];
    if endpoint.ca == Ca::OfTheProject {
        let map = format!("kubectl get configmap kube-root-ca.crt -n {}", quoted(project));
        steps.push(Step::new(format!(r"ca=$({map} -o 'jsonpath={{.data.ca\.crt}}' | base64 | tr -d '\n')")));
        steps.push(Step::new(r#"[ -n "$ca" ]"#));
    }
    let kubeconfig = Kubeconfig {
        account,
        cluster,
        server: &endpoint.server,
        ca_data: match &endpoint.ca {
            Ca::OfTheProject => Some("\u{1}"),
            Ca::Given(data) => Some(data),
            Ca::SystemRoots => None,
        },
        tls_server_name: endpoint.tls_server_name.as_deref(),
        namespace: wish.namespace.as_deref().unwrap_or(project),
        context: wish.context.as_deref(),
        token: "\u{2}",
    };
    let yaml = kept(&kubeconfig.to_yaml()).replace(r#""\\u0001""#, r#""$ca""#).replace(r#""\\u0002""#, r#""$token""#);
    steps.push(Step::reading_with_variables("cat > kubeconfig.yaml", yaml));
    format!("(umask 077\n{})\n", in_turn(&steps))
}

fn patch(account: &Account, metadata: &Value) -> Step {
    merge(account, &json!({ "metadata": metadata }))
}

fn merge(account: &Account, patch: &Value) -> Step {
    let [name, project] = [&account.name, &account.project].map(|text| quoted(text));
    let patch = quoted(&patch.to_string());
    Step::new(format!("kubectl patch serviceaccount {name} -n {project} --type=merge -p {patch}"))
}

fn account_path(project: &str, name: &str) -> String {
    format!("/api/v1/namespaces/{project}/serviceaccounts/{name}")
}

/// A binding's name is more than an object's else (Kubernetes, path segment names).
fn binding_path(project: &str, name: &str) -> String {
    format!("/apis/rbac.authorization.k8s.io/v1/namespaces/{project}/rolebindings/{}", escape(name))
}

/// `kubectl delete` knows no uid, its raw form takes what the API server takes.
fn delete_exactly(path: &str, uid: &str) -> Step {
    let options = json!({
        "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background", "preconditions": { "uid": uid },
    });
    Step::reading(format!("kubectl delete --raw {} -f -", quoted(path)), options.to_string())
}

/// Without a version kubectl overwrites whatever is there.
fn with_version(text: &str, version: &str) -> String {
    let line = format!("  resourceVersion: {}\n", yaml::string(version));
    let (mut found, mut written) = (false, String::with_capacity(text.len() + line.len()));
    let named = text.lines().any(is_version);
    for old in text.split_inclusive('\n') {
        let is_place = if named { is_version(old) } else { old.trim_end() == "metadata:" };
        if !named || found || !is_place {
            written.push_str(old);
        }
        if is_place && !found {
            found = true;
            written.push_str(&line);
        }
    }
    written
}

fn is_version(line: &str) -> bool {
    line.starts_with("  resourceVersion:")
}

#[cfg(test)]
mod tests;
