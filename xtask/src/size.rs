//! The size budget of a first visit to the list of accounts.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::{
    bundle::{self, NAME},
    console::Console,
    files,
};

/// What a first visit may download, in bytes of brotli: 300 kB in all, of which this much is for the files here. The
/// rest is for the page's HTML and the favicon, which the browser tests measure.
const BUDGET: u64 = 281_000;

/// Whether a first visit to the list downloads this file.
fn is_first(name: &str) -> bool {
    name == "main.css"
        || name == format!("{NAME}.js")
        || name == format!("{NAME}_bg.wasm")
        || name.starts_with("__wasm_split.")
}

struct Row {
    name: String,
    raw: u64,
    brotli: u64,
}

/// `cargo xtask size`.
pub fn check() -> Result<()> {
    let folder = bundle::current()?;
    let rows = rows(&folder)?;
    print!("{}", table(&rows));
    let first: u64 = rows.iter().filter(|row| is_first(&row.name)).map(|row| row.brotli).sum();
    judge(first)
}

/// Builds first.
pub fn build_and_check(console: &Console) -> Result<()> {
    bundle::build(console)?;
    check()
}

fn judge(first: u64) -> Result<()> {
    let (used, all) = (kilobytes(first), kilobytes(BUDGET));
    if first > BUDGET {
        bail!("a first visit downloads {used} of style, script and base module, and the budget is {all}");
    }
    println!("a first visit downloads {used} of style, script and base module; the budget is {all}");
    Ok(())
}

fn rows(folder: &Path) -> Result<Vec<Row>> {
    let is_twin = |file: &PathBuf| file.extension().is_some_and(|it| it == "br" || it == "gz" || it == "zst");
    let size = |path: &Path| std::fs::metadata(path).map(|data| data.len());
    files::below(folder)?
        .into_iter()
        .filter(|file| !is_twin(file))
        .map(|file| {
            let raw = size(&file)?;
            let name = file.strip_prefix(folder).unwrap_or(&file).display().to_string();
            Ok(Row { name, raw, brotli: size(&bundle::brotli_twin(&file)).unwrap_or(raw) })
        })
        .collect()
}

fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0).max(15);
    let mut text = format!("  {:width$} {:>10} {:>10}\n", "file", "raw", "brotli");
    let line = |mark: char, name: &str, raw: u64, brotli: u64| format!("{mark} {name:width$} {raw:>10} {brotli:>10}\n");
    for row in rows {
        text += &line(if is_first(&row.name) { '*' } else { ' ' }, &row.name, row.raw, row.brotli);
    }
    let sum =
        |rows: &mut dyn Iterator<Item = &Row>| rows.fold((0, 0), |(raw, br), row| (raw + row.raw, br + row.brotli));
    let (raw, brotli) = sum(&mut rows.iter());
    text += &line(' ', "everything", raw, brotli);
    let (raw, brotli) = sum(&mut rows.iter().filter(|row| is_first(&row.name)));
    text + &line('*', "* a first visit", raw, brotli)
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_the_budget_is_an_error_that_says_how_much() {
        assert!(judge(BUDGET).is_ok());
        let error = judge(BUDGET + 1_500).unwrap_err().to_string();
        assert!(error.contains("282.5 kB") && error.contains("281.0 kB"), "{error}");
    }

    #[test]
    fn parts_that_are_loaded_later_do_not_count() {
        assert!(is_first("musterbook_bg.wasm") && is_first("main.css"));
        assert!(!is_first("split_details.wasm") && !is_first("favicon.svg"));
    }
}
