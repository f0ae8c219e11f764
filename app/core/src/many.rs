//! Several new accounts at once (SPEC C5): what a pasted text asks for, row by row, and what became of each.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    csv::{Broken, Record, records},
    draft::{Difference, read, write},
    error::AppError,
    form::{CreateInput, Field, FieldError},
    role::{RoleKind, RoleRef},
    yaml_text::documents,
};

/// Accounts of one text. Each is three requests to the API server, and as many again to look before.
pub const MOST: usize = 200;
/// Documents that are read: with some bindings for each account, more than enough.
const MOST_DOCUMENTS: usize = 20 * MOST;
/// Longest text, in bytes.
pub const TEXT_MAX: usize = 1024 * 1024;

/// An account that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Row {
    /// Where it stands in the text, from 1.
    pub line: usize,
    pub name: String,
    /// Empty for none.
    pub role: String,
    /// The whole object, as JSON.
    pub object: String,
}

/// Why a row can't be created as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowProblem {
    Fields(Vec<FieldError>),
    /// The same name as in this line.
    Twice {
        line: usize,
    },
    OtherProject(String),
    /// Neither an account nor the binding of one.
    OtherKind(String),
    /// A binding that isn't an account's role: of several, of somebody else, of an account that isn't in the text, or a
    /// second role.
    OtherBinding,
    /// It can't be read; in the parser's words.
    Unreadable(String),
    Unclosed,
    AfterQuote,
    TooManyCells {
        is: usize,
        most: usize,
    },
}

/// A row of a text, in the order of their lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub row: Row,
    pub problem: Option<RowProblem>,
}

/// What a text asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    pub rows: Vec<Given>,
    /// Columns that mean nothing here.
    pub ignored: Vec<String>,
}

/// What came of a row; in a plan, what will.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Created,
    /// It is there, just as it was asked for.
    Unchanged,
    /// An account of that name is there, and is left as it is.
    Differs(Vec<Difference>),
    Refused(AppError),
}

/// A row with what will come of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    pub row: Row,
    pub fate: Result<Outcome, RowProblem>,
}

/// What creating a text would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub text: String,
    /// What needs a look first, then what will be created.
    pub rows: Vec<Planned>,
    pub ignored: Vec<String>,
    /// More rows than [`MOST`]: nothing was looked at.
    pub too_many: Option<usize>,
}

/// What came of the accounts that were tried, and those that weren't.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub done: Vec<(Row, Outcome)>,
    /// There was no time for these.
    pub rest: Vec<Row>,
}

impl Outcome {
    /// The account is there, as was wanted.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Created | Self::Unchanged)
    }
}

impl Planned {
    pub fn will_be_created(&self) -> bool {
        self.fate == Ok(Outcome::Created)
    }

    pub fn order(&self) -> u8 {
        match &self.fate {
            Err(_) | Ok(Outcome::Refused(_)) => 0,
            Ok(Outcome::Differs(_)) => 1,
            Ok(Outcome::Created) => 2,
            Ok(Outcome::Unchanged) => 3,
        }
    }
}

/// A table's first line names its columns; YAML's first line is something else.
pub fn is_table(text: &str) -> bool {
    separator_of(text).is_some()
}

/// The separator that gives the first line a column of names.
fn separator_of(text: &str) -> Option<char> {
    let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    let first = text.lines().next()?;
    [',', ';', '\t'].into_iter().find(|separator| {
        let (heads, _) = records(first, *separator);
        heads.first().is_some_and(|head| head.cells.iter().any(|cell| column(cell) == Some(Column::Name)))
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Name,
    Alias,
    Description,
    Role,
    Project,
}

/// As the exported list names them, and as the pages do.
fn column(head: &str) -> Option<Column> {
    Some(match head.trim().to_lowercase().as_str() {
        "name" | "名称" => Column::Name,
        "alias" | "别名" => Column::Alias,
        "description" | "描述" => Column::Description,
        "role" | "project role" | "项目角色" => Column::Role,
        "project" | "项目" => Column::Project,
        _ => return None,
    })
}

/// The rows of a table. A role is `Role/NAME` or `ClusterRole/NAME`; a name alone is a role of the project.
pub fn from_table(text: &str, project: &str) -> Asked {
    let (mut records, broken) = records(text, separator_of(text).unwrap_or(','));
    if records.is_empty() {
        return Asked::default();
    }
    let heads = records.remove(0).cells;
    let columns: Vec<_> = heads.iter().map(|head| column(head)).collect();
    let ignored = heads.iter().zip(&columns).filter(|(head, column)| column.is_none() && !head.trim().is_empty());
    let ignored = ignored.map(|(head, _)| head.trim().to_owned()).collect();
    let mut rows: Vec<_> = records.into_iter().map(|record| from_record(record, &columns, project)).collect();
    if let Some(broken) = broken {
        let (line, problem) = match broken {
            Broken::Unclosed { line } => (line, RowProblem::Unclosed),
            Broken::AfterQuote { line } => (line, RowProblem::AfterQuote),
        };
        rows.push(Given { row: empty(line), problem: Some(problem) });
    }
    tell_twins(&mut rows);
    Asked { rows, ignored }
}

fn from_record(Record { line, cells }: Record, columns: &[Option<Column>], project: &str) -> Given {
    let cell = |wanted| {
        let place = columns.iter().position(|column| *column == Some(wanted));
        place.and_then(|place| cells.get(place)).map(|cell| unguarded(cell.trim()).to_owned()).unwrap_or_default()
    };
    let role = match cell(Column::Role) {
        role if role.is_empty() || role.contains('/') => role,
        role => RoleRef::role(role).to_string(),
    };
    let input = CreateInput {
        name: cell(Column::Name),
        alias: cell(Column::Alias),
        description: cell(Column::Description),
        role,
    };
    let other = cell(Column::Project);
    let problem = if cells.len() > columns.len() {
        Some(RowProblem::TooManyCells { is: cells.len(), most: columns.len() })
    } else if !other.is_empty() && other != project {
        Some(RowProblem::OtherProject(other))
    } else {
        None
    };
    given(line, input, Value::Null, project, problem)
}

/// The exported list keeps spreadsheets from taking a cell for a formula with a quote before it.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) => rest,
        _ => cell,
    }
}

fn given(line: usize, input: CreateInput, object: Value, project: &str, problem: Option<RowProblem>) -> Given {
    let input = input.normalised();
    let problem = problem.or_else(|| input.check().err().map(RowProblem::Fields));
    let object = write(object, project, &input).to_string();
    Given { row: Row { line, name: input.name, role: input.role, object }, problem }
}

fn empty(line: usize) -> Row {
    Row { line, name: String::new(), role: String::new(), object: String::new() }
}

fn wrong(line: usize, name: &str, problem: RowProblem) -> Given {
    Given { row: Row { name: name.into(), ..empty(line) }, problem: Some(problem) }
}

/// The rows of documents, each as `parse` reads it, else the line in the document (from 1) and why it can't be read. A `List`
/// is its items. A RoleBinding that follows its account gives it its role, as in an exported list.
pub fn from_documents(text: &str, project: &str, parse: impl Fn(&str) -> Result<Value, (usize, String)>) -> Asked {
    let (mut rows, mut bindings) = (Vec::new(), Vec::new());
    for document in documents(text).into_iter().take(MOST_DOCUMENTS) {
        let line = document.line + 1;
        match parse(document.text) {
            Err((at, message)) => {
                rows.push(wrong(document.line + at.max(1), "", RowProblem::Unreadable(message)));
            }
            Ok(object) => {
                for object in items(object) {
                    match object.get("kind").and_then(Value::as_str) {
                        Some("RoleBinding") => bindings.push((line, object)),
                        _ => rows.push(from_object(line, object, project)),
                    }
                }
            }
        }
    }
    for (line, binding) in bindings {
        if let Some(problem) = bind(&mut rows, line, &binding, project) {
            rows.push(wrong(line, text_at(&binding, "/metadata/name"), problem));
        }
    }
    rows.sort_by_key(|given| given.row.line);
    tell_twins(&mut rows);
    Asked { rows, ignored: Vec::new() }
}

fn items(mut object: Value) -> Vec<Value> {
    let is_list = object.get("kind").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("List"));
    match object.get_mut("items") {
        Some(Value::Array(items)) if is_list => std::mem::take(items),
        _ => vec![object],
    }
}

fn text_at<'a>(object: &'a Value, path: &str) -> &'a str {
    object.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn from_object(line: usize, object: Value, project: &str) -> Given {
    let name = text_at(&object, "/metadata/name").to_owned();
    let problem = match read(&object, project) {
        Ok(input) => return given(line, input, object, project, None),
        Err(errors) => match errors.first().map(|error| error.field) {
            Some(Field::Kind) => RowProblem::OtherKind(text_at(&object, "/kind").to_owned()),
            Some(Field::Namespace) => RowProblem::OtherProject(text_at(&object, "/metadata/namespace").to_owned()),
            _ => RowProblem::Fields(errors),
        },
    };
    wrong(line, &name, problem)
}

/// Gives the account its role, if that is all the binding does.
fn bind(rows: &mut [Given], line: usize, binding: &Value, project: &str) -> Option<RowProblem> {
    let namespace = text_at(binding, "/metadata/namespace");
    if !namespace.is_empty() && namespace != project {
        return Some(RowProblem::OtherProject(namespace.into()));
    }
    let Some([subject]) = binding.get("subjects").and_then(Value::as_array).map(Vec::as_slice) else {
        return Some(RowProblem::OtherBinding);
    };
    let of = text_at(subject, "/namespace");
    let kind = match text_at(binding, "/roleRef/kind") {
        "Role" => RoleKind::Role,
        "ClusterRole" => RoleKind::ClusterRole,
        _ => return Some(RowProblem::OtherBinding),
    };
    let role = RoleRef { kind, name: text_at(binding, "/roleRef/name").to_owned() }.to_string();
    let ours = text_at(subject, "/kind") == "ServiceAccount" && (of.is_empty() || of == project);
    let account = rows.iter_mut().find(|given| {
        let row = &given.row;
        ours && row.line < line && !row.object.is_empty() && row.name == text_at(subject, "/name")
    });
    let Some(Given { row, problem: None }) = account else { return Some(RowProblem::OtherBinding) };
    if row.role == role {
        return None;
    }
    let object = serde_json::from_str::<Value>(&row.object).unwrap_or_default();
    match read(&object, project) {
        Ok(input) if input.role.is_empty() && role.parse::<RoleRef>().is_ok() => {
            row.object = write(object, project, &CreateInput { role: role.clone(), ..input }).to_string();
            row.role = role;
            None
        }
        _ => Some(RowProblem::OtherBinding),
    }
}

/// The first of a name is meant, the next ones are told.
fn tell_twins(rows: &mut [Given]) {
    let mut seen = HashMap::new();
    for Given { row, problem } in rows {
        if row.object.is_empty() || row.name.is_empty() {
            continue;
        }
        match seen.get(&row.name) {
            Some(line) if problem.is_none() => *problem = Some(RowProblem::Twice { line: *line }),
            Some(_) => {}
            None => _ = seen.insert(row.name.clone(), row.line),
        }
    }
}

#[cfg(test)]
mod tests;
