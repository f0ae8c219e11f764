//! What differs between two texts, line by line, and two changes of a text as one.

use std::ops::Range;

/// A line of the older text, the newer one, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    Same(&'a str),
    Gone(&'a str),
    New(&'a str),
}

/// Most cells of the table below: beyond it, all that lies between common beginning and end is shown as replaced.
const MOST: usize = 4_000_000;

/// The longest common subsequence is kept; what is left of the older text stands before what is new.
pub fn diff<'a>(before: &'a str, after: &'a str) -> Vec<Line<'a>> {
    let (old, new): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_middle, end) = old_rest.split_at(old_rest.len() - tail);
    let new_middle = &new_rest[..new_rest.len() - tail];
    let mut lines: Vec<_> = old[..head].iter().map(|line| Line::Same(line)).collect();
    lines.extend(middle(old_middle, new_middle));
    lines.extend(end.iter().map(|line| Line::Same(line)));
    lines
}

fn middle<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Line<'a>> {
    let width = new.len() + 1;
    if (old.len() + 1).saturating_mul(width) > MOST {
        let gone = old.iter().map(|line| Line::Gone(line));
        return gone.chain(new.iter().map(|line| Line::New(line))).collect();
    }
    // Row by row from the end: how many lines the rests have in common.
    let mut common = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            lines.push(Line::Same(old[i]));
            (i, j) = (i + 1, j + 1);
        } else if common[(i + 1) * width + j] >= common[i * width + j + 1] {
            lines.push(Line::Gone(old[i]));
            i += 1;
        } else {
            lines.push(Line::New(new[j]));
            j += 1;
        }
    }
    lines.extend(old[i..].iter().map(|line| Line::Gone(line)));
    lines.extend(new[j..].iter().map(|line| Line::New(line)));
    lines
}

/// Lines of the older text, and what is in their place in the newer one.
struct Change<'a> {
    at: Range<usize>,
    new: Vec<&'a str>,
}

fn changes<'a>(before: &'a str, after: &'a str) -> Vec<Change<'a>> {
    let (mut changes, mut line, mut open) = (Vec::<Change<'a>>::new(), 0, false);
    for found in diff(before, after) {
        if let Line::Same(_) = found {
            (line, open) = (line + 1, false);
            continue;
        }
        if !open {
            changes.push(Change { at: line..line, new: Vec::new() });
            open = true;
        }
        let Some(change) = changes.last_mut() else { continue };
        match found {
            Line::New(text) => change.new.push(text),
            _ => {
                line += 1;
                change.at.end = line;
            }
        }
    }
    changes.into_iter().flat_map(line_by_line).collect()
}

/// Neighbouring lines that were each replaced by one may be of different fields, and so of different people.
fn line_by_line(change: Change<'_>) -> Vec<Change<'_>> {
    if change.at.len() != change.new.len() {
        return vec![change];
    }
    change.at.zip(change.new).map(|(line, new)| Change { at: line..line + 1, new: vec![new] }).collect()
}

/// `mine` with the changes of `theirs` in it, so that comments and the order of lines stay. Where both changed the same
/// lines, mine stay. This knows nothing of what the texts mean: whether it is right is to be seen from the result.
pub fn merge_lines(base: &str, mine: &str, theirs: &str) -> String {
    let (ours, others) = (changes(base, mine), changes(base, theirs));
    let meets = |change: &Change<'_>| {
        ours.iter().any(|own| own.at == change.at || (own.at.start < change.at.end && change.at.start < own.at.end))
    };
    let mut all: Vec<_> = others.into_iter().filter(|change| !meets(change)).collect();
    all.extend(changes(base, mine));
    all.sort_by_key(|change| (change.at.start, change.at.end));
    let base: Vec<_> = base.lines().collect();
    let (mut merged, mut line) = (Vec::new(), 0);
    for change in all {
        merged.extend_from_slice(&base[line..change.at.start]);
        merged.extend(change.new);
        line = change.at.end;
    }
    merged.extend_from_slice(&base[line..]);
    let mut text = merged.join("\n");
    if mine.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Line::*, diff, merge_lines};

    #[test]
    fn a_changed_line_is_gone_and_new() {
        assert_eq!(diff("a\nb\nc", "a\nx\nc"), [Same("a"), Gone("b"), New("x"), Same("c")]);
    }

    #[test]
    fn lines_that_came_or_went_leave_the_others_as_they_are() {
        assert_eq!(diff("a\nc", "a\nb\nc"), [Same("a"), New("b"), Same("c")]);
        assert_eq!(diff("a\nb\nb", "a\nb"), [Same("a"), Same("b"), Gone("b")]);
        assert_eq!(diff("", "a"), [New("a")]);
        assert_eq!(diff("a", ""), [Gone("a")]);
        assert_eq!(diff("a", "a"), [Same("a")]);
    }

    #[test]
    fn both_texts_can_be_read_off() {
        let (before, after) = ("k: 1\nx:\n- a\n- b\nz: 0", "k: 1\ny: 2\nx:\n- b\n- c\nz: 0");
        let lines = diff(before, after);
        let old: Vec<_> = lines
            .iter()
            .filter_map(|line| match line {
                Same(l) | Gone(l) => Some(*l),
                New(_) => None,
            })
            .collect();
        let new: Vec<_> = lines
            .iter()
            .filter_map(|line| match line {
                Same(l) | New(l) => Some(*l),
                Gone(_) => None,
            })
            .collect();
        assert_eq!((old.join("\n"), new.join("\n")), (before.to_owned(), after.to_owned()));
    }

    #[test]
    fn x2_lines_of_both_are_merged_and_comments_stay() {
        let base = "a: 1\nb: 1\nc: 1\nd: 1\n";
        let mine = "# why\na: 1\nb: 2\nc: 1\nd: 1\nmine: 1\n";
        let theirs = "a: 1\nb: 1\nnew: 1\nd: 1\ntheirs: 1\n";
        assert_eq!(merge_lines(base, mine, theirs), "# why\na: 1\nb: 2\nnew: 1\nd: 1\nmine: 1\n");
        assert_eq!(merge_lines(base, base, theirs), theirs);
        assert_eq!(merge_lines(base, mine, base), mine);
        assert_eq!(merge_lines("a: 1\n", "a: 2\n", "a: 3\n"), "a: 2\n", "mine stays");
        assert_eq!(merge_lines("", "a", "b"), "a");
        // Neighbours.
        assert_eq!(merge_lines("a: 1\nb: 1", "a: 2 # why\nb: 1", "a: 3\nb: 3"), "a: 2 # why\nb: 3");
    }
}
