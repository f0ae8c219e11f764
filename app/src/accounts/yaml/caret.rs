//! Moving the caret of a textarea to a place in its text.

/// Selects the rest of `line` from `column` on, and scrolls there. Both count from 1, in characters.
pub fn go_to(area: &web_sys::HtmlTextAreaElement, line: u32, column: u32) {
    let text = area.value();
    let (start, end) = range(&text, line, column);
    _ = area.focus();
    _ = area.set_selection_range(start, end);
    // Some browsers don't scroll to a selection that a script made.
    let lines = i64::try_from(text.lines().count().max(1)).unwrap_or(i64::MAX);
    let above = i64::from(area.scroll_height()) * (i64::from(line) - 3).max(0) / lines;
    area.set_scroll_top(i32::try_from(above).unwrap_or(i32::MAX));
}

/// Start and end in UTF-16 units, which is what a textarea counts.
fn range(text: &str, line: u32, column: u32) -> (u32, u32) {
    let units = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1) as usize).map(str::len).sum();
    let (before, rest) = text.split_at(before);
    let content = rest.split('\n').next().unwrap_or_default();
    let skipped: String = content.chars().take(column.saturating_sub(1) as usize).collect();
    let start = units(before) + units(&skipped);
    (start, units(before) + units(content))
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn a_line_and_column_are_found_in_utf16_units() {
        assert_eq!(range("ab\ncd\n", 2, 1), (3, 5));
        assert_eq!(range("ab\ncd\n", 2, 2), (4, 5));
        assert_eq!(range("😀 é\nx: 预y\n", 2, 5), (9, 10));
        assert_eq!(range("ab", 9, 9), (2, 2));
        assert_eq!(range("", 1, 1), (0, 0));
    }
}
