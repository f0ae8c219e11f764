//! What the pages ask about roles.

use leptos::prelude::*;
use musterbook_core::wire::Json;
use musterbook_core::{Answer, AppError, holders::Choices, standing::Standing};

/// The roles that accounts of the project may be given, each with whether the actor may give it (SPEC A3),
/// and who could use them (SPEC X3).
#[server(prefix = "/api", endpoint = "roles/options", output = Json)]
pub async fn role_options(workspace: String, project: String) -> Result<Answer<Choices>, AppError> {
    use crate::{
        accounts::api::in_workspace,
        server::{RequestCx, set_side_status},
    };
    let cx = RequestCx::extract().inspect_err(set_side_status)?;
    let reads = cx.reads();
    let (found, options) = futures::join!(reads.project(&project), reads.role_options(&project));
    in_workspace(found, &workspace).inspect_err(set_side_status)?;
    options.inspect_err(set_side_status)
}

/// The account with everything that gives it rights (SPEC X3).
#[server(prefix = "/api", endpoint = "roles/standing", output = Json)]
pub async fn get_standing(workspace: String, project: String, name: String) -> Result<Answer<Standing>, AppError> {
    use crate::{
        accounts::api::in_workspace,
        server::{RequestCx, set_side_status},
    };
    let cx = RequestCx::extract().inspect_err(set_side_status)?;
    let reads = cx.reads();
    let (found, standing) = futures::join!(reads.project(&project), reads.standing(&project, &name));
    in_workspace(found, &workspace).inspect_err(set_side_status)?;
    standing.inspect_err(set_side_status)
}

/// Mends the account's role; `repair` is a [`musterbook_core::repair::Repair`] in its text form (SPEC D3).
#[server(prefix = "/api", endpoint = "roles/repair", output = Json)]
pub async fn repair_role(project: String, name: String, uid: String, repair: String) -> Result<(), AppError> {
    use crate::server::{RequestCx, set_status};
    use musterbook_core::repair::{NotARepair, Repair};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let repair: Repair = repair
        .parse()
        .map_err(|error: NotARepair| AppError::Refused { message: error.to_string() })
        .inspect_err(set_status)?;
    cx.client().repair_role(&project, &name, &uid, &repair).await.inspect_err(set_status)
}

/// Gives the account another role; an empty `role` revokes. By uid: a namesake made since is left alone.
/// Gives what takes it back, sealed (SPEC X5); `None` where nothing does.
#[server(prefix = "/api", endpoint = "roles/change", output = Json)]
pub async fn change_role(project: String, name: String, uid: String, role: String) -> Result<Option<String>, AppError> {
    use crate::server::{RequestCx, set_status};
    use musterbook_core::{
        form::{Field, FieldError, Problem},
        role::RoleRef,
    };
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let role = match role.as_str() {
        "" => None,
        text => Some(
            text.parse::<RoleRef>()
                .map_err(|_| AppError::Invalid(vec![FieldError { field: Field::Role, problem: Problem::NotOffered }]))
                .inspect_err(set_status)?,
        ),
    };
    Ok(cx.seal(cx.client().change_role(&project, &name, &uid, role.as_ref()).await.inspect_err(set_status)?))
}
