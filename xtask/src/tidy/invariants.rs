//! Every invariant in docs/ARCHITECTURE.md names a test that exists. It is a paragraph that starts with `**Invariant`,
//! and says at its end *Held by* with the tests' names in backticks.

use super::{Problem, Text};

const GUIDE: &str = "docs/ARCHITECTURE.md";

/// `sources` is the text of all files that hold tests.
pub fn check(guides: &[Text], sources: &str) -> Vec<Problem> {
    let Some(guide) = guides.iter().find(|guide| guide.name == GUIDE) else {
        return vec![Problem::new(GUIDE, 1, "the guide to the code is missing")];
    };
    let problem = |line: usize, what: String| Problem::new(GUIDE, line, what);
    let mut problems = Vec::new();
    for (line, paragraph) in invariants(&guide.content) {
        let tests = tests(&paragraph);
        if tests.is_empty() {
            problems
                .push(problem(line, "this invariant names no test: end it with *Held by `name of the test`*".into()));
        }
        let missing = tests.into_iter().filter(|test| !exists(test, sources));
        problems.extend(missing.map(|test| problem(line, format!("there is no test {test:?}"))));
    }
    problems
}

fn invariants(markdown: &str) -> Vec<(usize, String)> {
    let lines: Vec<_> = markdown.lines().collect();
    let starts = (0..lines.len()).filter(|at| lines[*at].trim_start_matches(['-', '*', ' ']).starts_with("Invariant"));
    let is_bold = |at: &usize| lines[*at].contains("**Invariant");
    starts
        .filter(is_bold)
        .map(|at| {
            let paragraph = lines[at..]
                .iter()
                .enumerate()
                .take_while(|(after, line)| !line.trim().is_empty() && (*after == 0 || !line.contains("**Invariant")));
            (at + 1, paragraph.map(|(_, line)| *line).collect::<Vec<_>>().join(" "))
        })
        .collect()
}

/// The names in backticks after *Held by*.
fn tests(paragraph: &str) -> Vec<&str> {
    let held = ["Held by", "held by"].iter().find_map(|word| paragraph.split_once(word));
    held.map(|(_, names)| names.split('`').skip(1).step_by(2).collect()).unwrap_or_default()
}

/// A function in Rust or Go, or a sentence in a browser test. A path counts by its last part.
fn exists(test: &str, sources: &str) -> bool {
    let name = test.rsplit("::").next().unwrap_or(test);
    [
        format!("fn {name}("),
        format!("func {name}("),
        format!("test('{name}'"),
        format!("test(\"{name}\""),
        format!("test(`{name}`"),
    ]
    .iter()
    .any(|definition| sources.contains(definition))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(architecture: &str) -> Vec<String> {
        let guide = Text { name: GUIDE.into(), content: architecture.into() };
        let sources = "#[test]\nfn a_viewer_changes_nothing() {}\ntest('signs in', async () => {});";
        check(&[guide], sources).into_iter().map(|problem| problem.to_string()).collect()
    }

    #[test]
    fn an_invariant_without_a_test_is_found() {
        let found = problems("# A\n\n**Invariant** Nothing writes.\nReally.\n\nOther text `x`.\n");
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("docs/ARCHITECTURE.md:3: this invariant names no test"), "{found:?}");
    }

    #[test]
    fn a_test_that_does_not_exist_is_found() {
        let found =
            problems("**Invariant:** No write.\nHeld by `x::a_viewer_changes_nothing`,\n`signs in` and `gone`.\n");
        assert_eq!(found, ["docs/ARCHITECTURE.md:1: there is no test \"gone\""]);
    }

    #[test]
    fn each_of_two_in_one_list_is_checked() {
        let found = problems("- **Invariant** One. Held by `signs in`.\n- **Invariant** Two.\n");
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_missing_guide_is_found() {
        assert_eq!(check(&[], "").len(), 1);
    }
}
