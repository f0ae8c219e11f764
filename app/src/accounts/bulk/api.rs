//! What the dialog that deletes many accounts asks the server.

use leptos::prelude::*;
use musterbook_core::{
    Answer, AppError,
    bulk::{Chosen, Outcome, Plan, Report},
    list::{ListQuery, Scope},
    wire::Json,
};

/// What deleting the chosen accounts would do.
#[server(prefix = "/api", endpoint = "accounts/delete-plan", output = Json)]
pub async fn plan_deletions(scope: Scope, query: ListQuery, chosen: Chosen) -> Result<Answer<Plan>, AppError> {
    use crate::server::{RequestCx, set_side_status};
    let cx = RequestCx::extract().inspect_err(set_side_status)?;
    musterbook_cluster::delete_plan(&*cx.reads(), &scope, &query, &chosen).await.inspect_err(set_side_status)
}

/// One account of a plan, as [`Target`] is written. What the cluster says to it is an answer, not an error. With what
/// brings it back, sealed (SPEC X5).
#[server(prefix = "/api", endpoint = "accounts/delete-one", output = Json)]
pub async fn delete_one(target: String) -> Result<(Outcome, Option<String>), AppError> {
    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let target = read(&target).inspect_err(set_status)?;
    let (outcome, record) = cx.client().delete_target(target).await;
    Ok((outcome, cx.seal(record)))
}

/// Without scripts: as many of the accounts as there is time for, one [`Target`] in a line. `confirmation` has to be
/// `expected`, which is empty where nothing has to be confirmed.
#[server(prefix = "/api", endpoint = "accounts/delete-selected", output = Json)]
pub async fn delete_selected(
    targets: String,
    #[server(default)] bindings: bool,
    #[server(default)] expected: String,
    #[server(default)] confirmation: String,
) -> Result<Report, AppError> {
    use crate::server::{RequestCx, set_status};
    use musterbook_core::{
        form::{Field, FieldError, Problem},
        undo::MOST,
    };
    let cx = RequestCx::extract().inspect_err(set_status)?;
    if confirmation.trim() != expected && !expected.is_empty() {
        let problem = FieldError { field: Field::Confirmation, problem: Problem::NotTheNumber };
        return Err(AppError::Invalid(vec![problem])).inspect_err(set_status);
    }
    let targets: Result<Vec<_>, _> = targets.lines().filter(|line| !line.trim().is_empty()).map(read).collect();
    let mut targets = targets.inspect_err(set_status)?;
    if !bindings {
        targets.iter_mut().for_each(|target| target.bindings.clear());
    }
    let (report, records) = cx.client().delete_in_turn(targets).await;
    let undo = records.into_iter().take(MOST).filter_map(|record| cx.seal(Some(record))).collect();
    Ok(Report { undo, ..report })
}

#[cfg(feature = "ssr")]
fn read(line: &str) -> Result<musterbook_core::bulk::Target, AppError> {
    line.parse().map_err(|error: musterbook_core::bulk::NotATarget| AppError::Refused { message: error.to_string() })
}
