//! Links between the guides lead somewhere: to a file that is there, and to a heading that is in it.

use std::path::{Component, Path, PathBuf};

use super::{Problem, Text};
use crate::files::at;

pub fn check(guides: &[Text]) -> Vec<Problem> {
    guides.iter().flat_map(|guide| check_one(guide, guides, &|path| at(path).exists())).collect()
}

fn check_one(guide: &Text, guides: &[Text], exists: &dyn Fn(&Path) -> bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (line, target) in links(&guide.content) {
        if target.contains("://") || target.starts_with("mailto:") {
            continue;
        }
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        let path = if path.is_empty() { PathBuf::from(&guide.name) } else { resolve(&guide.name, path) };
        if !exists(&path) {
            problems.push(Problem::new(
                &guide.name,
                line,
                format!("the link leads to {}, which isn't there", path.display()),
            ));
        } else if !anchor.is_empty()
            && let Some(other) = guides.iter().find(|other| Path::new(&other.name) == path)
            && !anchors(&other.content).iter().any(|heading| heading == anchor)
        {
            problems.push(Problem::new(&guide.name, line, format!("{} has no heading #{anchor}", path.display())));
        }
    }
    problems
}

/// A link's path is relative to its file.
fn resolve(from: &str, path: &str) -> PathBuf {
    let mut whole = Path::new(from).parent().unwrap_or(Path::new("")).to_path_buf();
    for component in Path::new(path).components() {
        match component {
            Component::ParentDir => drop(whole.pop()),
            Component::Normal(name) => whole.push(name),
            _ => {}
        }
    }
    whole
}

/// Lines of text with their numbers, without blocks of code.
fn prose(markdown: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    markdown.lines().enumerate().filter_map(move |(number, line)| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        (!in_code && !is_fence).then_some((number + 1, line))
    })
}

/// The targets of `[text](target)`.
fn links(markdown: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in prose(markdown) {
        // Every other part of a line is between backticks.
        for text in line.split('`').step_by(2) {
            let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
            found.extend(targets.map(|target| (number, target)));
        }
        // A link whose text is code was cut in two: its target starts the part after the backtick.
        let after_code = line.split('`').skip(2).step_by(2).filter_map(|text| text.strip_prefix("]("));
        found.extend(after_code.filter_map(|rest| rest.split([')', ' ']).next()).map(|target| (number, target)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The names of a file's headings, as GitHub makes them.
fn anchors(markdown: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (_, line) in prose(markdown).filter(|(_, line)| line.starts_with('#')) {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let slug: String = heading
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let before = found.iter().filter(|other| **other == slug).count();
        found.push(if before == 0 { slug } else { format!("{slug}-{before}") });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(content: &str) -> Vec<String> {
        let guide = Text { name: "docs/A.md".into(), content: content.into() };
        let other = Text { name: "README.md".into(), content: "# Musterbook: what it is\n".into() };
        let exists =
            |path: &Path| ["docs/A.md", "README.md", "app/src/lib.rs"].iter().any(|known| Path::new(known) == path);
        let guides = [other, guide];
        check_one(&guides[1], &guides, &exists).into_iter().map(|problem| problem.what).collect()
    }

    #[test]
    fn a_file_that_is_not_there_is_found() {
        assert_eq!(problems("see [it](B.md)"), ["the link leads to docs/B.md, which isn't there"]);
        assert_eq!(problems("see [`it`](../app/src/main.rs)").len(), 1);
    }

    #[test]
    fn a_heading_that_is_not_there_is_found() {
        assert_eq!(problems("[it](../README.md#where)"), ["README.md has no heading #where"]);
        assert_eq!(problems("# One\n[it](#two)").len(), 1);
    }

    #[test]
    fn good_links_and_code_are_left_alone() {
        let good = "# One `two`, three\n[a](../README.md#musterbook-what-it-is) [b](#one-two-three) [c](https://example.com) \
                    [d](../app/src/lib.rs) `[e](nowhere)`\n```\n[f](nowhere)\n```\n";
        assert_eq!(problems(good), Vec::<String>::new());
    }
}
