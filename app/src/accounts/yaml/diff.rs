//! What differs between two texts, line by line.

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

#[cfg(test)]
mod tests {
    use super::{Line::*, diff};

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
}
