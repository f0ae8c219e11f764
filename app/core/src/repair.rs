//! What mends a role whose wish and truth don't agree (SPEC D3).

use std::{fmt, str::FromStr};

use crate::{
    bulk::BindingId,
    role::{AccountRole, Binding, RoleRef, RoleState, wished},
};

/// One act. Its text form is the value of a form's button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repair {
    /// The role that is wished for is bound; what was made for another one goes.
    Bind(RoleRef),
    /// A role that is bound becomes the wish. Nothing is bound or unbound.
    Adopt(RoleRef),
    /// The wish goes, and the bindings that were made for it.
    Revoke,
    /// A binding of the account alone that was not made for its role goes.
    Unbind(BindingId),
}

impl AccountRole {
    /// What mends it, the likeliest first. Nothing where wish and truth agree, or where it is somebody else's to act.
    pub fn repairs(&self) -> Vec<Repair> {
        let wish = self.wish.as_ref();
        let other = self.bindings.iter().find(|binding| wish.is_none_or(|wish| !binding.gives(wish)));
        match (self.state, wish) {
            (RoleState::NotBound, Some(wish)) => {
                let without = other.map_or(Repair::Revoke, adopted);
                vec![Repair::Bind(wish.clone()), without]
            }
            (RoleState::NotAnnotated, _) => other.map(adopted).into_iter().chain(other.and_then(away)).collect(),
            (RoleState::RoleMissing, None) => other.and_then(away).into_iter().collect(),
            // The wish is there, if what is bound is what isn't; which of them it is, is not known here.
            (RoleState::RoleMissing, Some(wish)) if !self.bindings.iter().any(|binding| binding.gives(wish)) => {
                let bind = other.map(|_| Repair::Bind(wish.clone()));
                bind.into_iter().chain([Repair::Revoke]).collect()
            }
            (RoleState::RoleMissing, Some(_)) => vec![Repair::Revoke],
            _ => Vec::new(),
        }
    }

    /// Whether [`Repair::Revoke`] takes bindings away as well.
    pub fn has_own_binding(&self) -> bool {
        self.bindings.iter().any(|binding| binding.managed)
    }
}

/// A role of KubeSphere 4's is wished for by the name that people know.
fn adopted(binding: &Binding) -> Repair {
    Repair::Adopt(RoleRef { kind: binding.role.kind, name: wished(&binding.role.name).into() })
}

/// How a binding goes. One that others are bound by, too, is left to those who made it.
fn away(binding: &Binding) -> Option<Repair> {
    match binding {
        Binding { managed: true, .. } => Some(Repair::Revoke),
        Binding { shared: true, .. } => None,
        Binding { name, uid, .. } => Some(Repair::Unbind(BindingId { name: name.clone(), uid: uid.clone() })),
    }
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind(role) => write!(f, "bind {role}"),
            Self::Adopt(role) => write!(f, "adopt {role}"),
            Self::Revoke => f.write_str("revoke"),
            // A name may hold a space, a uid can't.
            Self::Unbind(BindingId { name, uid }) => write!(f, "unbind {uid} {name}"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a repair: expected bind, adopt, revoke or unbind")]
pub struct NotARepair;

impl FromStr for Repair {
    type Err = NotARepair;

    fn from_str(text: &str) -> Result<Self, NotARepair> {
        let (act, of) = text.split_once(' ').unwrap_or((text, ""));
        let role = || of.parse().map_err(|_| NotARepair);
        match act {
            "bind" => Ok(Self::Bind(role()?)),
            "adopt" => Ok(Self::Adopt(role()?)),
            "revoke" if of.is_empty() => Ok(Self::Revoke),
            "unbind" => {
                let (uid, name) = of.split_once(' ').ok_or(NotARepair)?;
                Ok(Self::Unbind(BindingId { name: name.into(), uid: uid.into() }))
            }
            _ => Err(NotARepair),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::role_state;

    fn binding(name: &str, role: &str, managed: bool) -> Binding {
        let (name, uid) = (name.to_owned(), format!("uid-of-{name}"));
        Binding { name, uid, role: RoleRef::role(role), managed, shared: false, goes: managed }
    }

    /// In a project with the roles `viewer` and `operator`.
    fn repairs(wish: Option<&str>, bindings: Vec<Binding>) -> (RoleState, Vec<String>) {
        let wish = wish.map(RoleRef::role);
        let is_there =
            |role: &RoleRef| Some(["viewer", "operator", "kubesphere:iam:viewer"].contains(&role.name.as_str()));
        let state = role_state("ci", wish.as_ref(), &bindings, None, is_there);
        let repairs = AccountRole { wish, bindings, state }.repairs();
        (state, repairs.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn d3_each_state_has_its_repairs() {
        let own = |role| vec![binding("own", role, true)];
        let by_hand = |role| vec![binding("by-hand", role, false)];
        let cases = [
            (None, vec![], RoleState::None, vec![]),
            (Some("viewer"), own("viewer"), RoleState::Bound, vec![]),
            (Some("viewer"), vec![], RoleState::NotBound, vec!["bind Role/viewer", "revoke"]),
            (Some("viewer"), own("operator"), RoleState::NotBound, vec!["bind Role/viewer", "adopt Role/operator"]),
            (None, own("viewer"), RoleState::NotAnnotated, vec!["adopt Role/viewer", "revoke"]),
            (None, own("kubesphere:iam:viewer"), RoleState::NotAnnotated, vec!["adopt Role/viewer", "revoke"]),
            (
                None,
                by_hand("viewer"),
                RoleState::NotAnnotated,
                vec!["adopt Role/viewer", "unbind uid-of-by-hand by-hand"],
            ),
            (Some("gone"), vec![], RoleState::RoleMissing, vec!["revoke"]),
            (Some("gone"), own("gone"), RoleState::RoleMissing, vec!["revoke"]),
            (Some("viewer"), own("gone"), RoleState::RoleMissing, vec!["bind Role/viewer", "revoke"]),
            (None, own("gone"), RoleState::RoleMissing, vec!["revoke"]),
            (None, by_hand("gone"), RoleState::RoleMissing, vec!["unbind uid-of-by-hand by-hand"]),
        ];
        for (wish, bindings, state, wanted) in cases {
            let shown = format!("{wish:?} {bindings:?}");
            assert_eq!(repairs(wish, bindings), (state, wanted.into_iter().map(Into::into).collect()), "{shown}");
        }
    }

    #[test]
    fn d3_a_binding_of_others_is_not_offered_to_go_and_somebody_elses_state_has_no_repair() {
        let shared = Binding { shared: true, ..binding("team", "viewer", false) };
        assert_eq!(repairs(None, vec![shared]).1, ["adopt Role/viewer"]);
        for state in [RoleState::Waiting, RoleState::Unknown] {
            let role = AccountRole { wish: Some(RoleRef::role("viewer")), bindings: vec![], state };
            assert_eq!(role.repairs(), []);
        }
    }

    #[test]
    fn a_repair_survives_its_text_form_and_nothing_else_is_one() {
        let binding = BindingId { name: "a b".into(), uid: "0-1".into() };
        let all = [
            Repair::Bind(RoleRef::role("viewer")),
            Repair::Adopt(RoleRef::cluster_role("view")),
            Repair::Revoke,
            Repair::Unbind(binding),
        ];
        for repair in all {
            assert_eq!(repair.to_string().parse(), Ok(repair));
        }
        for bad in ["", "bind", "bind viewer", "adopt Role/", "revoke x", "unbind u", "drop"] {
            assert_eq!(bad.parse::<Repair>(), Err(NotARepair), "{bad}");
        }
    }
}
