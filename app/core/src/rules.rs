//! What RBAC rules allow, and how two sets of them differ (SPEC X3). It explains; the API server decides.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// A rule on resources. `*` stands for all; without `names` it is about every object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub groups: Vec<String>,
    pub resources: Vec<String>,
    pub verbs: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// Rules as JSON that nobody has read yet: an error carries them through code that doesn't know how to read rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RulesText(String);

impl RulesText {
    pub fn of(rules: &[Rule]) -> Self {
        Self(serde_json::to_string(rules).unwrap_or_default())
    }

    /// None where there are none.
    pub fn read(&self) -> Vec<Rule> {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl Rule {
    pub fn everything() -> Self {
        let all = || vec!["*".to_owned()];
        Self { groups: all(), resources: all(), verbs: all(), names: Vec::new() }
    }

    /// Whether it allows this on some object, at least.
    pub fn touches(&self, group: &str, resource: &str, verb: &str) -> bool {
        let has = |all: &[String], one: &str| all.iter().any(|known| known == "*" || known == one);
        has(&self.verbs, verb)
            && has(&self.groups, group)
            && self.resources.iter().any(|known| resource_includes(known, resource))
    }

    fn covers(&self, group: &str, resource: &str, verb: &str, name: Option<&str>) -> bool {
        let named = self.names.is_empty() || name.is_some_and(|name| self.names.iter().any(|known| known == name));
        named && self.touches(group, resource, verb)
    }
}

/// Whether the rules allow `verb` on `resource` (`pods`, `pods/log`): on the object `name`, or on all of them. A `*` that
/// is asked for is held by a `*` only.
pub fn covers(rules: &[Rule], group: &str, resource: &str, verb: &str, name: Option<&str>) -> bool {
    rules.iter().any(|rule| rule.covers(group, resource, verb, name))
}

/// Whether `rules` allow everything that `wanted` allow.
pub fn cover_all(rules: &[Rule], wanted: &[Rule]) -> bool {
    wanted.iter().flat_map(Right::of).all(|right| right.is_held(rules))
}

/// What one set of rules allows and another doesn't, grouped to be read: the same verbs on several resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub verbs: Vec<String>,
    pub targets: Vec<Target>,
    /// Only the objects of these names; all of them where there is none.
    pub names: Vec<String>,
    /// Of what the targets' `*` stand for, the other set allows a part.
    pub rest: bool,
}

/// A resource, with its group: `""` is the core.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    pub group: String,
    pub resource: String,
}

/// What `to` allows and `from` doesn't.
pub fn difference(from: &[Rule], to: &[Rule]) -> Vec<Change> {
    let new: BTreeSet<Right<'_>> = to.iter().flat_map(Right::of).filter(|right| !right.is_held(from)).collect();
    let mut verbs: BTreeMap<_, Vec<Verb<'_>>> = BTreeMap::new();
    for right in &new {
        if new.iter().any(|other| other != right && other.includes(right)) {
            continue;
        }
        let key = (right.group, right.resource, right.name, right.is_rest_beside(from));
        verbs.entry(key).or_default().push(right.verb);
    }
    let mut names: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for ((group, resource, name, rest), verbs) in verbs {
        names.entry((group, resource, rest, verbs)).or_default().extend(name);
    }
    let mut targets: BTreeMap<_, Vec<Target>> = BTreeMap::new();
    for ((group, resource, rest, verbs), names) in names {
        let target = Target { group: group.into(), resource: resource.into() };
        targets.entry((verbs, rest, names)).or_default().push(target);
    }
    targets
        .into_iter()
        .map(|((verbs, rest, names), targets)| Change {
            verbs: verbs.into_iter().map(|verb| verb.name.into()).collect(),
            targets,
            names: names.into_iter().map(Into::into).collect(),
            rest,
        })
        .collect()
}

/// One verb on one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Right<'a> {
    group: &'a str,
    resource: &'a str,
    name: Option<&'a str>,
    verb: Verb<'a>,
}

impl<'a> Right<'a> {
    fn of(rule: &'a Rule) -> impl Iterator<Item = Self> {
        let names: Vec<_> = match rule.names.as_slice() {
            [] => vec![None],
            names => names.iter().map(|name| Some(name.as_str())).collect(),
        };
        rule.groups.iter().flat_map(move |group| {
            let names = names.clone();
            rule.resources.iter().flat_map(move |resource| {
                let names = names.clone();
                rule.verbs.iter().flat_map(move |verb| {
                    let verb = Verb::of(verb);
                    names.clone().into_iter().map(move |name| Self { group, resource, name, verb })
                })
            })
        })
    }

    fn is_held(&self, rules: &[Rule]) -> bool {
        covers(rules, self.group, self.resource, self.verb.name, self.name)
    }

    fn includes(&self, other: &Self) -> bool {
        (self.verb.name == "*" || self.verb == other.verb) && self.includes_target(other)
    }

    fn includes_target(&self, other: &Self) -> bool {
        (self.group == "*" || self.group == other.group)
            && resource_includes(self.resource, other.resource)
            && (self.name.is_none() || self.name == other.name)
    }

    /// Whether it is on `*`, and `rules` have the same verb on a part of that.
    fn is_rest_beside(&self, rules: &[Rule]) -> bool {
        self.resource == "*"
            && rules.iter().flat_map(Right::of).any(|held| held.verb == self.verb && self.includes_target(&held))
    }
}

/// Verbs stand in the order in which everybody writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Verb<'a> {
    rank: usize,
    name: &'a str,
}

impl<'a> Verb<'a> {
    fn of(name: &'a str) -> Self {
        const ORDER: [&str; 9] =
            ["*", "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
        Self { rank: ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len()), name }
    }
}

/// `*` is every resource with its subresources, `*/scale` that subresource of all.
fn resource_includes(known: &str, resource: &str) -> bool {
    known == "*"
        || known == resource
        || known
            .strip_prefix("*/")
            .is_some_and(|part| resource.split_once('/').is_some_and(|(_, subresource)| subresource == part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(groups: &[&str], resources: &[&str], verbs: &[&str]) -> Rule {
        let strings = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        Rule { groups: strings(groups), resources: strings(resources), verbs: strings(verbs), names: Vec::new() }
    }

    fn named(rule: Rule, names: &[&str]) -> Rule {
        Rule { names: names.iter().map(|name| (*name).into()).collect(), ..rule }
    }

    /// `get, list on pods, apps/*`
    fn told(from: &[Rule], to: &[Rule]) -> Vec<String> {
        let told = difference(from, to).into_iter().map(|change| {
            let target = |target: &Target| match target.group.as_str() {
                "" => target.resource.clone(),
                group => format!("{group}:{}", target.resource),
            };
            let targets: Vec<_> = change.targets.iter().map(target).collect();
            let rest = if change.rest { " else" } else { "" };
            format!("{} on {}{rest} {}", change.verbs.join(","), targets.join(","), change.names.join(","))
        });
        told.map(|line| line.trim_end().to_owned()).collect()
    }

    #[test]
    fn x3_wildcards_subresources_and_names_count_as_rbac_counts_them() {
        let rules = [
            rule(&["apps"], &["*"], &["get"]),
            rule(&["*"], &["*/scale"], &["*"]),
            rule(&[""], &["pods"], &["get"]),
            named(rule(&[""], &["secrets"], &["get"]), &["a"]),
        ];
        for (group, resource, verb, name) in [
            ("apps", "deployments", "get", None),
            ("apps", "deployments/status", "get", None),
            ("batch", "jobs/scale", "update", None),
            ("", "pods", "get", Some("p")),
            ("", "secrets", "get", Some("a")),
        ] {
            assert!(covers(&rules, group, resource, verb, name), "{group} {resource} {verb}");
        }
        for (group, resource, verb, name) in [
            ("apps", "deployments", "list", None),
            ("", "pods/log", "get", None),
            ("", "pods", "*", None),
            ("", "*", "get", None),
            ("*", "pods", "get", None),
            ("", "secrets", "get", Some("b")),
            ("", "secrets", "get", None),
            ("batch", "jobs", "update", None),
        ] {
            assert!(!covers(&rules, group, resource, verb, name), "{group} {resource} {verb}");
        }
    }

    #[test]
    fn x3_a_difference_is_grouped_by_verbs() {
        let viewer = [rule(&[""], &["pods", "configmaps"], &["get", "list"])];
        let editor = [
            rule(&["", "apps"], &["deployments"], &["list", "get", "prune", "create"]),
            rule(&[""], &["pods"], &["get", "list", "create"]),
            rule(&[""], &["pods/log"], &["get"]),
        ];
        assert_eq!(
            told(&viewer, &editor),
            ["get on pods/log", "get,list,create,prune on deployments,apps:deployments", "create on pods"]
        );
        assert_eq!(told(&editor, &viewer), ["get,list on configmaps"]);
        assert_eq!(told(&editor, &editor), [""; 0]);
        assert_eq!(told(&editor, &[]), [""; 0]);
        assert!(cover_all(&editor, &editor) && !cover_all(&viewer, &editor));
    }

    #[test]
    fn x3_a_wildcard_swallows_what_it_stands_for_and_says_what_was_there() {
        let all = [rule(&["*"], &["*"], &["*", "get"]), rule(&[""], &["pods"], &["get"])];
        let reader = [rule(&["*"], &["*"], &["get"]), rule(&["apps"], &["*"], &["create"])];
        let viewer = [rule(&[""], &["pods"], &["get"])];
        assert_eq!(told(&[], &all), ["* on *:*"]);
        assert_eq!(told(&reader, &all), ["* on *:*"]);
        assert_eq!(told(&viewer, &reader), ["get on *:* else", "create on apps:*"]);
        assert_eq!(told(&all, &reader), [""; 0]);
    }

    #[test]
    fn x3_names_are_told_and_more_than_a_name_is_a_gain() {
        let one = [named(rule(&[""], &["secrets"], &["get"]), &["a", "b"])];
        let every = [rule(&[""], &["secrets"], &["get"])];
        assert_eq!(told(&[], &one), ["get on secrets a,b"]);
        assert_eq!(told(&one, &every), ["get on secrets"]);
        assert_eq!(told(&every, &one), [""; 0]);
    }

    /// What RBAC does with a request, as Kubernetes documents it, for the test below: nothing of the code above.
    fn allows(rule: &Rule, (group, resource, verb, name): Point) -> bool {
        let any = |known: &[String], one: &str| known.iter().any(|known| known == "*" || known == one);
        let below = resource.split_once('/').map(|(_, part)| format!("*/{part}"));
        let resources = rule.resources.iter().any(|known| Some(known) == below.as_ref());
        any(&rule.groups, group)
            && (any(&rule.resources, resource) || resources)
            && any(&rule.verbs, verb)
            && (rule.names.is_empty() || name.is_some_and(|name| rule.names.iter().any(|known| known == name)))
    }

    /// Group, resource, verb, name.
    type Point = (&'static str, &'static str, &'static str, Option<&'static str>);

    /// One of each that rules speak of, and one that none does.
    fn universe() -> Vec<Point> {
        let mut points = Vec::new();
        for group in ["", "apps", "other"] {
            for resource in
                ["pods", "pods/log", "deployments", "deployments/scale", "others", "others/log", "others/scale"]
            {
                for verb in ["get", "list", "other"] {
                    for name in [None, Some("a"), Some("b"), Some("other")] {
                        points.push((group, resource, verb, name));
                    }
                }
            }
        }
        points
    }

    /// Small numbers in an order that looks random and is the same each time (Knuth's multiplier).
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, most: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(self.0 >> 40).unwrap_or(0) % most
        }

        fn some(&mut self, of: &[&str], least: usize) -> Vec<String> {
            let count = least + self.below(3 - least);
            (0..count).map(|_| of[self.below(of.len())].to_owned()).collect()
        }

        fn rules(&mut self) -> Vec<Rule> {
            let resources = ["pods", "pods/log", "deployments", "deployments/scale", "*", "*/scale", "*/log"];
            let one = |dice: &mut Self| Rule {
                groups: dice.some(&["", "apps", "*"], 1),
                resources: dice.some(&resources, 1),
                verbs: dice.some(&["get", "list", "*"], 1),
                names: if dice.below(3) == 0 { dice.some(&["a", "b"], 1) } else { Vec::new() },
            };
            (0..self.below(4)).map(|_| one(self)).collect()
        }
    }

    #[test]
    fn x3_what_is_gained_and_lost_is_what_trying_everything_finds() {
        let (mut dice, universe) = (Dice(3), universe());
        for _ in 0..3_000 {
            let (from, to) = (dice.rules(), dice.rules());
            let may = |rules: &[Rule], point| rules.iter().any(|rule| allows(rule, point));
            let gained = |point| may(&to, point) && !may(&from, point);
            // Each line of the difference, taken apart, is a rule itself.
            let told: Vec<Rule> = difference(&from, &to)
                .into_iter()
                .flat_map(|Change { verbs, targets, names, .. }| {
                    let names = if names.is_empty() {
                        vec![vec![]]
                    } else {
                        names.into_iter().map(|name| vec![name]).collect()
                    };
                    let mut parts = Vec::new();
                    for (verb, target) in verbs.iter().flat_map(|verb| targets.iter().map(move |target| (verb, target)))
                    {
                        parts.extend(names.iter().map(|names| Rule {
                            groups: vec![target.group.clone()],
                            resources: vec![target.resource.clone()],
                            verbs: vec![verb.clone()],
                            names: names.clone(),
                        }));
                    }
                    parts
                })
                .collect();
            for point in &universe {
                let (group, resource, verb, name) = *point;
                assert_eq!(covers(&to, group, resource, verb, name), may(&to, *point), "{to:?} {point:?}");
                assert!(!gained(*point) || may(&told, *point), "{point:?} is not told: {from:?} to {to:?}");
                assert!(may(&to, *point) || !may(&told, *point), "{point:?} is not given: {from:?} to {to:?}");
            }
            for part in &told {
                let new = universe.iter().any(|point| allows(part, *point) && gained(*point));
                assert!(new, "nothing new in {part:?}: {from:?} to {to:?}");
            }
        }
    }
}
