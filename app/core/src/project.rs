//! Projects (namespaces) and the workspaces they belong to.

use serde::{Deserialize, Serialize};

/// The workspace of a namespace without the label.
pub const NO_WORKSPACE: &str = "-";
/// A namespace's workspace (SPEC section 1).
pub const WORKSPACE_LABEL: &str = "kubesphere.io/workspace";

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Project {
    pub workspace: String,
    pub name: String,
    pub alias: Option<String>,
    pub description: Option<String>,
    pub deleting: bool,
}

impl Project {
    /// Name, alias or workspace contain `query`, ignoring case.
    pub fn matches(&self, query: &str) -> bool {
        let query = query.trim().to_lowercase();
        [Some(&self.name), self.alias.as_ref(), Some(&self.workspace)]
            .into_iter()
            .flatten()
            .any(|text| text.to_lowercase().contains(&query))
    }
}
