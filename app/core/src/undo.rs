//! Undo (SPEC X5): what is said before an act is taken back, and what came of it. What is needed to take it back is in a
//! record that only the server can read; the browser holds it sealed.

use serde::{Deserialize, Serialize};

use crate::{error::AppError, role::RoleRef};

/// How long an act can be taken back.
pub const LIFETIME_SECONDS: i64 = 10 * 60;
/// Characters of one sealed record. An account with more to it can't be brought back.
pub const MOST_SEALED: usize = 64 * 1024;
/// Accounts that are brought back together. Of more that were deleted at once, the others stay deleted.
pub const MOST: usize = 500;

/// Taking one act back: as dry runs found it before, and as it went afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    pub project: String,
    pub name: String,
    pub what: What,
    /// Why nothing of it comes back. Then nothing is changed, unless the answer was lost.
    pub stops: Option<AppError>,
    /// The roles that a deleted account was bound to, each with why it doesn't come back.
    pub bindings: Vec<(RoleRef, Option<AppError>)>,
    /// The bindings of a deleted account could not be seen: no role comes back.
    pub unseen: bool,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    Deleted,
    /// The role that it comes from, and has again after undoing; `None`: no role.
    RoleChanged {
        from: Option<RoleRef>,
        to: Option<RoleRef>,
    },
}

/// Why a record isn't looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stop {
    /// It is the actor's own, and older than [`LIFETIME_SECONDS`].
    Expired,
    /// Of somebody else, of other groups, of a key that is gone, or forged: which of them isn't told.
    Foreign,
    /// The request took too long before its turn came.
    NoTime,
}

/// A record's way back, or why there is none.
pub type Way = Result<Replay, Stop>;

impl Replay {
    /// All that was there is there again.
    pub fn is_whole(&self) -> bool {
        self.stops.is_none() && !self.unseen && self.bindings.iter().all(|(_, why)| why.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x5_what_comes_back_without_a_role_is_not_whole() {
        let whole = Replay {
            project: "p".into(),
            name: "a".into(),
            what: What::Deleted,
            stops: None,
            bindings: vec![(RoleRef::role("viewer"), None)],
            unseen: false,
        };
        assert!(whole.is_whole());
        let refused = vec![(RoleRef::role("viewer"), Some(AppError::NotFound))];
        assert!(!Replay { bindings: refused, ..whole.clone() }.is_whole());
        assert!(!Replay { stops: Some(AppError::Conflict), ..whole.clone() }.is_whole());
        assert!(!Replay { unseen: true, ..whole }.is_whole());
    }
}
