//! YAML as text: its documents, and changes of single values that leave comments and layout as they are. No parser: whoever
//! changes a text so reads it afterwards, and writes it anew where it doesn't say what it should.

/// One document of a text, and the line that it begins at, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'a> {
    pub line: usize,
    pub text: &'a str,
}

/// The documents that hold something. A line of `---` is a mark in every place, quoted texts and blocks included (YAML 1.2,
/// 9.1.2), so that a document that can't be read doesn't take the others along.
pub fn documents(text: &str) -> Vec<Document<'_>> {
    let mut found = Vec::new();
    let (mut begin, mut begin_line, mut place) = (0, 0, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let after = place + line.len();
        let bare = line.trim_end();
        let mark = |mark: &str| bare == mark || bare.starts_with(&format!("{mark} "));
        if mark("---") || mark("...") {
            found.push(Document { line: begin_line, text: &text[begin..place] });
            // What stands beside the mark belongs to the document.
            begin = if bare.len() > 3 { place + 4 } else { after };
            begin_line = if bare.len() > 3 { number } else { number + 1 };
        }
        place = after;
    }
    found.push(Document { line: begin_line, text: &text[begin.min(text.len())..] });
    let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    found.retain(|document| document.text.lines().any(says));
    found
}

/// `text` with another value of the mapping key at `path`, or without it. `None` where that takes more than changing lines.
pub fn set(text: &str, path: &[&str], value: Option<&str>) -> Option<String> {
    let (last, parents) = path.split_last()?;
    let mut lines: Vec<String> = text.lines().map(Into::into).collect();
    let mut block = 0..lines.len();
    let mut indent = first_indent(&lines, &block)?;
    for (depth, key) in parents.iter().enumerate() {
        let Some(at) = find(&lines, &block, indent, key) else {
            let Some(value) = value else { return Some(text.to_owned()) };
            let new = nested(&path[depth..], indent, value);
            lines.splice(block.end..block.end, new);
            return Some(joined(&lines));
        };
        let rest = after_colon(&lines[at])?.trim_start();
        if !rest.is_empty() && !rest.starts_with('#') {
            return None;
        }
        block = at + 1..end_of(&lines, at, indent, block.end);
        let inner = first_indent(&lines, &block).filter(|inner| *inner > indent);
        indent = inner.unwrap_or(indent + 2);
    }
    match (find(&lines, &block, indent, last), value) {
        (None, None) => return Some(text.to_owned()),
        (None, Some(value)) => _ = lines.splice(block.end..block.end, nested(&[last], indent, value)),
        (Some(at), None) => _ = lines.drain(at..end_of(&lines, at, indent, block.end)),
        (Some(at), Some(value)) => {
            let end = end_of(&lines, at, indent, block.end);
            let rest = after_colon(&lines[at])?;
            let key = lines[at][..lines[at].len() - rest.len()].to_owned();
            let quoted = rest.trim_start().starts_with(['"', '\'', '|', '>']);
            let comment = rest.find(" #").filter(|_| !quoted && end == at + 1).map(|place| &rest[place..]);
            let line = format!("{key} {}{}", scalar(value), comment.unwrap_or_default());
            lines.splice(at..end, [line]);
        }
    }
    Some(joined(&lines))
}

/// A text as YAML: as it is where that is safe, else in quotes.
pub fn scalar(text: &str) -> String {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'/' | b' '))
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

fn nested(path: &[&str], indent: usize, value: &str) -> Vec<String> {
    let last = path.len() - 1;
    let line = |(depth, key): (usize, &&str)| {
        let margin = " ".repeat(indent + 2 * depth);
        if depth == last { format!("{margin}{key}: {}", scalar(value)) } else { format!("{margin}{key}:") }
    };
    path.iter().enumerate().map(line).collect()
}

fn joined(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn says_something(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#') && line != "---"
}

fn first_indent(lines: &[String], block: &std::ops::Range<usize>) -> Option<usize> {
    lines[block.clone()].iter().find(|line| says_something(line)).map(|line| indent_of(line))
}

/// The line of a key of the mapping that stands at `indent`.
fn find(lines: &[String], block: &std::ops::Range<usize>, indent: usize, key: &str) -> Option<usize> {
    let is_key = |line: &String| {
        let text = line.trim_start_matches(' ');
        let named = [key.to_owned(), format!("\"{key}\""), format!("'{key}'")];
        let after = named.iter().find_map(|named| text.strip_prefix(named.as_str()));
        indent_of(line) == indent && after.is_some_and(|after| after == ":" || after.starts_with(": "))
    };
    block.clone().find(|place| is_key(&lines[*place]))
}

/// What stands after a key's colon. Keys of Kubernetes hold no `: `.
fn after_colon(line: &str) -> Option<&str> {
    let place = line.find(": ").or_else(|| line.ends_with(':').then(|| line.len() - 1))?;
    Some(&line[place + 1..])
}

/// The line after the value of the key at `at`: after what is indented more, and after a list that isn't.
fn end_of(lines: &[String], at: usize, indent: usize, limit: usize) -> usize {
    let mut end = at + 1;
    for (place, line) in lines.iter().enumerate().take(limit).skip(at + 1) {
        let deeper = indent_of(line) > indent && !line.trim().is_empty();
        let item = indent_of(line) == indent && line.trim_start().starts_with("- ");
        if deeper || item {
            end = place + 1;
        } else if says_something(line) {
            break;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# Why it is there
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ci # never the other one
  annotations:
    x.example/owner: me
    kubesphere.io/description: |
      two
      lines
  # the team
  labels:
    team: a
imagePullSecrets:
- name: registry
";

    #[test]
    fn c1_a_changed_value_leaves_comments_and_layout_as_they_are() {
        let name = set(TEXT, &["metadata", "name"], Some("cd")).unwrap();
        assert_eq!(name, TEXT.replace("name: ci #", "name: cd #"));
        let description = ["metadata", "annotations", "kubesphere.io/description"];
        let one = set(TEXT, &description, Some("a: b")).unwrap();
        assert_eq!(one, TEXT.replace("|\n      two\n      lines", "\"a: b\""));
        let gone = set(TEXT, &description, None).unwrap();
        assert_eq!(gone, TEXT.replace("    kubesphere.io/description: |\n      two\n      lines\n", ""));
        let alias = set(TEXT, &["metadata", "annotations", "kubesphere.io/alias-name"], Some("CI 预")).unwrap();
        assert!(alias.contains("      lines\n    kubesphere.io/alias-name: \"CI 预\"\n  # the team\n"), "{alias}");
    }

    #[test]
    fn c1_what_is_missing_is_added_and_what_is_not_there_need_not_go() {
        let bare = "apiVersion: v1\nmetadata:\n  name: ci\nkind: ServiceAccount\n";
        let added = set(bare, &["metadata", "annotations", "a/b"], Some("true")).unwrap();
        assert_eq!(
            added,
            "apiVersion: v1\nmetadata:\n  name: ci\n  annotations:\n    a/b: \"true\"\nkind: ServiceAccount\n"
        );
        assert_eq!(set(bare, &["metadata", "annotations", "a/b"], None).unwrap(), bare);
        // A mapping in braces takes more than lines.
        assert_eq!(set("metadata: { name: ci }\n", &["metadata", "name"], Some("x")), None);
    }

    #[test]
    fn c5_documents_are_found_whatever_is_in_them_and_know_their_line() {
        let text = "# head\n---\na: [\n---\nb: |\n  --- no mark\n...\n\n--- {c: 1}\n---\n# nothing\n";
        let found: Vec<_> = documents(text).into_iter().map(|it| (it.line, it.text)).collect();
        assert_eq!(found, [(2, "a: [\n"), (4, "b: |\n  --- no mark\n"), (8, "{c: 1}\n")]);
        assert_eq!(documents("a: 1"), [Document { line: 0, text: "a: 1" }]);
        assert_eq!(documents(""), []);
    }
}
