//! What a page gets when it reads: the value, how old it is, and what could not be read and why (SPEC P2, A6).

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Denial;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer<T> {
    pub value: T,
    /// When the API server said so.
    pub at: Timestamp,
    /// What the value lacks. A part that may not be read is here, never shown as empty.
    pub missing: Vec<Missing>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    pub what: Part,
    pub why: Why,
}

/// The part of an answer that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    Bindings,
    Roles,
    ClusterRoles,
    TokenSecrets,
    Pods,
    Workloads,
    Namespace,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    Denied(Denial),
    /// The API server did not answer in time, or answered with an error of its own.
    Unavailable,
    /// The cache that this part comes from is not ready (SPEC S2).
    NoCache,
}

impl<T> Answer<T> {
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Answer<U> {
        Answer { value: convert(self.value), at: self.at, missing: self.missing }
    }

    /// Why `part` is missing, when it is.
    pub fn lacks(&self, part: Part) -> Option<&Why> {
        self.missing.iter().find(|missing| missing.what == part).map(|missing| &missing.why)
    }
}
