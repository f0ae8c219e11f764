//! The Role to ask an administrator for, with its binding, as YAML ready to apply (SPEC A6).

use crate::{
    error::Denial,
    role::{RoleKind, RoleRef},
};

const RBAC: &str = "rbac.authorization.k8s.io";

impl Denial {
    /// What would have allowed it to `user`, and nothing more.
    pub fn role_to_ask_for(&self, user: &str) -> String {
        let name = format!("{}-{}", self.verb, self.resource.replace('/', "-"));
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
    let resource = match role.kind {
        RoleKind::Role => "roles",
        RoleKind::ClusterRole => "clusterroles",
    };
    let plain = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' { c } else { '-' };
    let name: String = format!("bind-{resource}-{}", role.name).chars().map(plain).collect();
    let rule = format!(
        "- apiGroups: [\"{RBAC}\"]\n  resources: [\"{resource}\"]\n  resourceNames: [{}]\n  verbs: [\"bind\"]\n",
        quoted(&role.name)
    );
    asked(&name, &rule, Some(project), user)
}

/// One binding for each person: applying what a second one asks for leaves the first one theirs.
fn asked(name: &str, rule: &str, project: Option<&str>, user: &str) -> String {
    let (cluster, place) = match project {
        Some(project) => ("", format!("\n  namespace: {project}")),
        None => ("Cluster", String::new()),
    };
    let head = |kind: &str, name: &str| {
        format!("apiVersion: {RBAC}/v1\nkind: {cluster}{kind}\nmetadata:\n  name: {name}{place}\n")
    };
    let binding = quoted(&format!("{name}-{user}").replace(['/', '%'], "-"));
    format!(
        "{}rules:\n{rule}---\n{}roleRef:\n  apiGroup: {RBAC}\n  kind: {cluster}Role\n  name: {name}\nsubjects:\n- apiGroup: {RBAC}\n  kind: User\n  name: {}\n",
        head("Role", name),
        head("RoleBinding", &binding),
        quoted(user)
    )
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
}
