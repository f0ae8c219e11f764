//! Where a field stands in a YAML text.

use serde_saphyr::granit_parser::{Event, Parser};

/// What the parser is in the middle of.
enum Level {
    Map { key: Option<String> },
    List { index: usize },
}

impl Level {
    fn step(&self) -> Option<String> {
        match self {
            Self::Map { key } => key.clone(),
            Self::List { index } => Some(index.to_string()),
        }
    }
}

/// Line and column, from 1, of the field that the API server calls `path` (`metadata.ownerReferences[0].uid`). A field
/// that isn't there is at the place of what it belongs to; `None` where not even that is. For texts that can be parsed.
pub(crate) fn of(text: &str, path: &str) -> Option<(u32, u32)> {
    let wanted = steps(path);
    let (mut levels, mut best) = (Vec::<Level>::new(), None::<(usize, (u32, u32))>);
    for next in Parser::new_from_str(text) {
        let (event, span) = next.ok()?;
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let here = (number(span.start.line()), number(span.start.col() + 1));
        let is_end = matches!(event, Event::SequenceEnd | Event::MappingEnd);
        if is_end {
            levels.pop();
        }
        let opened = match &event {
            Event::SequenceStart(..) => Some(Level::List { index: 0 }),
            Event::MappingStart(..) => Some(Level::Map { key: None }),
            _ => None,
        };
        let is_leaf = matches!(event, Event::Scalar(..) | Event::Alias(..));
        if !(is_end || is_leaf || opened.is_some()) {
            continue;
        }
        // An element of a list, or a key of a map, is where its path begins.
        if !is_end {
            if let (Some(Level::Map { key: key @ None }), Event::Scalar(name, ..)) = (levels.last_mut(), &event) {
                *key = Some(name.to_string());
                note(&levels, &wanted, here, &mut best);
                continue;
            }
            if let Some(Level::List { .. }) = levels.last() {
                note(&levels, &wanted, here, &mut best);
            }
        }
        match opened {
            Some(level) => levels.push(level),
            // A value has ended, whatever it was.
            None => match levels.last_mut() {
                Some(Level::Map { key }) => *key = None,
                Some(Level::List { index }) => *index += 1,
                None => {}
            },
        }
    }
    best.map(|(_, place)| place)
}

fn note(levels: &[Level], wanted: &[String], here: (u32, u32), best: &mut Option<(usize, (u32, u32))>) {
    let depth = levels.len();
    let is_on_the_way = depth <= wanted.len()
        && levels.iter().zip(wanted).all(|(level, wanted)| level.step().as_deref() == Some(wanted));
    if is_on_the_way && best.is_none_or(|(deepest, _)| depth > deepest) {
        *best = Some((depth, here));
    }
}

/// `a.b[0].c[d.e/f]` as `a`, `b`, `0`, `c`, `d.e/f`.
fn steps(path: &str) -> Vec<String> {
    let (mut steps, mut step, mut inside) = (Vec::new(), String::new(), false);
    for char in path.chars() {
        match char {
            '[' if !inside => inside = true,
            ']' if inside => inside = false,
            '.' if !inside => {}
            char => {
                step.push(char);
                continue;
            }
        }
        if !step.is_empty() {
            steps.push(std::mem::take(&mut step));
        }
    }
    if !step.is_empty() {
        steps.push(step);
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# An account.
apiVersion: v1
metadata:
  annotations:
    a.example/b: |
      metadata:
        name: not this
    \"quoted\": &x 预
  name: ci
  ownerReferences:
  - uid: u1
    name: one
  - {uid: u2, name: two}
other: [*x, {deep: 1}]
";

    #[test]
    fn x2_a_path_of_the_api_server_is_found_in_the_text() {
        for (path, place) in [
            ("metadata", (3, 1)),
            ("metadata.name", (9, 3)),
            ("metadata.annotations[a.example/b]", (5, 5)),
            ("metadata.annotations[quoted]", (8, 5)),
            ("metadata.ownerReferences[0].name", (12, 5)),
            ("metadata.ownerReferences[1]", (13, 5)),
            ("metadata.ownerReferences[1].name", (13, 15)),
            ("other[1].deep", (14, 14)),
        ] {
            assert_eq!(of(TEXT, path), Some(place), "{path}");
        }
    }

    #[test]
    fn x2_what_is_not_there_is_where_it_belongs() {
        assert_eq!(of(TEXT, "metadata.labels"), Some((3, 1)));
        assert_eq!(of(TEXT, "metadata.ownerReferences[7].uid"), Some((10, 3)));
        assert_eq!(of(TEXT, "spec.x"), None);
        assert_eq!(of(TEXT, ""), None);
        assert_eq!(of("", "metadata"), None);
    }
}
