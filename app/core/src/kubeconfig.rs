//! A kubeconfig with KubeSphere's keys and names (SPEC K2).

use std::fmt;

/// The parts of a kubeconfig. Complete by construction; printing it hides the token (SPEC K3).
pub struct Kubeconfig<'a> {
    pub account: &'a str,
    pub cluster: &'a str,
    pub server: &'a str,
    /// PEM in base64; `None`: the client's system roots.
    pub ca_data: Option<&'a str>,
    pub tls_server_name: Option<&'a str>,
    pub namespace: &'a str,
    /// `None`: `ACCOUNT@CLUSTER`.
    pub context: Option<&'a str>,
    pub token: &'a str,
}

impl fmt::Debug for Kubeconfig<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kubeconfig")
            .field("account", &self.account)
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

impl Kubeconfig<'_> {
    /// As YAML. Every value is quoted as JSON, which YAML reads as the same string (YAML 1.2, section 1.3).
    pub fn to_yaml(&self) -> String {
        let cluster = quote(&format!("{}@{}", self.account, self.cluster));
        let context = self.context.map_or_else(|| cluster.clone(), quote);
        let (user, server, namespace, token) =
            (quote(self.account), quote(self.server), quote(self.namespace), quote(self.token));
        let ca =
            self.ca_data.map(|data| format!("    certificate-authority-data: {}\n", quote(data))).unwrap_or_default();
        let tls =
            self.tls_server_name.map(|name| format!("    tls-server-name: {}\n", quote(name))).unwrap_or_default();
        format!(
            "apiVersion: v1\nkind: Config\nclusters:\n- name: {cluster}\n  cluster:\n{ca}    server: {server}\n{tls}users:\n- name: {user}\n  user:\n    token: {token}\ncontexts:\n- name: {context}\n  context:\n    cluster: {cluster}\n    namespace: {namespace}\n    user: {user}\ncurrent-context: {context}\n"
        )
    }
}

/// With escapes for what YAML doesn't take for a character, and for what YAML 1.1, which kubectl reads, takes for a line
/// break.
fn quote(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    let is_odd =
        |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    let escaped = |c: char| if is_odd(c) { format!("\\u{:04x}", u32::from(c)) } else { c.into() };
    json.chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Kubeconfig<'static> {
        Kubeconfig {
            account: "ci",
            cluster: "local",
            server: "https://api.example:6443",
            ca_data: Some("Q0E="),
            tls_server_name: None,
            namespace: "demo-project",
            context: None,
            token: "t0ken",
        }
    }

    #[test]
    fn k2_names_and_key_order_are_kubespheres() {
        insta::assert_snapshot!(sample().to_yaml(), @r#"
        apiVersion: v1
        kind: Config
        clusters:
        - name: "ci@local"
          cluster:
            certificate-authority-data: "Q0E="
            server: "https://api.example:6443"
        users:
        - name: "ci"
          user:
            token: "t0ken"
        contexts:
        - name: "ci@local"
          context:
            cluster: "ci@local"
            namespace: "demo-project"
            user: "ci"
        current-context: "ci@local"
        "#);
    }

    #[test]
    fn k2_odd_context_names_stay_one_string() {
        let yaml = Kubeconfig { context: Some("a\": b\n- c"), ..sample() }.to_yaml();
        assert!(yaml.ends_with("current-context: \"a\\\": b\\n- c\"\n"), "{yaml}");
    }

    #[test]
    fn k3_debug_does_not_print_the_token() {
        assert!(!format!("{:?}", sample()).contains("t0ken"));
    }
}
