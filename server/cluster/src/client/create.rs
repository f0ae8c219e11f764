//! Create (SPEC C3, D1, D2).

use k8s_openapi::api::{core::v1::ServiceAccount, rbac::v1::RoleBinding};
use musterbook_core::{
    AppError, draft,
    error::HalfDone,
    form::{CreateInput, Field, FieldError, Problem},
    role::RoleRef,
};
use serde_json::{Value, json};

use super::{
    delete::exactly,
    handover,
    role::{Of, bind, half_done, refused_role, settle},
};
use crate::{
    acting::Acting,
    binding::{For, trial},
    calls::Calls,
    failure::Failure,
    permissions::{CREATE_ACCOUNT, CREATE_BINDING, DELETE_ACCOUNT, GET_ACCOUNT},
};

/// With everything that `base` holds beside the form's fields: what wasn't typed isn't there, and nothing is decided for the
/// person (SPEC D6).
pub(super) async fn account(acting: &Acting, project: &str, input: CreateInput, base: Value) -> Result<(), AppError> {
    let role = role_of(&input)?;
    let calls = acting.calls();
    let (mut ours, mut controller) = (role.as_ref(), None);
    if let Some(role) = &role {
        controller = acting.shared.kubesphere.sure().await?;
        if let Some(controller) = controller.filter(|controller| controller.binds(&input.name, role)) {
            handover::check(acting, &calls, project, controller, role).await?;
            ours = None;
        }
    }
    if let Some(role) = ours {
        // First, as the name of the refused role is worth more than an account that has to go again.
        let bindings = calls.in_project::<RoleBinding>(&CREATE_BINDING, project);
        let tried = bindings.try_create::<Value>(&trial(project, &input.name, role)).await;
        tried.map_err(|failure| refused_role(failure, role))?;
    }

    let accounts = calls.in_project::<ServiceAccount>(&CREATE_ACCOUNT, project).once();
    let object = object(acting, project, &input, base);
    let (account, is_new) = match accounts.create::<ServiceAccount>(&object).await {
        Ok(created) => (created, true),
        Err(failure) if failure.is_already_exists() && failure.again => {
            (made_by_what_was_lost(&calls, project, &input.name, &object).await?, false)
        }
        Err(failure) => return Err(taken(failure)),
    };
    let Some(role) = ours else { return Ok(()) };
    let calls = calls.to_finish();
    let made = For::account(project, &account.metadata);
    match bind(&calls, made, role).await {
        Ok(bound) => {
            let of = Of { project, name: made.name, uid: made.uid, controller };
            settle(&calls, of, Some(role.clone()), Some(bound)).await
        }
        Err(error) if is_new => Err(take_back(&calls, project, &account, role, error).await),
        // Not certainly ours to delete.
        Err(_) => Err(AppError::HalfDone(without_role(made.name, role))),
    }
}

/// The account that is there now, if it is what the call with the lost answer was to make.
pub(super) async fn made_by_what_was_lost(
    calls: &Calls,
    project: &str,
    name: &str,
    wanted: &Value,
) -> Result<ServiceAccount, AppError> {
    let calls = calls.to_finish();
    let accounts = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project);
    let Ok(found) = accounts.get::<ServiceAccount>(name).await else {
        return Err(AppError::HalfDone(HalfDone::Unknown));
    };
    let notes = json!(found.metadata.annotations.clone().unwrap_or_default());
    let is_same = *wanted.pointer("/metadata/annotations").unwrap_or(&json!({})) == notes;
    if is_same { Ok(found) } else { Err(wrong(Field::Name, Problem::Taken)) }
}

/// Takes the account away again. If that fails, the page is to say what exists now.
async fn take_back(
    calls: &Calls,
    project: &str,
    created: &ServiceAccount,
    role: &RoleRef,
    error: AppError,
) -> AppError {
    let account = For::account(project, &created.metadata);
    let accounts = calls.in_project::<ServiceAccount>(&DELETE_ACCOUNT, project).once();
    match accounts.delete(account.name, &exactly(account.uid)).await {
        // A binding whose answer was lost goes with its account: nothing is left.
        Ok(_) if error == AppError::HalfDone(HalfDone::Unknown) => AppError::Unavailable,
        Ok(_) => error,
        Err(failure) if failure.is_not_found() => error,
        Err(failure) => {
            tracing::error!(project, account = account.name, ?failure, ?error, "account left without its role");
            half_done(&failure, without_role(account.name, role))
        }
    }
}

fn without_role(account: &str, role: &RoleRef) -> HalfDone {
    HalfDone::CreatedWithoutRole { account: account.into(), role: role.to_string() }
}

pub(super) fn role_of(input: &CreateInput) -> Result<Option<RoleRef>, AppError> {
    match input.role.as_str() {
        "" => Ok(None),
        role => role.parse().map(Some).map_err(|_| wrong(Field::Role, Problem::NotOffered)),
    }
}

/// The account as it is sent. Its creator is the actor, whatever a text says (SPEC D1).
pub(super) fn object(acting: &Acting, project: &str, input: &CreateInput, base: Value) -> Value {
    draft::to_create(draft::write(base, project, input), &acting.actor.user)
}

/// Why an account was not made.
pub(super) fn taken(failure: Failure) -> AppError {
    if failure.is_already_exists() { wrong(Field::Name, Problem::Taken) } else { failure.into() }
}

pub(super) fn wrong(field: Field, problem: Problem) -> AppError {
    AppError::Invalid(vec![FieldError { field, problem }])
}
