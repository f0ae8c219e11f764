//! The Role to ask an administrator for, with its binding, as YAML ready to apply (SPEC A6).

use crate::{
    error::Denial,
    role::{RoleKind, RoleRef},
    rules::Rule,
};

const RBAC: &str = "rbac.authorization.k8s.io";

impl Denial {
    /// What would have allowed it to `user`, and nothing more.
    pub fn role_to_ask_for(&self, user: &str) -> String {
        let name = format!("{}-{}", self.verb, self.resource.replace('/', "-"));
        // Not as the rules below are written: every page has this one, and few have those.
        let rule = format!(
            "- apiGroups: [\"{}\"]\n  resources: [\"{}\"]\n  verbs: [\"{}\"]\n",
            self.group, self.resource, self.verb
        );
        asked(&name, &rule, self.project.as_deref(), user)
    }
}

/// The right to give `role` to accounts of `project` without holding all that it allows: Kubernetes' verb `bind`, on this
/// role only.
pub fn right_to_bind(role: &RoleRef, project: &str, user: &str) -> String {
    asked(&about("bind", role), &written(&[bind(role)]), Some(project), user)
}

/// The same for somebody who may not make bindings at all. Changing a role takes the old one's away.
pub fn right_to_bind_at_all(role: &RoleRef, project: &str, user: &str) -> String {
    let bindings = rule(RBAC, "rolebindings", &["create", "delete"]);
    asked(&about("give", role), &written(&[bind(role), bindings]), Some(project), user)
}

/// What somebody has to hold of `role` before KubeSphere's controller is asked to give it (SPEC D4).
pub fn right_to_hold(role: &RoleRef, rules: &[Rule], project: &str, user: &str) -> String {
    asked(&about("hold", role), &written(rules), Some(project), user)
}

fn bind(role: &RoleRef) -> Rule {
    Rule { names: vec![role.name.clone()], ..rule(RBAC, plural(role), &["bind"]) }
}

fn rule(group: &str, resource: &str, verbs: &[&str]) -> Rule {
    let verbs = verbs.iter().map(|verb| (*verb).to_owned()).collect();
    Rule { groups: vec![group.into()], resources: vec![resource.into()], verbs, names: Vec::new() }
}

fn plural(role: &RoleRef) -> &'static str {
    match role.kind {
        RoleKind::Role => "roles",
        RoleKind::ClusterRole => "clusterroles",
    }
}

/// A name for the Role that is asked for.
fn about(act: &str, role: &RoleRef) -> String {
    let plain = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' { c } else { '-' };
    format!("{act}-{}-{}", plural(role), role.name).chars().map(plain).collect()
}

/// One binding for each person: applying what a second one asks for leaves the first one theirs.
fn asked(name: &str, rules: &str, project: Option<&str>, user: &str) -> String {
    let (cluster, place) = match project {
        Some(project) => ("", format!("\n  namespace: {project}")),
        None => ("Cluster", String::new()),
    };
    let head = |kind: &str, name: &str| {
        format!("apiVersion: {RBAC}/v1\nkind: {cluster}{kind}\nmetadata:\n  name: {name}{place}\n")
    };
    let binding = quoted(&format!("{name}-{user}").replace(['/', '%'], "-"));
    format!(
        "{}rules:\n{rules}---\n{}roleRef:\n  apiGroup: {RBAC}\n  kind: {cluster}Role\n  name: {name}\nsubjects:\n- apiGroup: {RBAC}\n  kind: User\n  name: {}\n",
        head("Role", name),
        head("RoleBinding", &binding),
        quoted(user)
    )
}

fn written(rules: &[Rule]) -> String {
    let list = |all: &[String]| all.iter().map(|one| quoted(one)).collect::<Vec<_>>().join(", ");
    let rule = |Rule { groups, resources, verbs, names }: &Rule| {
        let names = if names.is_empty() { String::new() } else { format!("  resourceNames: [{}]\n", list(names)) };
        let [groups, resources, verbs] = [groups, resources, verbs].map(|all| list(all));
        format!("- apiGroups: [{groups}]\n  resources: [{resources}]\n{names}  verbs: [{verbs}]\n")
    };
    rules.iter().map(rule).collect()
}

/// JSON strings are YAML strings (YAML 1.2, section 1.3).
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a6_a_denial_offers_the_role_to_ask_for_and_its_binding() {
        let yaml = Denial::new("create", "", "serviceaccounts/token", Some("demo-project")).role_to_ask_for("jane");
        insta::assert_snapshot!(yaml, @r#"
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata:
          name: create-serviceaccounts-token
          namespace: demo-project
        rules:
        - apiGroups: [""]
          resources: ["serviceaccounts/token"]
          verbs: ["create"]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata:
          name: "create-serviceaccounts-token-jane"
          namespace: demo-project
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: Role
          name: create-serviceaccounts-token
        subjects:
        - apiGroup: rbac.authorization.k8s.io
          kind: User
          name: "jane"
        "#);
    }

    #[test]
    fn a6_what_is_in_no_project_takes_a_cluster_role_and_a_strange_name_stays_one_string() {
        let yaml = Denial::new("list", "", "namespaces", None).role_to_ask_for("oidc:a/b\"\n- x");
        assert!(yaml.contains("kind: ClusterRole\n") && yaml.contains("kind: ClusterRoleBinding\n"), "{yaml}");
        assert!(!yaml.contains("namespace:") && yaml.contains(r#"name: "oidc:a/b\"\n- x""#), "{yaml}");
        assert!(yaml.contains(r#"name: "list-namespaces-oidc:a-b\"\n- x""#), "{yaml}");
    }

    #[test]
    fn a6_a_role_beyond_ones_own_asks_for_the_right_to_bind_it_and_no_other() {
        let yaml = right_to_bind(&RoleRef::cluster_role("system:Admin"), "demo", "jane");
        assert!(yaml.contains("name: bind-clusterroles-system--dmin\n  namespace: demo"), "{yaml}");
        assert!(
            yaml.contains("  resources: [\"clusterroles\"]\n  resourceNames: [\"system:Admin\"]\n  verbs: [\"bind\"]"),
            "{yaml}"
        );
    }

    #[test]
    fn a6_who_may_make_no_bindings_asks_for_that_as_well() {
        let yaml = right_to_bind_at_all(&RoleRef::role("viewer"), "demo", "jane");
        let rules = concat!(
            "  resources: [\"roles\"]\n  resourceNames: [\"viewer\"]\n  verbs: [\"bind\"]\n",
            "- apiGroups: [\"rbac.authorization.k8s.io\"]\n  resources: [\"rolebindings\"]\n",
            "  verbs: [\"create\", \"delete\"]\n---\n",
        );
        assert!(yaml.contains("name: give-roles-viewer\n") && yaml.contains(rules), "{yaml}");
    }

    #[test]
    fn d4_a6_beside_kubesphere_what_has_to_be_held_is_asked_for_and_no_right_to_bind() {
        let rules = [rule("", "secrets", &["get", "list"]), rule("apps", "*", &["*"])];
        let yaml = right_to_hold(&RoleRef::role("operator"), &rules, "demo", "jane");
        assert!(
            yaml.contains("resources: [\"secrets\"]\n  verbs: [\"get\", \"list\"]\n- apiGroups: [\"apps\"]"),
            "{yaml}"
        );
        assert!(!yaml.contains("bind\"") && !yaml.contains("resourceNames"), "{yaml}");
    }
}
