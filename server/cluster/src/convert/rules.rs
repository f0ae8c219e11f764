//! The API server's escalation refusal, made readable (SPEC A3).

const REFUSAL: &str = "attempting to grant RBAC permissions not currently held:";

/// The rules that the actor lacks; `None` when `message` is not an escalation refusal. Each is a line
/// `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get"]}`, lists without commas.
pub(crate) fn missing_rules(message: &str) -> Option<Vec<String>> {
    let (_, rules) = message.split_once(REFUSAL)?;
    Some(rules.lines().map(str::trim).filter(|line| line.starts_with('{')).map(readable).collect())
}

/// `get on deployments in apps`; what can't be read is shown as it came.
fn readable(rule: &str) -> String {
    let verbs = names(rule, "Verbs");
    let resources = names(rule, "Resources");
    let urls = names(rule, "NonResourceURLs");
    let what = if resources.is_empty() { urls } else { resources };
    if verbs.is_empty() || what.is_empty() {
        return rule.trim_matches(['{', '}']).to_owned();
    }
    let mut text = format!("{} on {}", verbs.join(", "), what.join(", "));
    let named = names(rule, "ResourceNames");
    if !named.is_empty() {
        text.push_str(&format!(" named {}", named.join(", ")));
    }
    let groups: Vec<_> = names(rule, "APIGroups").into_iter().filter(|group| !group.is_empty()).collect();
    if !groups.is_empty() {
        text.push_str(&format!(" in {}", groups.join(", ")));
    }
    text
}

/// The quoted strings of `key:[…]`.
fn names(rule: &str, key: &str) -> Vec<String> {
    // The key's start: `Resources` is not the end of `NonResources`, nor `Names` of `ResourceNames`.
    let start =
        [format!("{{{key}:["), format!(", {key}:[")].iter().find_map(|mark| Some(rule.find(mark)? + mark.len()));
    let list = start.and_then(|start| rule[start..].split(']').next()).unwrap_or_default();
    list.split('"').skip(1).step_by(2).map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a3_the_missing_rules_are_readable() {
        let message = "rolebindings.rbac.authorization.k8s.io \"b\" is forbidden: user \"jane\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n\
            {APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}\n\
            {APIGroups:[\"\"], Resources:[\"pods\" \"secrets\"], Verbs:[\"*\"]}\n\
            {APIGroups:[\"\"], Resources:[\"secrets\"], ResourceNames:[\"a\" \"b\"], Verbs:[\"get\" \"list\"]}\n\
            {NonResourceURLs:[\"/metrics\"], Verbs:[\"get\"]}; resolution errors: [x]\n\
            {Odd}";
        assert_eq!(
            missing_rules(message).unwrap(),
            ["* on * in *", "* on pods, secrets", "get, list on secrets named a, b", "get on /metrics", "Odd",]
        );
        assert_eq!(missing_rules("User \"jane\" cannot create resource \"rolebindings\""), None);
    }
}
