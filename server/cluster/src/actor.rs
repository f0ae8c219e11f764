//! The signed-in person as Kubernetes sees them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// User name and groups for which the API server is asked. They come from the session, never from a request (SPEC A1).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    pub user: String,
    #[serde(default)]
    pub groups: Vec<String>,
    #[serde(default)]
    pub uid: Option<String>,
    #[serde(default)]
    pub extra: BTreeMap<String, Vec<String>>,
}
