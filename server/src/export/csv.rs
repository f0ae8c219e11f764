//! The rows of a list as a table for spreadsheets.

use futures::{Stream, stream};
use musterbook_core::{AppError, Missing, account::Account, answer::Part, list::Row};

const COLUMNS: [&str; 10] =
    ["project", "name", "alias", "description", "role", "state", "bindings", "pods", "created", "creator"];
/// What may not be seen is not none (SPEC A6).
const UNKNOWN: &str = "unknown";
/// Without it, Excel doesn't take the file for UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
const ROWS_AT_ONCE: usize = 500;

pub fn stream(rows: Vec<Row>, missing: &[Missing]) -> impl Stream<Item = Result<Vec<u8>, AppError>> + Send + use<> {
    // Of one project perhaps; then an empty cell of another might be meant either way.
    let bindings_seen = missing.iter().all(|missing| missing.what != Part::Bindings);
    let mut rows = rows.into_iter();
    let head = std::iter::once_with(|| {
        let mut text = BYTE_ORDER_MARK.as_bytes().to_vec();
        text.extend(written([COLUMNS.map(String::from)])?);
        Ok(text)
    });
    let parts = std::iter::from_fn(move || {
        let part: Vec<_> = rows.by_ref().take(ROWS_AT_ONCE).map(|row| cells(row, bindings_seen)).collect();
        (!part.is_empty()).then(|| written(part))
    });
    stream::iter(head.chain(parts))
}

fn cells(row: Row, bindings_seen: bool) -> [String; COLUMNS.len()] {
    let Account { project, name, alias, description, creator, created, role, .. } = row.account;
    let shown = role.shown().map(ToString::to_string).unwrap_or_default();
    let bindings: Vec<_> = role.bindings.iter().map(|binding| format!("{} ({})", binding.name, binding.role)).collect();
    let bindings = if bindings.is_empty() && !bindings_seen { UNKNOWN.to_owned() } else { bindings.join("; ") };
    [
        project,
        name,
        alias.unwrap_or_default(),
        description.unwrap_or_default(),
        shown,
        role.state.as_str().to_owned(),
        bindings,
        row.pods.map_or_else(|| UNKNOWN.to_owned(), |pods| pods.to_string()),
        created.rfc3339(),
        creator.unwrap_or_default(),
    ]
    .map(harmless)
}

/// Spreadsheets take a cell that begins so for a formula (OWASP, CSV injection).
fn harmless(cell: String) -> String {
    const BEGIN_FORMULAS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if cell.starts_with(BEGIN_FORMULAS) { format!("'{cell}") } else { cell }
}

fn written(rows: impl IntoIterator<Item = [String; COLUMNS.len()]>) -> Result<Vec<u8>, AppError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(&row).map_err(|error| crate::failure("CSV", &error))?;
    }
    writer.into_inner().map_err(|error| crate::failure("CSV", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l7_no_cell_is_a_formula() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell.into()), expected);
        }
    }

    #[test]
    fn l7_quotes_lines_and_other_alphabets_survive() {
        let mut row = COLUMNS.map(|_| String::new());
        row[..4].clone_from_slice(&["a\"b".into(), "c,d".into(), "e\r\nf".into(), "预 ü".into()]);
        let text = String::from_utf8(written([row.clone()]).unwrap()).unwrap();
        assert_eq!(text, "\"a\"\"b\",\"c,d\",\"e\r\nf\",预 ü,,,,,,\r\n");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        assert_eq!(reader.records().next().unwrap().unwrap().iter().collect::<Vec<_>>(), row);
    }
}
