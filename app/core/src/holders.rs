//! The roles to choose from together with who could use them: whoever may issue an account's tokens, or run pods as
//! it, has the rights of its role (SPEC X3, A4).

use serde::{Deserialize, Serialize};

use crate::{
    role::{RoleOption, RoleRef},
    rules::{Rule, cover_all, covers},
};

/// What is known when a role is chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    pub options: Vec<RoleOption>,
    /// Roles of the project that are bound but not offered; one that isn't there any more allows nothing.
    pub bound: Vec<BoundRole>,
    /// Who might act as accounts of the project, by its bindings. `None` where these may not be read.
    pub holders: Option<Vec<Holder>>,
    /// KubeSphere's controller binds the project's roles: one that is given waits for it (SPEC D4).
    pub waits: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundRole {
    pub role: RoleRef,
    pub rules: Vec<Rule>,
}

/// Somebody, and the roles that are theirs in the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub subject: Subject,
    pub roles: Vec<RoleRef>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Subject {
    User(String),
    Group(String),
    Account { project: String, name: String },
}

/// Those who will have more than they hold, and whether there may be others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lesser {
    pub named: Vec<Named>,
    /// Bindings may not be read, or give roles whose rules can't be seen.
    pub unseen: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub subject: Subject,
    pub may_issue: bool,
    pub may_run: bool,
}

impl Choices {
    /// What the role allows; `None` where that can't be seen.
    pub fn rules_of(&self, role: &RoleRef) -> Option<&[Rule]> {
        let offered = self.options.iter().find(|option| option.role == *role).map(|option| option.rules.as_deref());
        let bound = || self.bound.iter().find(|bound| bound.role == *role).map(|bound| bound.rules.as_slice());
        offered.flatten().or_else(bound)
    }

    /// What the roles allow together, as far as it can be seen, and whether that is all.
    pub fn rules_of_all<'a>(&self, roles: impl IntoIterator<Item = &'a RoleRef>) -> (Vec<Rule>, bool) {
        let (mut rules, mut all) = (Vec::new(), true);
        for role in roles {
            match self.rules_of(role) {
                Some(known) => rules.extend_from_slice(known),
                None => all = false,
            }
        }
        (rules, all)
    }

    /// Who may act as `account` of `project`, and holds less here than `wanted`, by kind and name.
    pub fn lesser(&self, project: &str, account: &str, wanted: &[Rule]) -> Lesser {
        let Some(holders) = &self.holders else { return Lesser { named: Vec::new(), unseen: true } };
        let itself = Subject::Account { project: project.into(), name: account.into() };
        let mut lesser = Lesser::default();
        for holder in holders.iter().filter(|holder| holder.subject != itself) {
            let (rules, all) = self.rules_of_all(&holder.roles);
            lesser.unseen |= !all;
            let may_issue = covers(&rules, "", TOKENS, "create", Some(account));
            let may_run = may_run(&rules);
            if (may_issue || may_run) && !cover_all(&rules, wanted) {
                lesser.named.push(Named { subject: holder.subject.clone(), may_issue, may_run });
            }
        }
        lesser.named.sort_by(|a, b| a.subject.cmp(&b.subject));
        lesser
    }
}

const TOKENS: &str = "serviceaccounts/token";

/// What runs pods, and whether one that is there can be given another account.
const RUNS: [(&str, &str, bool); 8] = [
    ("", "pods", false),
    ("", "replicationcontrollers", true),
    ("apps", "deployments", true),
    ("apps", "replicasets", true),
    ("apps", "statefulsets", true),
    ("apps", "daemonsets", true),
    ("batch", "jobs", false),
    ("batch", "cronjobs", true),
];

/// Whether the rules let their holder act as some account of the project.
pub fn may_act(rules: &[Rule]) -> bool {
    may_run(rules) || rules.iter().any(|rule| rule.touches("", TOKENS, "create"))
}

/// Whether the rules let their holder run pods as whichever account of the project they like: whoever makes or changes what
/// makes pods picks their account, too.
fn may_run(rules: &[Rule]) -> bool {
    RUNS.iter().any(|(group, resource, changes)| {
        // One is enough, so that a rule on names will do; but nobody creates by name.
        let changed = |verb| rules.iter().any(|rule| rule.touches(group, resource, verb));
        covers(rules, group, resource, "create", None) || *changes && ["update", "patch"].into_iter().any(changed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::Grant;

    fn rule(resource: &str, verb: &str) -> Rule {
        Rule { groups: vec!["".into()], resources: vec![resource.into()], verbs: vec![verb.into()], names: Vec::new() }
    }

    fn choices(holders: &[(Subject, &[&str])]) -> Choices {
        let option = |name: &str, rules| RoleOption {
            role: RoleRef::role(name),
            alias: None,
            description: None,
            grant: Grant::Can,
            rules,
        };
        let only = Rule { names: vec!["ci".into()], ..rule(TOKENS, "create") };
        Choices {
            options: vec![
                option("admin", Some(vec![rule("*", "*")])),
                option("runner", Some(vec![rule("pods", "create")])),
                option("hidden", None),
            ],
            bound: vec![BoundRole { role: RoleRef::role("issuer"), rules: vec![only] }],
            holders: Some(
                holders
                    .iter()
                    .map(|(subject, roles)| Holder {
                        subject: subject.clone(),
                        roles: roles.iter().map(|name| RoleRef::role(*name)).collect(),
                    })
                    .collect(),
            ),
            waits: false,
        }
    }

    fn user(name: &str) -> Subject {
        Subject::User(name.into())
    }

    #[test]
    fn x3_those_who_hold_less_are_named_and_the_account_itself_is_not() {
        let itself = Subject::Account { project: "demo".into(), name: "ci".into() };
        let choices = choices(&[
            (itself, &["runner"]),
            (Subject::Group("team".into()), &["runner", "issuer"]),
            (user("jane"), &["issuer"]),
            (user("root"), &["admin"]),
        ]);
        let secrets = [rule("secrets", "get")];
        assert_eq!(
            choices.lesser("demo", "ci", &secrets),
            Lesser {
                named: vec![
                    Named { subject: user("jane"), may_issue: true, may_run: false },
                    Named { subject: Subject::Group("team".into()), may_issue: true, may_run: true },
                ],
                unseen: false,
            }
        );
        // Tokens of another account are not jane's to issue, and pods she may make are no more than the team holds.
        let named = |wanted: &[Rule]| -> Vec<_> {
            choices.lesser("demo", "bot", wanted).named.into_iter().map(|named| named.subject).collect()
        };
        assert_eq!(
            named(&secrets),
            [Subject::Group("team".into()), Subject::Account { project: "demo".into(), name: "ci".into() }]
        );
        assert_eq!(named(&[rule("pods", "create")]), []);
    }

    #[test]
    fn x3_who_makes_or_changes_what_makes_pods_picks_their_account() {
        let of = |group: &str, resource: &str, verb: &str| Rule { groups: vec![group.into()], ..rule(resource, verb) };
        let may = |rule: Rule| {
            let mut choices = choices(&[(user("jane"), &["runner"])]);
            choices.options[1].rules = Some(vec![rule.clone()]);
            let Lesser { named, .. } = choices.lesser("demo", "ci", &[self::rule("secrets", "get")]);
            assert_eq!(may_act(&[rule]), !named.is_empty());
            named.first().is_some_and(|named| named.may_run && !named.may_issue)
        };
        let kinds = [
            ("", "replicationcontrollers"),
            ("apps", "deployments"),
            ("apps", "replicasets"),
            ("apps", "statefulsets"),
            ("apps", "daemonsets"),
            ("batch", "cronjobs"),
        ];
        for (group, resource) in kinds {
            for verb in ["create", "update", "patch", "*"] {
                assert!(may(of(group, resource, verb)), "{verb} {resource}");
            }
            for verb in ["get", "delete"] {
                assert!(!may(of(group, resource, verb)), "{verb} {resource}");
            }
            let shop = || vec!["shop".to_owned()];
            assert!(may(Rule { names: shop(), ..of(group, resource, "patch") }), "{resource} shop");
            assert!(!may(Rule { names: shop(), ..of(group, resource, "create") }), "{resource} shop");
            assert!(!may(of("other", resource, "create")), "{resource} of another group");
        }
        // Those that are there keep their account.
        for (group, resource) in [("", "pods"), ("batch", "jobs")] {
            assert!(may(of(group, resource, "create")) && !may(of(group, resource, "update")), "{resource}");
        }
        assert!(!may(of("apps", "deployments/scale", "patch")));
    }

    #[test]
    fn x3_who_can_not_be_seen_is_not_nobody() {
        let secrets = [rule("secrets", "get")];
        assert!(choices(&[(user("jane"), &["hidden"])]).lesser("demo", "ci", &secrets).unseen);
        assert!(!choices(&[]).lesser("demo", "ci", &secrets).unseen);
        let blind = Choices { holders: None, ..choices(&[]) };
        assert_eq!(blind.lesser("demo", "ci", &secrets), Lesser { named: Vec::new(), unseen: true });
    }
}
