//! Project roles (SPEC D5).

use std::{borrow::Cow, cmp::Ordering, collections::BTreeMap};

use k8s_openapi::{
    NamespaceResourceScope,
    api::rbac::v1::{ClusterRole, PolicyRule, Role},
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use musterbook_core::{
    account::{CREATOR, texts},
    role::{Controller, Grant, RoleOption, RoleRef},
};
use serde::Deserialize;

use super::{
    account::{created, notes},
    holders::rules,
};

const TEMPLATE_LABEL: &str = "iam.kubesphere.io/role-template";
/// On the Role that KubeSphere 4 makes of a role of its own kind: the name of that.
const ROLE_REF: &str = "iam.kubesphere.io/role-ref";

/// KubeSphere 4's own kind of role, as far as it is looked at.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct IamRole {
    metadata: ObjectMeta,
}

impl kube::Resource for IamRole {
    type DynamicType = ();
    type Scope = NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        "Role".into()
    }

    fn group((): &()) -> Cow<'_, str> {
        "iam.kubesphere.io".into()
    }

    fn version((): &()) -> Cow<'_, str> {
        "v1beta1".into()
    }

    fn plural((): &()) -> Cow<'_, str> {
        "roles".into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

/// The project's Roles that may be given to accounts, oldest first, then by name. Grants are not known yet.
pub(crate) fn role_options(roles: &[Role]) -> Vec<RoleOption> {
    let mut roles: Vec<_> = roles.iter().filter(|role| is_project_role(&role.metadata)).collect();
    roles.sort_by(|a, b| oldest_first(&a.metadata, &b.metadata));
    let option_of = |role: &Role| option(RoleRef::role(name(&role.metadata)), &role.metadata, role.rules.as_deref());
    roles.into_iter().map(option_of).collect()
}

/// The same for KubeSphere 4, whose roles are of a kind of their own. What one allows stands in the Role that is made for
/// it; where that is missing, nobody can be given the role.
pub(crate) fn mirrored_options(own: &[IamRole], roles: Option<&[Role]>) -> Vec<RoleOption> {
    let mut own: Vec<_> = own.iter().filter(|role| is_project_role(&role.metadata)).collect();
    own.sort_by(|a, b| oldest_first(&a.metadata, &b.metadata));
    own.into_iter()
        .filter_map(|own| {
            let role = RoleRef::role(name(&own.metadata));
            let Some(roles) = roles else {
                return Some(RoleOption { rules: None, ..option(role, &own.metadata, None) });
            };
            let mirror = bound_role(roles, Controller::V4, &role)?;
            Some(option(role, &own.metadata, mirror.rules.as_deref()))
        })
        .collect()
}

/// The Role that KubeSphere's controller takes for a wish: version 4's own carry its mark.
pub(crate) fn bound_role<'a>(roles: &'a [Role], controller: Controller, wish: &RoleRef) -> Option<&'a Role> {
    let bound = controller.bound_for(wish);
    let marked = |metadata: &ObjectMeta| {
        controller == Controller::V3
            || metadata.labels.as_ref().and_then(|labels| labels.get(ROLE_REF)) == Some(&wish.name)
    };
    roles.iter().find(|role| role.metadata.name.as_deref() == Some(&bound.name) && marked(&role.metadata))
}

pub(crate) fn cluster_role_option(role: &ClusterRole) -> RoleOption {
    option(RoleRef::cluster_role(name(&role.metadata)), &role.metadata, role.rules.as_deref())
}

fn oldest_first(a: &ObjectMeta, b: &ObjectMeta) -> Ordering {
    created(a).cmp(&created(b)).then_with(|| a.name.cmp(&b.name))
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
    fn d4_d5_kubesphere_4s_roles_have_the_rules_of_the_roles_made_for_them() {
        let own: Vec<IamRole> = serde_json::from_value(json!([
            { "metadata": { "name": "viewer", "annotations": { CREATOR: "system" } } },
            { "metadata": { "name": "unmade", "annotations": { CREATOR: "system" } } },
            { "metadata": { "name": "forged", "annotations": { CREATOR: "system" } } },
            { "metadata": { "name": "nobodys" } },
        ]))
        .unwrap();
        let rules = json!([{ "apiGroups": [""], "resources": ["pods"], "verbs": ["get"] }]);
        let roles: Vec<Role> = serde_json::from_value(json!([
            { "metadata": { "name": "viewer", "annotations": { CREATOR: "system" } } },
            { "metadata": { "name": "kubesphere:iam:viewer", "labels": { ROLE_REF: "viewer" } }, "rules": rules },
            { "metadata": { "name": "kubesphere:iam:forged", "labels": { ROLE_REF: "viewer" } }, "rules": rules },
        ]))
        .unwrap();
        let seen = |roles| -> Vec<_> {
            let options = mirrored_options(&own, roles).into_iter();
            options.map(|option| (option.role.to_string(), option.rules.map(|rules| rules.len()))).collect()
        };
        assert_eq!(seen(Some(&roles)), [("Role/viewer".to_owned(), Some(1))]);
        let unseen = ["Role/forged", "Role/unmade", "Role/viewer"].map(|name| (name.to_owned(), None));
        assert_eq!(seen(None), unseen);
    }

    #[test]
    fn d5_a_description_by_language_is_read() {
        assert_eq!(plain(r#"{"zh":"查看","en":"View"}"#).as_deref(), Some("View"));
        assert_eq!(plain(r#"{"zh":"查看"}"#).as_deref(), Some("查看"));
        assert_eq!(plain("View"), None);
    }
}
