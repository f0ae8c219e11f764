//! The rules of this repository that no compiler knows. Each finding names its place; each check has been seen to fail.

mod css;
mod imports;
mod invariants;
mod length;
mod licences;
mod links;
mod messages;
mod source;
mod views;

use std::fmt;

use anyhow::{Result, bail};

use crate::files;

/// Something that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    file: String,
    line: usize,
    what: String,
}

impl Problem {
    fn new(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self { file: file.into(), line, what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// A file's name from the root, and its content.
struct Text {
    name: String,
    content: String,
}

/// `cargo xtask tidy`.
pub fn check() -> Result<()> {
    let rust = texts("", &["rs"])?;
    let styles = texts("style", &["css"])?;
    let guides = texts("", &["md"])?;
    let mut problems = Vec::new();
    for file in &rust {
        match source::parse(&file.content) {
            Ok(tokens) => {
                problems.extend(imports::check(&file.name, &tokens, &features()?));
                problems.extend(views::check(&file.name, &tokens));
            }
            Err(line) => problems.push(Problem::new(&file.name, line, "this can't be read as Rust")),
        }
    }
    problems.extend(css::check(&styles));
    problems.extend(messages::check_folder()?);
    problems.extend(links::check(&guides));
    problems.extend(invariants::check(&guides, &test_sources(&rust)?));
    problems.extend(licences::check_dependencies()?);
    for warning in length::warnings(&rust) {
        println!("warning: {warning}");
    }
    for problem in &problems {
        println!("{problem}");
    }
    match problems.len() {
        0 => Ok(()),
        1 => bail!("the problem above breaks a rule"),
        count => bail!("the {count} problems above break rules"),
    }
}

fn texts(folder: &str, extensions: &[&str]) -> Result<Vec<Text>> {
    let read = |path: std::path::PathBuf| Ok(Text { name: files::shown(&path), content: files::read_text(&path)? });
    files::with_extension(&files::at(folder), extensions)?.into_iter().map(read).collect()
}

/// A feature of the app is a folder with a door: `api.rs`.
fn features() -> Result<Vec<String>> {
    let sources = files::at("app/src");
    let doors = files::with_extension(&sources, &["rs"])?;
    Ok(doors
        .iter()
        .filter(|file| file.ends_with("api.rs"))
        .filter_map(|file| file.strip_prefix(&sources).ok()?.components().next())
        .map(|folder| folder.as_os_str().to_string_lossy().into_owned())
        .collect())
}

/// Where tests are: Rust, Go and the browser's.
fn test_sources(rust: &[Text]) -> Result<String> {
    let others = texts("end2end", &["go", "ts"])?;
    Ok(rust.iter().chain(&others).map(|file| file.content.as_str()).collect::<Vec<_>>().join("\n"))
}
