//! Errors and missing parts in the visitor's words.

use musterbook_core::{
    AppError, Missing,
    answer::{Part, Why},
    error::HalfDone,
    form::Problem,
};

use crate::{lang::Locale, plural, text};

/// One sentence for an error.
pub fn error_text(locale: Locale, error: &AppError) -> String {
    match error {
        AppError::SignedOut => text!(locale, error.signed_out),
        AppError::WrongCredentials => text!(locale, error.wrong_credentials),
        AppError::Locked { minutes } => plural!(locale, error.locked, *minutes as usize),
        AppError::Denied(denial) => match &denial.project {
            Some(project) => {
                text!(locale, error.denied, verb = &denial.verb, resource = &denial.resource, project = project)
            }
            None => text!(locale, error.denied_cluster, verb = &denial.verb, resource = &denial.resource),
        },
        AppError::RoleBeyond { role, missing, .. } if missing.is_empty() => {
            text!(locale, error.role_beyond, role = role)
        }
        AppError::RoleBeyond { role, missing, .. } => {
            let missing = missing.join("; ");
            let (beyond, lack) = (
                text!(locale, error.role_beyond, role = role),
                text!(locale, error.role_beyond_missing, missing = &missing),
            );
            format!("{beyond} {lack}")
        }
        AppError::NotFound => text!(locale, error.not_found),
        AppError::Conflict => text!(locale, error.conflict),
        AppError::Replaced => text!(locale, error.replaced),
        AppError::Invalid(_) => text!(locale, error.invalid),
        AppError::Refused { message } => text!(locale, error.refused, message = message),
        AppError::RolesElsewhere => text!(locale, error.roles_elsewhere),
        AppError::HalfDone(HalfDone::CreatedWithoutRole { account, role }) => {
            text!(locale, error.created_without_role, account = account, role = role)
        }
        AppError::HalfDone(HalfDone::OldRoleStillBound { old_binding }) => {
            text!(locale, error.old_role_still_bound, binding = old_binding)
        }
        AppError::HalfDone(HalfDone::OldRoleUntilBound { old_binding }) => {
            text!(locale, error.old_role_until_bound, binding = old_binding)
        }
        AppError::HalfDone(HalfDone::AnnotationNotWritten) => text!(locale, error.annotation_not_written),
        AppError::HalfDone(HalfDone::BindingStays { binding, why, .. }) => {
            text!(locale, bulk.binding_stays, binding = binding, why = &error_text(locale, why))
        }
        AppError::HalfDone(HalfDone::Unknown) => text!(locale, error.half_unknown),
        AppError::Yaml { line: Some(line), message, .. } => text!(locale, error.yaml, line = line, message = message),
        AppError::Yaml { line: None, message, .. } => text!(locale, error.yaml_no_line, message = message),
        AppError::TooLarge => text!(locale, error.too_large),
        AppError::Busy { retry_after_seconds } => plural!(locale, error.busy, *retry_after_seconds as usize),
        AppError::Unavailable => text!(locale, error.unavailable),
        AppError::Offline => text!(locale, error.offline),
        AppError::Internal { reference } => text!(locale, error.internal, reference = reference),
    }
}

/// A short title for an error that takes a page's place.
pub fn error_title(locale: Locale, error: &AppError) -> String {
    match error {
        AppError::Denied(_) | AppError::RoleBeyond { .. } => text!(locale, error.denied_title),
        AppError::NotFound => text!(locale, error.not_found_title),
        AppError::Unavailable | AppError::Busy { .. } | AppError::Offline => text!(locale, error.unavailable_title),
        AppError::SignedOut => text!(locale, error.signed_out),
        _ => text!(locale, error.internal_title),
    }
}

pub fn problem_text(locale: Locale, problem: &Problem) -> String {
    match problem {
        Problem::Required => text!(locale, problem.required),
        Problem::TooLong { max, is } => text!(locale, problem.too_long, max = max, is = is),
        Problem::NotAName => text!(locale, problem.not_a_name),
        Problem::NotPrintable { at } => text!(locale, problem.not_printable, at = at),
        Problem::Taken => text!(locale, problem.taken),
        Problem::NotOffered => text!(locale, problem.not_offered),
        Problem::TooShort { min_seconds } => text!(locale, problem.too_short, minutes = min_seconds / 60),
        Problem::NotANumber => text!(locale, problem.not_a_number),
        Problem::TooLarge { max } => text!(locale, problem.too_large, max = max),
        Problem::NotTheName => text!(locale, problem.not_the_name),
        Problem::NotTheNumber => text!(locale, problem.not_the_number),
    }
}

/// What is missing from a page, and why.
pub fn missing_text(locale: Locale, missing: &Missing) -> String {
    let what = match missing.what {
        Part::Bindings => text!(locale, missing.bindings),
        Part::Roles => text!(locale, missing.roles),
        Part::ClusterRoles => text!(locale, missing.cluster_roles),
        Part::TokenSecrets => text!(locale, missing.token_secrets),
        Part::Pods => text!(locale, missing.pods),
        Part::Workloads => text!(locale, missing.workloads),
        Part::Namespace => text!(locale, missing.namespace),
    };
    match &missing.why {
        Why::Denied(denial) => match &denial.project {
            Some(project) => {
                let (verb, resource) = (&denial.verb, &denial.resource);
                text!(locale, missing.denied, what = &what, verb = verb, resource = resource, project = project)
            }
            None => {
                text!(locale, missing.denied_cluster, what = &what, verb = &denial.verb, resource = &denial.resource)
            }
        },
        Why::Unavailable => text!(locale, missing.unavailable, what = &what),
        Why::NoCache => text!(locale, missing.no_cache, what = &what),
    }
}
