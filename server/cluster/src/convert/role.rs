//! Project roles (SPEC D5).

use std::collections::BTreeMap;

use k8s_openapi::{
    api::rbac::v1::{ClusterRole, PolicyRule, Role},
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use musterbook_core::{
    account::{CREATOR, texts},
    role::{Grant, RoleOption, RoleRef},
};

use super::{
    account::{created, notes},
    holders::rules,
};

const TEMPLATE_LABEL: &str = "iam.kubesphere.io/role-template";

/// The project's Roles that may be given to accounts, oldest first, then by name. Grants are not known yet.
pub(crate) fn role_options(roles: &[Role]) -> Vec<RoleOption> {
    let mut roles: Vec<_> = roles.iter().filter(|role| is_project_role(&role.metadata)).collect();
    roles.sort_by(|a, b| {
        created(&a.metadata).cmp(&created(&b.metadata)).then_with(|| a.metadata.name.cmp(&b.metadata.name))
    });
    let option_of = |role: &Role| option(RoleRef::role(name(&role.metadata)), &role.metadata, role.rules.as_deref());
    roles.into_iter().map(option_of).collect()
}

pub(crate) fn cluster_role_option(role: &ClusterRole) -> RoleOption {
    option(RoleRef::cluster_role(name(&role.metadata)), &role.metadata, role.rules.as_deref())
}

fn is_project_role(metadata: &ObjectMeta) -> bool {
    let template = metadata.labels.as_ref().is_some_and(|labels| labels.contains_key(TEMPLATE_LABEL));
    notes(metadata).contains_key(CREATOR) && !template
}

fn option(role: RoleRef, metadata: &ObjectMeta, held: Option<&[PolicyRule]>) -> RoleOption {
    let (alias, description, _) = texts(notes(metadata));
    let description = description.map(|text| plain(&text).unwrap_or(text));
    RoleOption { role, alias, description, grant: Grant::Unknown, rules: Some(rules(held.unwrap_or_default())) }
}

/// KubeSphere 4 describes its roles as JSON by language: English, else the first that there is.
fn plain(description: &str) -> Option<String> {
    let mut texts: BTreeMap<String, String> = serde_json::from_str(description).ok()?;
    texts.remove("en").or_else(|| texts.into_values().next())
}

fn name(metadata: &ObjectMeta) -> String {
    metadata.name.clone().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn d5_roles_with_a_creator_that_are_no_templates_oldest_first() {
        let role = |name: &str, second: u8, labels: serde_json::Value| -> Role {
            serde_json::from_value(json!({ "metadata": {
                "name": name, "labels": labels, "annotations": { CREATOR: "system" },
                "creationTimestamp": format!("2026-01-01T00:00:{second:02}Z"),
            } }))
            .unwrap()
        };
        let plain: Role = serde_json::from_value(json!({ "metadata": { "name": "leader-election" } })).unwrap();
        let roles = vec![
            role("viewer", 2, json!({})),
            role("b", 1, json!({})),
            role("a", 1, json!({})),
            role("t", 0, json!({ TEMPLATE_LABEL: "true" })),
            plain,
        ];
        let names: Vec<_> = role_options(&roles).into_iter().map(|option| option.role.name).collect();
        assert_eq!(names, ["a", "b", "viewer"]);
    }

    #[test]
    fn d5_a_description_by_language_is_read() {
        assert_eq!(plain(r#"{"zh":"查看","en":"View"}"#).as_deref(), Some("View"));
        assert_eq!(plain(r#"{"zh":"查看"}"#).as_deref(), Some("查看"));
        assert_eq!(plain("View"), None);
    }
}
