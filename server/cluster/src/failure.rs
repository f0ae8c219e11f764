//! Failed calls, and the one place where they become an [`AppError`] (SPEC A6, Z4).

use kube::core::Status;
use musterbook_core::{AppError, answer::Why, error::HalfDone};

use crate::permissions::Call;

/// A call that failed: what was asked, and what came back. The caller may look at it before it becomes an error.
#[derive(Debug)]
pub(crate) struct Failure {
    pub call: &'static Call,
    pub project: Option<String>,
    /// Whether the call would have changed something: a dry run does not.
    pub writes: bool,
    /// The second answer to a write whose first one was lost ([`crate::calls::Of::once`]): what it found there may be
    /// the first one's doing.
    pub again: bool,
    pub cause: Cause,
}

#[derive(Debug)]
pub(crate) enum Cause {
    /// The API server's answer.
    Answered(Box<Status>),
    /// The API server refused Musterbook, not the actor.
    NotActing(Box<Status>),
    /// The connection was never made: nothing happened.
    NotReached(String),
    /// No answer, or none that can be read: if it was a write, it may have happened.
    Lost(String),
    /// The request can't be made.
    NotSent(String),
}

impl Failure {
    fn status(&self) -> Option<&Status> {
        match &self.cause {
            Cause::Answered(status) => Some(status),
            _ => None,
        }
    }

    fn answered(&self, is: impl Fn(&Status) -> bool) -> bool {
        self.status().is_some_and(is)
    }

    pub fn is_not_found(&self) -> bool {
        self.answered(Status::is_not_found)
    }

    pub fn is_already_exists(&self) -> bool {
        self.answered(Status::is_already_exists)
    }

    pub fn is_conflict(&self) -> bool {
        self.answered(|status| status.is_conflict() && !status.is_already_exists())
    }

    pub fn is_invalid(&self) -> bool {
        self.answered(Status::is_invalid)
    }

    /// The answer of validation or admission: something is wrong with what was sent.
    pub fn refusal(&self) -> Option<&Status> {
        let status = self.status()?;
        let is_about_the_object = status.reason != UNREADABLE
            && matches!(status.code, 400 | 403 | 405 | 422)
            && !(status.is_forbidden() && is_rbac(status));
        is_about_the_object.then_some(status)
    }

    /// The actor lacks the right; admission, which answers 403 as well, is not meant.
    pub fn is_denied(&self) -> bool {
        self.answered(|status| status.is_forbidden() && is_rbac(status))
    }

    /// The rules that the API server's escalation check misses (SPEC A3).
    pub fn beyond(&self) -> Option<Vec<String>> {
        let status = self.status().filter(|status| status.is_forbidden())?;
        crate::convert::missing_rules(&status.message)
    }

    /// A write whose answer was lost.
    pub fn is_unknown(&self) -> bool {
        self.writes && matches!(self.cause, Cause::Lost(_))
    }

    /// Refused for the moment, perhaps: not for want of a right.
    pub fn may_pass(&self) -> bool {
        self.answered(|status| status.is_conflict() || status.code == 429 || status.code >= 500)
    }

    /// The second answer to a write says what became of the first one, or it is not known.
    pub fn of_what_was_lost(self) -> Self {
        let told = self.is_already_exists() || self.is_conflict() || self.is_not_found() || self.is_invalid();
        if told { Self { again: true, ..self } } else { self.lost() }
    }

    /// The same as if there had been no answer.
    pub fn lost(self) -> Self {
        Self { cause: Cause::Lost(format!("again: {:?}", self.cause)), ..self }
    }

    /// Why a part of an answer is missing.
    pub fn why(self) -> Why {
        match AppError::from(self) {
            AppError::Denied(denial) => Why::Denied(denial),
            _ => Why::Unavailable,
        }
    }
}

impl From<Failure> for AppError {
    fn from(failure: Failure) -> Self {
        let unknown = failure.is_unknown();
        let Failure { call, project, cause, .. } = failure;
        match cause {
            Cause::Answered(status) => answered(call, project.as_deref(), &status),
            Cause::NotActing(status) => {
                internal(call, project.as_deref(), &format!("Musterbook may not act as people: {}", status.message))
            }
            Cause::NotReached(cause) => {
                tracing::warn!(verb = call.verb, resource = call.resource, cause, "API server not reached");
                Self::Unavailable
            }
            Cause::Lost(cause) => {
                tracing::warn!(verb = call.verb, resource = call.resource, cause, "answer lost");
                if unknown { Self::HalfDone(HalfDone::Unknown) } else { Self::Unavailable }
            }
            Cause::NotSent(cause) => internal(call, project.as_deref(), &cause),
        }
    }
}

/// kube's own words for a body that is no Status: some proxy's page, not fit to be shown (SPEC Z4).
const UNREADABLE: &str = "Failed to parse error data";

fn answered(call: &Call, project: Option<&str>, status: &Status) -> AppError {
    let retry_after = status.details.as_ref().map_or(1, |details| u64::from(details.retry_after_seconds).max(1));
    match status.code {
        429 => AppError::Busy { retry_after_seconds: retry_after },
        503 => AppError::Unavailable,
        _ if status.reason == "ServerTimeout" => AppError::Unavailable,
        code if status.reason == UNREADABLE => {
            internal(call, project, &format!("an answer {code} that is not Kubernetes'"))
        }
        // The actor's session is Musterbook's; what the API server did not accept is Musterbook's own key.
        401 => internal(call, project, "the API server does not accept Musterbook's credentials"),
        413 => AppError::TooLarge,
        _ if status.is_not_found() => AppError::NotFound,
        _ if status.is_already_exists() || status.is_conflict() => AppError::Conflict,
        _ if status.is_forbidden() && is_rbac(status) => AppError::Denied(call.denial(project)),
        400 | 403 | 405 | 409 | 422 => refused(&status.message),
        _ => internal(call, project, &status.message),
    }
}

/// An authorizer's refusal, not an admission plugin's or webhook's (`User "jane" cannot list resource "pods" …`).
fn is_rbac(status: &Status) -> bool {
    let message = status.message.as_str();
    message.is_empty() || (message.contains("User \"") && message.contains("\" cannot "))
}

/// The API server refused Musterbook's impersonation.
pub(crate) fn is_impersonation(status: &Status) -> bool {
    status.is_forbidden() && status.message.contains(" cannot impersonate")
}

/// The API server's message, short.
pub(crate) fn refused(message: &str) -> AppError {
    AppError::Refused { message: shortened(message) }
}

/// One line of at most 300 characters.
pub(crate) fn shortened(message: &str) -> String {
    const MAX: usize = 300;
    let mut message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = message.char_indices().nth(MAX) {
        message.truncate(cut);
        message.push('…');
    }
    message
}

/// Logs `cause` under a reference, which is all that the page gets.
pub(crate) fn internal(call: &Call, project: Option<&str>, cause: &str) -> AppError {
    let reference = reference();
    tracing::error!(reference, verb = call.verb, resource = call.resource, project, cause, "call failed");
    AppError::Internal { reference }
}

/// Something went wrong outside of any call.
pub(crate) fn broken(cause: &dyn std::fmt::Display) -> AppError {
    let reference = reference();
    tracing::error!(reference, %cause, "unexpected");
    AppError::Internal { reference }
}

/// Short enough to read out on the phone, unlikely to be in the same log twice.
fn reference() -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    format!("{:08x}", RandomState::new().build_hasher().finish() >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::{CREATE_BINDING, LIST_SECRETS};

    fn error(call: &'static Call, code: u16, reason: &str, message: &str) -> AppError {
        let status = Status::failure(message, reason).with_code(code).boxed();
        let cause = if is_impersonation(&status) { Cause::NotActing(status) } else { Cause::Answered(status) };
        Failure { call, project: Some("demo".into()), writes: !call.is_read(), again: false, cause }.into()
    }

    #[test]
    fn a6_a_denial_names_what_was_asked() {
        let message = "secrets is forbidden: User \"jane\" cannot list resource \"secrets\" in API group \"\" in the namespace \"demo\"";
        let AppError::Denied(denial) = error(&LIST_SECRETS, 403, "Forbidden", message) else { panic!() };
        assert_eq!(denial.to_string(), "list secrets in demo");
    }

    #[test]
    fn admissions_403_is_a_refusal_with_its_message() {
        let message = "admission webhook \"guard.example\" denied the request: not on\nFridays";
        let AppError::Refused { message } = error(&CREATE_BINDING, 403, "Forbidden", message) else { panic!() };
        assert_eq!(message, "admission webhook \"guard.example\" denied the request: not on Fridays");
    }

    #[test]
    fn a1_a_refused_impersonation_is_the_operators_error() {
        let message = "users \"jane\" is forbidden: User \"system:serviceaccount:m:m\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope";
        assert!(matches!(error(&LIST_SECRETS, 403, "Forbidden", message), AppError::Internal { .. }));
    }

    #[test]
    fn z4_a_proxys_page_is_never_shown() {
        let shown = error(&LIST_SECRETS, 403, "Failed to parse error data", "<html>token=abc</html>");
        assert!(matches!(shown, AppError::Internal { .. }), "{shown:?}");
    }

    #[test]
    fn z4_a_refusal_is_at_most_300_characters() {
        let AppError::Refused { message } = error(&CREATE_BINDING, 422, "Invalid", &"é ".repeat(500)) else {
            panic!()
        };
        assert_eq!(message.chars().count(), 301);
    }

    #[test]
    fn a_lost_answer_is_unknown_for_a_write_and_nothing_for_a_read() {
        let lost = |call| {
            AppError::from(Failure {
                call,
                project: None,
                writes: !Call::is_read(call),
                again: false,
                cause: Cause::Lost("x".into()),
            })
        };
        assert_eq!(lost(&CREATE_BINDING), AppError::HalfDone(HalfDone::Unknown));
        assert_eq!(lost(&LIST_SECRETS), AppError::Unavailable);
    }
}
