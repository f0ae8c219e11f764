//! Long files: a warning, since only a person sees where the seam is.

use super::{Problem, Text};

const LIMIT: usize = 400;

pub fn warnings(files: &[Text]) -> Vec<Problem> {
    files
        .iter()
        .map(|file| (file, file.content.lines().count()))
        .filter(|(_, lines)| *lines > LIMIT)
        .map(|(file, lines)| Problem::new(&file.name, lines, format!("more than {LIMIT} lines: look for a seam")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_files_are_named() {
        let file = |name: &str, lines| Text { name: name.into(), content: "\n".repeat(lines) };
        let names: Vec<_> =
            warnings(&[file("a.rs", 400), file("b.rs", 401)]).into_iter().map(|problem| problem.file).collect();
        assert_eq!(names, ["b.rs"]);
    }
}
