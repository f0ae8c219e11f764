//! Whether an actor holds all that a role allows, by the API server's word for each right (SPEC D4).

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::rbac::v1::PolicyRule;
use musterbook_core::rules::Rule;

use crate::{
    acting::{Acting, Question, ask},
    calls::Calls,
    failure::Failure,
};

/// Reviews of one role at once.
const AT_ONCE: usize = 16;

/// How old an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    /// For an act: what was withdrawn a moment ago isn't held.
    New,
    /// For a page (SPEC A2).
    Kept,
}

/// One thing that a rule allows; `*` is a name like any other, and is held by a `*` only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Right {
    group: String,
    /// With its subresource.
    resource: String,
    name: Option<String>,
    verb: String,
}

/// What the actor lacks of `rules` in `project`.
pub(crate) async fn lacking(
    acting: &Acting,
    calls: &Calls,
    project: &str,
    rules: &[PolicyRule],
    age: Age,
) -> Result<Vec<Rule>, Failure> {
    let asked = stream::iter(rights(rules)).map(async |right| {
        let Right { verb, group, resource, name } = &right;
        let question = Question::about(verb, group, resource, name.as_deref(), project);
        let held = match age {
            Age::New => ask(calls, &question).await?,
            Age::Kept => acting.may(calls, question).await?,
        };
        Ok((right, held))
    });
    let answers: Vec<_> = asked.buffered(AT_ONCE).try_collect().await?;
    Ok(as_rules(answers.into_iter().filter(|(_, held)| !held).map(|(right, _)| right)))
}

/// Roles hold no rules on addresses: the API server refuses such a Role.
fn rights(rules: &[PolicyRule]) -> BTreeSet<Right> {
    let mut rights = BTreeSet::new();
    for rule in rules {
        let names = rule.resource_names.as_deref().unwrap_or_default();
        let names: Vec<_> = if names.is_empty() { vec![None] } else { names.iter().cloned().map(Some).collect() };
        for group in rule.api_groups.iter().flatten() {
            for resource in rule.resources.iter().flatten() {
                for name in &names {
                    rights.extend(rule.verbs.iter().map(|verb| Right {
                        group: group.clone(),
                        resource: resource.clone(),
                        name: name.clone(),
                        verb: verb.clone(),
                    }));
                }
            }
        }
    }
    rights
}

/// One for each resource, or object of it.
fn as_rules(rights: impl Iterator<Item = Right>) -> Vec<Rule> {
    let mut verbs: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for Right { group, resource, name, verb } in rights {
        verbs.entry((group, resource, name)).or_default().push(verb);
    }
    let rule = |((group, resource, name), verbs): ((String, String, Option<String>), Vec<String>)| Rule {
        groups: vec![group],
        resources: vec![resource],
        verbs,
        names: name.into_iter().collect(),
    };
    verbs.into_iter().map(rule).collect()
}

/// Words as the API server's escalation check is shown in: `create, delete on rolebindings in rbac.authorization.k8s.io`.
pub(crate) fn in_words(rules: &[Rule]) -> Vec<String> {
    let line = |Rule { groups, resources, verbs, names }: &Rule| {
        let named = if names.is_empty() { String::new() } else { format!(" named {}", names.join(", ")) };
        let group = groups.join(", ");
        let of = if group.is_empty() { String::new() } else { format!(" in {group}") };
        format!("{} on {}{named}{of}", verbs.join(", "), resources.join(", "))
    };
    rules.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn d4_each_right_of_a_role_is_one_question() {
        let rules: Vec<PolicyRule> = serde_json::from_value(json!([
            { "apiGroups": ["", "apps"], "resources": ["pods/log", "*"], "verbs": ["get", "*"] },
            { "apiGroups": [""], "resources": ["*"], "verbs": ["get"] },
            { "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["a", "b"], "verbs": ["get"] },
        ]))
        .unwrap();
        let rights = rights(&rules);
        assert_eq!(rights.len(), 2 * 2 * 2 + 2);
        assert_eq!(
            in_words(&as_rules(rights.into_iter())),
            [
                "*, get on *",
                "*, get on pods/log",
                "get on secrets named a",
                "get on secrets named b",
                "*, get on * in apps",
                "*, get on pods/log in apps",
            ]
        );
    }
}
