//! Tables that people paste: with commas, semicolons or tabs, with quotes (RFC 4180), as spreadsheets write them. Strict where a
//! row could be misread: a quote that is never closed would be the rest of the file.

/// A row and the line that it begins at, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub line: usize,
    pub cells: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// The quote of this line is never closed.
    Unclosed { line: usize },
    /// Something stands between a closing quote and the end of its cell.
    AfterQuote { line: usize },
}

/// The rows of a text, without its empty lines. Where it is broken, those before.
pub fn records(text: &str, separator: char) -> (Vec<Record>, Option<Broken>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut records = Vec::new();
    let (mut cells, mut cell) = (Vec::new(), String::new());
    let (mut line, mut begin) = (1, 1);
    let mut chars = text.chars().peekable();
    loop {
        if cell.is_empty() && chars.next_if_eq(&'"').is_some() {
            let opened = line;
            loop {
                match chars.next() {
                    None => return (records, Some(Broken::Unclosed { line: opened })),
                    Some('"') if chars.next_if_eq(&'"').is_none() => break,
                    Some('\r') if chars.peek() == Some(&'\n') => {}
                    Some(c) => {
                        line += usize::from(c == '\n');
                        cell.push(c);
                    }
                }
            }
            if chars.peek().is_some_and(|c| *c != separator && !matches!(c, '\r' | '\n')) {
                return (records, Some(Broken::AfterQuote { line }));
            }
        }
        match chars.next() {
            Some(c) if c == separator => cells.push(std::mem::take(&mut cell)),
            Some('\r') if chars.peek() == Some(&'\n') => {}
            Some('\n') | None => {
                cells.push(std::mem::take(&mut cell));
                let row = Record { line: begin, cells: std::mem::take(&mut cells) };
                if row.cells.iter().any(|cell| !cell.trim().is_empty()) {
                    records.push(row);
                }
                line += 1;
                begin = line;
                if chars.peek().is_none() {
                    return (records, None);
                }
            }
            Some(c) => cell.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str, separator: char) -> Vec<(usize, Vec<String>)> {
        let (records, broken) = records(text, separator);
        assert_eq!(broken, None);
        records.into_iter().map(|record| (record.line, record.cells)).collect()
    }

    #[test]
    fn c5_tables_are_read_as_spreadsheets_write_them() {
        let expected = vec![
            (1, vec!["name".to_owned(), "alias".into()]),
            (2, vec!["ci".to_owned(), "a, \"b\"\nc;d".into()]),
            (5, vec!["cd".to_owned(), String::new()]),
        ];
        assert_eq!(cells("name,alias\nci,\"a, \"\"b\"\"\nc;d\"\n\ncd,\n", ','), expected);
        assert_eq!(cells("\u{feff}name,alias\r\nci,\"a, \"\"b\"\"\r\nc;d\"\r\n\r\ncd,", ','), expected);
        assert_eq!(cells("name;alias\nci;\"a, \"\"b\"\"\nc;d\"\n;\ncd;\n", ';'), expected);
        assert_eq!(cells("", ','), []);
    }

    #[test]
    fn c5_a_quote_that_is_not_closed_is_told_with_its_line() {
        let (before, broken) = records("a,b\nc,\"d\ne,f\n", ',');
        assert_eq!((before.len(), broken), (1, Some(Broken::Unclosed { line: 2 })));
        let (before, broken) = records("a,b\nc,\"d\"e\n", ',');
        assert_eq!((before.len(), broken), (1, Some(Broken::AfterQuote { line: 2 })));
        // A quote inside of a cell is only a quote.
        assert_eq!(cells("5\" disk", ','), [(1, vec!["5\" disk".to_owned()])]);
    }
}
