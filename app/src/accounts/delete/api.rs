//! What the delete dialog asks the server.

use leptos::prelude::*;
use musterbook_core::wire::Json;
use musterbook_core::{
    Answer, AppError,
    account::{Account, Impact},
    bulk::Outcome,
    standing::Extent,
};
use serde::{Deserialize, Serialize};

/// The account as it is now, and what goes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletePlan {
    pub account: Account,
    pub impact: Impact,
}

/// Whether the account's name has to be typed: something goes with it, or it can't be seen whether something does.
pub fn asks_for_name(impact: &Answer<Impact>) -> bool {
    !impact.value.is_empty() || !impact.missing.is_empty() || impact.value.cluster == Extent::Part
}

#[server(prefix = "/api", endpoint = "accounts/impact", output = Json)]
pub async fn plan_deletion(workspace: String, project: String, name: String) -> Result<Answer<DeletePlan>, AppError> {
    use crate::{
        accounts::api::in_workspace,
        server::{RequestCx, set_side_status},
    };
    let cx = RequestCx::extract().inspect_err(set_side_status)?;
    let reads = cx.reads();
    let (found, account, impact) =
        futures::join!(reads.project(&project), reads.account(&project, &name), reads.impact(&project, &name));
    in_workspace(found, &workspace).inspect_err(set_side_status)?;
    let (account, impact) = (account.inspect_err(set_side_status)?, impact.inspect_err(set_side_status)?);
    Ok(impact.map(|impact| DeletePlan { account: account.value, impact }))
}

/// By uid: a namesake that was made since is left alone. `confirmation` is compared with the name where
/// [`asks_for_name`] says so, by what is true now and not by what the form was shown with. `bindings` is a
/// [`musterbook_core::bulk::Target`] whose bindings go as well; again on an account that is gone, only they do. Says whether
/// it is gone or held, and gives what brings it back, sealed (SPEC X5); `None` where nothing does.
#[server(prefix = "/api", endpoint = "accounts/delete", output = Json)]
pub async fn delete_account(
    project: String,
    name: String,
    uid: String,
    #[server(default)] confirmation: String,
    #[server(default)] bindings: String,
) -> Result<(Outcome, Option<String>), AppError> {
    use crate::server::{RequestCx, set_status};
    use musterbook_core::{
        bulk::{NotATarget, Target},
        form::{Field, FieldError, Problem},
    };
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let with = if bindings.is_empty() { Ok(None) } else { bindings.parse().map(Some) };
    let with: Option<Target> =
        with.map_err(|error: NotATarget| AppError::Refused { message: error.to_string() }).inspect_err(set_status)?;
    let impact = match cx.reads().impact(&project, &name).await {
        Err(AppError::NotFound) if with.is_some() => None,
        impact => Some(impact.inspect_err(set_status)?),
    };
    if impact.is_some_and(|impact| asks_for_name(&impact)) && confirmation.trim() != name {
        let problem = FieldError { field: Field::Confirmation, problem: Problem::NotTheName };
        return Err(AppError::Invalid(vec![problem])).inspect_err(set_status);
    }
    let (outcome, record) = match with {
        None => {
            let deleted = cx.client().delete_account(&project, &name, &uid).await.inspect_err(set_status)?;
            (Outcome::of(Ok(deleted.held)), deleted.record)
        }
        Some(Target { bindings, .. }) => {
            cx.client().delete_target(Target { project, name: name.clone(), uid, bindings }).await
        }
    };
    outcome.into_answer(name, cx.seal(record)).inspect_err(set_status)
}
