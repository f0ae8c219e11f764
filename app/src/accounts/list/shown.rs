//! What the rows of a list have in common.

use std::sync::Arc;

use musterbook_core::{
    Missing,
    account::{Account, Rights},
    answer::{Part, Why},
    list::{ListQuery, Page, Scope},
    project::NO_WORKSPACE,
};

use crate::{accounts::list::board::Board, explain::missing_text, lang::Locale, routes, text};

/// Cheap to hand to each row, and there as long as one of them is.
#[derive(Clone)]
pub struct Shown(Arc<Inner>);

struct Inner {
    board: Board,
    scope: Scope,
    query: ListQuery,
    path: String,
}

impl Shown {
    pub fn new(board: Board, scope: Scope, query: ListQuery) -> Self {
        let path = routes::list_of(&scope);
        Self(Arc::new(Inner { board, scope, query, path }))
    }

    pub fn query(&self) -> &ListQuery {
        &self.0.query
    }

    /// Of the list itself.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Whether the list is of several projects (SPEC L8).
    pub fn is_wide(&self) -> bool {
        self.0.scope.project().is_none()
    }

    /// Whether some of the rows may be deleted, as far as rights go and are known.
    pub fn offers_delete(&self) -> bool {
        let allowed = |rights: &Rights| rights.delete != Some(false);
        let rights = |page: &Page| page.rights.is_empty() || page.rights.values().any(allowed);
        self.0.board.with_untracked(|board| rights(&board.page))
    }

    pub fn workspace_of(&self, project: &str) -> String {
        self.0.board.with_untracked(|board| board.page.workspace_of(&self.0.scope, project).to_owned())
    }

    /// Address of a dialog about an account.
    pub fn dialog(&self, key: &'static str, account: &Account) -> String {
        let Inner { query, path, .. } = &*self.0;
        routes::dialog(path, query, (key, &account.name), self.is_wide().then_some(account.project.as_str()))
    }

    pub fn why_no_pods(&self, locale: Locale, project: &str) -> String {
        let of_project = |missing: &&Missing| match &missing.why {
            Why::Denied(denial) => denial.project.as_deref().is_none_or(|of| of == project),
            _ => true,
        };
        self.0.board.with_untracked(|board| {
            let mut of_pods = board.missing.iter().filter(|missing| missing.what == Part::Pods);
            of_pods.find(of_project).map(|missing| missing_text(locale, missing)).unwrap_or_default()
        })
    }

    pub fn caption(&self, locale: Locale) -> String {
        match &self.0.scope {
            Scope::Project { project, .. } => text!(locale, list.caption, project = project),
            Scope::Workspace { workspace } if workspace == NO_WORKSPACE => text!(locale, list.caption_no_workspace),
            Scope::Workspace { workspace } => text!(locale, list.caption_workspace, workspace = workspace),
            Scope::Cluster => text!(locale, list.caption_cluster),
        }
    }
}
