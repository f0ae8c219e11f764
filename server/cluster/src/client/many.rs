//! Several new accounts (SPEC C5): each is one act, as if it were the only one. What is there is never written to, so that
//! running the same text again is harmless.

use std::{collections::HashMap, sync::Arc};

use futures::{StreamExt, stream};
use k8s_openapi::{
    api::{core::v1::ServiceAccount, rbac::v1::RoleBinding},
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use musterbook_core::{
    AppError,
    draft::{differences, read, write},
    error::HalfDone,
    form::{CreateInput, Field, Problem},
    many::{Asked, Given, MOST, Outcome, Plan, Planned, Report, Row, TEXT_MAX, from_documents, from_table, is_table},
    role::RoleRef,
};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::{
    ActorClient,
    create::{self, object, role_of, taken, wrong},
    handover, in_turn,
    role::refused_role,
    to_the_end,
};
use crate::{
    acting::Acting,
    binding::trial,
    calls::Calls,
    convert,
    failure::Failure,
    names,
    permissions::{CREATE_ACCOUNT, CREATE_BINDING, GET_ACCOUNT, LIST_BINDINGS},
    yaml,
};

/// Stands for an account whose role is tried.
const ANY_NAME: &str = "musterbook-dry-run";
/// Rows that a plan looks at together.
const LOOKS_AT_ONCE: usize = 8;

impl ActorClient {
    /// What creating the accounts of `text`, CSV or YAML, would do: the API server's dry runs as the actor. Nothing is written.
    pub async fn plan_creations(&self, project: &str, text: &str) -> Result<Plan, AppError> {
        let project = names::project(project)?;
        let text = fitting(text)?;
        let Asked { rows, ignored } = asked(project, &text);
        if rows.len() > MOST {
            return Ok(Plan { text, rows: Vec::new(), ignored, too_many: Some(rows.len()) });
        }
        let looking = Looking::new(&self.acting, project);
        let fine = rows.iter().filter(|given| given.problem.is_none());
        let roles = looking.try_roles(fine.map(|given| given.row.role.clone()).collect()).await;
        let (looking, roles) = (&looking, &roles);
        let mut rows: Vec<_> = stream::iter(rows)
            .map(|Given { row, problem }| async move {
                let fate = match problem {
                    Some(problem) => Err(problem),
                    None => Ok(looking.fate(&row, roles).await.unwrap_or_else(Outcome::Refused)),
                };
                Planned { row, fate }
            })
            .buffered(LOOKS_AT_ONCE)
            .collect()
            .await;
        rows.sort_by_key(Planned::order);
        Ok(Plan { text, rows, ignored, too_many: None })
    }

    /// One row of a plan. What the cluster says to it is an answer, not an error.
    pub async fn create_row(&self, project: &str, row: &Row) -> Outcome {
        let (acting, project, row) = (Arc::clone(&self.acting), project.to_owned(), row.clone());
        to_the_end(async move { create_row(&acting, &project, &row).await }).await.unwrap_or_else(Outcome::Refused)
    }

    /// As many of the accounts of `text` as there is time for in one request, in their order. Rows with a problem are left
    /// out, as the plan said.
    pub async fn create_in_turn(&self, project: &str, text: &str) -> Result<Report, AppError> {
        let rows = asked(names::project(project)?, &fitting(text)?).rows;
        if rows.len() > MOST {
            return Err(AppError::TooLarge);
        }
        let rows = rows.into_iter().filter(|given| given.problem.is_none()).map(|given| given.row).collect();
        let create = |row: Row| {
            let (client, project) = (self.clone(), project.to_owned());
            async move {
                let outcome = client.create_row(&project, &row).await;
                (row, outcome)
            }
        };
        let lost = |row| (row, Outcome::Refused(AppError::HalfDone(HalfDone::Unknown)));
        let mut report = Report::default();
        for turn in in_turn(rows, create, lost).await {
            match turn {
                Ok(done) => report.done.push(done),
                Err(row) => report.rest.push(row),
            }
        }
        Ok(report)
    }
}

/// A form post sends line breaks as CRLF (HTML standard, form submission).
fn fitting(text: &str) -> Result<String, AppError> {
    if text.len() > TEXT_MAX { Err(AppError::TooLarge) } else { Ok(text.replace("\r\n", "\n")) }
}

fn asked(project: &str, text: &str) -> Asked {
    if is_table(text) {
        return from_table(text, project);
    }
    from_documents(text, project, |document| {
        yaml::parse(document).map_err(|error| match error {
            AppError::Yaml { line, message, .. } => {
                (line.and_then(|line| usize::try_from(line).ok()).unwrap_or(1), message)
            }
            error => (1, error.to_string()),
        })
    })
}

/// The row's account, with the form's rules checked again: it came from a browser.
fn account_of(row: &Row, project: &str) -> Result<(CreateInput, Value), AppError> {
    let object = yaml::parse(&row.object)?;
    let input = read(&object, project).map_err(AppError::Invalid)?.normalised();
    input.check().map_err(AppError::Invalid)?;
    Ok((input, object))
}

async fn create_row(acting: &Acting, project: &str, row: &Row) -> Result<Outcome, AppError> {
    let project = names::project(project)?;
    let (input, object) = account_of(row, project)?;
    let looking = Looking::new(acting, project);
    if let Some(outcome) = looking.at_what_is_there(&input, &object).await? {
        return Ok(outcome);
    }
    match create::account(acting, project, input.clone(), object.clone()).await {
        Ok(()) => Ok(Outcome::Created),
        // Somebody was faster.
        Err(error) if error == wrong(Field::Name, Problem::Taken) => {
            looking.at_what_is_there(&input, &object).await?.ok_or(error)
        }
        Err(error) => Err(error),
    }
}

/// What is asked once for all rows.
struct Looking<'a> {
    acting: &'a Acting,
    calls: Calls,
    project: &'a str,
    bindings: OnceCell<Vec<RoleBinding>>,
}

impl<'a> Looking<'a> {
    fn new(acting: &'a Acting, project: &'a str) -> Self {
        Self { acting, calls: acting.calls(), project, bindings: OnceCell::new() }
    }

    /// Whether each role may be given, in a dry run as the actor (SPEC A3). Which account would have it makes no difference.
    async fn try_roles(&self, mut roles: Vec<String>) -> HashMap<String, Result<(), AppError>> {
        roles.sort();
        roles.dedup();
        let tried = stream::iter(roles).map(|role| async move {
            let tried = self.try_role(&role).await;
            (role, tried)
        });
        tried.buffer_unordered(LOOKS_AT_ONCE).collect().await
    }

    async fn try_role(&self, role: &str) -> Result<(), AppError> {
        let input = CreateInput { role: role.into(), ..Default::default() };
        let Some(role) = role_of(&input)? else { return Ok(()) };
        let controller = self.acting.shared.kubesphere.sure().await?;
        if let Some(controller) = controller.filter(|controller| controller.binds(ANY_NAME, &role)) {
            return handover::check(self.acting, &self.calls, self.project, controller, &role).await;
        }
        let bindings = self.calls.in_project::<RoleBinding>(&CREATE_BINDING, self.project);
        let tried = bindings.try_create::<Value>(&trial(self.project, ANY_NAME, &role)).await;
        tried.map(drop).map_err(|failure| refused_role(failure, &role))
    }

    async fn fate(&self, row: &Row, roles: &HashMap<String, Result<(), AppError>>) -> Result<Outcome, AppError> {
        let (input, asked) = account_of(row, self.project)?;
        if let Some(outcome) = self.at_what_is_there(&input, &asked).await? {
            return Ok(outcome);
        }
        if let Some(Err(error)) = roles.get(&input.role) {
            return Err(error.clone());
        }
        let accounts = self.calls.in_project::<ServiceAccount>(&CREATE_ACCOUNT, self.project);
        let tried = accounts.try_create::<Value>(&object(self.acting, self.project, &input, asked)).await;
        tried.map(|_| Outcome::Created).map_err(taken)
    }

    /// `None` where no account has the name, or that may not be seen: then the API server says it.
    async fn at_what_is_there(&self, input: &CreateInput, asked: &Value) -> Result<Option<Outcome>, AppError> {
        let accounts = self.calls.in_project::<ServiceAccount>(&GET_ACCOUNT, self.project);
        let found = match accounts.get::<Value>(&input.name).await {
            Ok(found) => found,
            Err(failure) if failure.is_not_found() || failure.is_denied() => return Ok(None),
            Err(failure) => return Err(failure.into()),
        };
        let list =
            || async { self.calls.in_project::<RoleBinding>(&LIST_BINDINGS, self.project).list::<RoleBinding>().await };
        let bindings = self.bindings.get_or_try_init(list).await.map_err(|failure: Failure| AppError::from(failure))?;
        let metadata = ObjectMeta {
            name: Some(input.name.clone()),
            namespace: Some(self.project.to_owned()),
            uid: found.pointer("/metadata/uid").and_then(Value::as_str).map(Into::into),
            ..Default::default()
        };
        let mut bound: Vec<RoleRef> =
            convert::bindings_of(&metadata, bindings).into_iter().map(|binding| binding.role).collect();
        bound.sort();
        bound.dedup();
        let wanted = write(asked.clone(), self.project, input);
        let differences = differences(&found, &bound, &wanted, self.project);
        Ok(Some(if differences.is_empty() { Outcome::Unchanged } else { Outcome::Differs(differences) }))
    }
}
