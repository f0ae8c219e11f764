//! What an exported file says of itself (SPEC L7): whose accounts, and what is not in it (A6).

use musterbook_core::{Missing, list::Scope};

use crate::{explain::missing_text, lang::Locale, plural, text};

/// Lines of comment for the top of a YAML file with `count` accounts of `scope`.
pub fn yaml_comment(locale: Locale, scope: &Scope, count: usize, missing: &[Missing]) -> String {
    let what = plural!(locale, export.accounts, count);
    let (whose, apply) = match scope {
        Scope::Project { project, .. } => {
            let apply = text!(locale, export.apply, project = project);
            (text!(locale, export.of_project, project = project), apply)
        }
        Scope::Workspace { workspace } => {
            (text!(locale, export.of_workspace, workspace = workspace), text!(locale, export.apply_all))
        }
        Scope::Cluster => (text!(locale, export.of_cluster), text!(locale, export.apply_all)),
    };
    let gaps = missing.iter().map(|missing| text!(locale, export.lacks, why = &missing_text(locale, missing)));
    let lines = [format!("{what} {whose}"), apply, text!(locale, export.no_secrets)].into_iter().chain(gaps);
    // A name or a message of the cluster can't end the comment.
    lines.map(|line| format!("# {}\n", line.replace(char::is_control, " "))).collect()
}
