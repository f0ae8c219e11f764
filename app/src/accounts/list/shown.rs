//! What the rows of a list have in common.

use leptos::prelude::*;
use musterbook_core::{
    Missing,
    account::{Account, Rights},
    answer::{Part, Why},
    list::{ListQuery, Page, Row, Scope},
    project::NO_WORKSPACE,
};

use crate::{explain::missing_text, lang::Locale, routes, text};

/// Cheap to hand to each row.
#[derive(Debug, Clone, Copy)]
pub struct Shown(StoredValue<Inner>);

#[derive(Debug)]
struct Inner {
    scope: Scope,
    query: ListQuery,
    path: String,
    page: Page,
    missing: Vec<Missing>,
}

impl Shown {
    /// `page` without its rows.
    pub fn new(scope: Scope, query: ListQuery, page: Page, missing: Vec<Missing>) -> Self {
        let path = routes::list_of(&scope);
        Self(StoredValue::new(Inner { scope, query, path, page, missing }))
    }

    pub fn query(self) -> ListQuery {
        self.0.with_value(|shown| shown.query.clone())
    }

    /// Of the list itself.
    pub fn path(self) -> String {
        self.0.with_value(|shown| shown.path.clone())
    }

    /// Whether the list is of several projects (SPEC L8).
    pub fn is_wide(self) -> bool {
        self.0.with_value(|shown| shown.scope.project().is_none())
    }

    pub fn rights_in(self, project: &str) -> Rights {
        self.0.with_value(|shown| shown.page.rights_in(project))
    }

    /// Whether some of `rows` may be deleted, as far as rights go.
    pub fn offers_delete(self, rows: &[Row]) -> bool {
        rows.iter().any(|row| self.rights_in(&row.account.project).delete != Some(false))
    }

    pub fn workspace_of(self, project: &str) -> String {
        self.0.with_value(|shown| shown.page.workspace_of(&shown.scope, project).to_owned())
    }

    /// Address of a dialog about an account.
    pub fn dialog(self, key: &'static str, account: &Account) -> String {
        self.0.with_value(|Inner { scope, query, path, .. }| {
            let within = scope.project().is_none().then_some(account.project.as_str());
            routes::dialog(path, query, (key, &account.name), within)
        })
    }

    pub fn why_no_pods(self, locale: Locale, project: &str) -> String {
        let of_project = |missing: &&Missing| match &missing.why {
            Why::Denied(denial) => denial.project.as_deref().is_none_or(|of| of == project),
            _ => true,
        };
        self.0.with_value(|shown| {
            let mut of_pods = shown.missing.iter().filter(|missing| missing.what == Part::Pods);
            of_pods.find(of_project).map(|missing| missing_text(locale, missing)).unwrap_or_default()
        })
    }

    pub fn caption(self, locale: Locale) -> String {
        self.0.with_value(|shown| match &shown.scope {
            Scope::Project { project, .. } => text!(locale, list.caption, project = project),
            Scope::Workspace { workspace } if workspace == NO_WORKSPACE => text!(locale, list.caption_no_workspace),
            Scope::Workspace { workspace } => text!(locale, list.caption_workspace, workspace = workspace),
            Scope::Cluster => text!(locale, list.caption_cluster),
        })
    }
}
