//! What may import what (docs/STYLE.md): where a crate's border doesn't hold the arrows, this does.

use proc_macro2::TokenStream;

use super::{
    Problem,
    source::{self, Path},
};

/// A place, what it may never name, and why.
struct Rule {
    place: fn(&str) -> bool,
    never: &'static [&'static str],
    why: &'static str,
}

const KUBERNETES: &[&str] = &["kube", "k8s_openapi"];

const RULES: &[Rule] = &[
    Rule {
        place: |file| file.starts_with("app/core/"),
        never: &["leptos", "kube", "k8s_openapi", "tokio", "web_sys", "js_sys", "regex", "axum"],
        why: "the core is pure: it runs on the server and in the browser",
    },
    Rule {
        place: |file| is_rust_of_the_product(file) && !file.starts_with("server/cluster/"),
        never: KUBERNETES,
        why: "only server/cluster speaks to Kubernetes, so that every call has an actor",
    },
    Rule {
        place: |file| file.starts_with("server/cluster/"),
        never: &["leptos", "leptos_axum", "leptos_router", "axum", "musterbook_app"],
        why: "server/cluster knows Kubernetes, not pages",
    },
];

fn is_rust_of_the_product(file: &str) -> bool {
    ["app/", "server/", "frontend/"].iter().any(|folder| file.starts_with(folder))
}

fn is_drawing(file: &str) -> bool {
    file.starts_with("app/src/ui/") || file.starts_with("app/src/charts/")
}

/// Checks one file. `features` are the folders of app/src that have an `api.rs`.
pub fn check(file: &str, tokens: &TokenStream, features: &[String]) -> Vec<Problem> {
    let mut problems: Vec<_> =
        source::paths(tokens).iter().filter_map(|path| forbidden(file, path, features)).collect();
    // `use kube::{Api, Client}` is one mistake.
    problems.dedup_by_key(|problem| problem.line);
    problems
}

fn forbidden(file: &str, path: &Path, features: &[String]) -> Option<Problem> {
    let name = path.segments.first()?;
    let broken = RULES.iter().find(|rule| (rule.place)(file) && rule.never.contains(&name.as_str()));
    let why = broken.map(|rule| rule.why).or_else(|| drawn(file, path)).or_else(|| foreign(file, path, features))?;
    Some(Problem::new(file, path.line, format!("`{}` may not be named here: {why}", path.segments.join("::"))))
}

/// What `ui` and `charts` may know of the core: forms and times, but no account, role or credential.
fn drawn(file: &str, path: &Path) -> Option<&'static str> {
    const VALUES: [&str; 4] = ["form", "time", "Timestamp", "AppError"];
    let [root, name, ..] = path.segments.as_slice() else { return None };
    let is_domain = root == "musterbook_core" && !VALUES.contains(&name.as_str());
    (is_drawing(file) && is_domain).then_some("ui and charts draw what they are given, and know no accounts")
}

/// Another feature is entered by its front door: what its own module offers, or its `api`.
fn foreign(file: &str, path: &Path, features: &[String]) -> Option<&'static str> {
    let [root, feature, inside @ ..] = path.segments.as_slice() else { return None };
    if root != "crate" || !features.contains(feature) {
        return None;
    }
    if is_drawing(file) {
        return Some("ui and charts know no feature");
    }
    let own = file.strip_prefix("app/src/")?.split(['/', '.']).next()?;
    if own == feature || !features.iter().any(|feature| feature == own) {
        return None;
    }
    let a_module_of_it = inside.len() > 1 && !inside.iter().any(|module| module == "api");
    a_module_of_it.then_some("a feature uses another one's `api` or what its module offers, not what is inside")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(file: &str, text: &str) -> Vec<usize> {
        let features = ["accounts".to_owned(), "projects".to_owned()];
        check(file, &source::parse(text).unwrap(), &features).iter().map(|problem| problem.line).collect()
    }

    #[test]
    fn the_core_stays_pure() {
        assert_eq!(problems("app/core/src/role.rs", "use serde::Serialize;\nuse tokio::time;\n"), [2]);
        assert_eq!(problems("app/core/src/role.rs", "fn now() { web_sys::window(); }"), [1]);
    }

    #[test]
    fn kubernetes_is_named_by_the_cluster_crate_alone() {
        let text = "use std::sync::Arc;\nuse kube::{Api, Client};\n";
        assert_eq!(problems("server/src/state.rs", text), [2]);
        assert_eq!(problems("app/src/accounts/api.rs", "use k8s_openapi::api::core::v1::Secret;"), [1]);
        assert!(problems("server/cluster/src/accounts.rs", text).is_empty());
    }

    #[test]
    fn the_cluster_crate_knows_no_pages() {
        assert_eq!(problems("server/cluster/src/accounts.rs", "use leptos::prelude::*;"), [1]);
    }

    #[test]
    fn drawing_knows_no_accounts() {
        assert_eq!(problems("app/src/ui/table.rs", "use musterbook_core::account::Row;"), [1]);
        assert!(problems("app/src/ui/field.rs", "use musterbook_core::form::Problem;").is_empty());
        assert_eq!(problems("app/src/ui/table.rs", "use crate::accounts::api::list;"), [1]);
    }

    #[test]
    fn a_feature_is_entered_by_its_front_door() {
        assert_eq!(problems("app/src/accounts/list/page.rs", "use crate::projects::page::Row;"), [1]);
        let allowed =
            "use crate::{projects::{api::list_projects, HomePage}, accounts::list::table::Row, ui::menu::Menu};";
        assert!(problems("app/src/accounts/list/page.rs", allowed).is_empty());
        assert!(problems("app/src/app.rs", "use crate::accounts::list::ListPage;").is_empty());
    }
}
