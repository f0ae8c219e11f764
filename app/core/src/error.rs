//! The one error that crosses the wire. It carries facts; the words are in the message files.

use serde::{Deserialize, Serialize};

use crate::{form::FieldError, rules::RulesText};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum AppError {
    /// No session, or one that has ended.
    #[error("signed out")]
    SignedOut,
    /// Unknown user or wrong password: not told apart (SPEC S1).
    #[error("user name or password is wrong")]
    WrongCredentials,
    /// Too many failures for this account from this source (SPEC S1).
    #[error("locked for {minutes} minutes")]
    Locked { minutes: u64 },
    /// The API server refused the actor (SPEC A6).
    #[error("may not {0}")]
    Denied(Denial),
    /// The role holds more than the actor does: the API server's escalation check refused (SPEC A3). `to_hold` as in
    /// [`crate::role::Grant::Cannot`].
    #[error("role {role} is beyond the actor's own rights")]
    RoleBeyond { role: String, missing: Vec<String>, to_hold: RulesText },
    /// Not there, or the actor may not know that it is (SPEC A6).
    #[error("not found")]
    NotFound,
    /// Somebody was faster: the object changed after it was read.
    #[error("changed by someone else")]
    Conflict,
    /// The object with that name is another one now: the uid differs.
    #[error("replaced by another object of the same name")]
    Replaced,
    /// Fields to correct.
    #[error("check the form")]
    Invalid(Vec<FieldError>),
    /// An admission policy or the API server's validation refused; the message is the API server's own, shortened.
    #[error("refused: {message}")]
    Refused { message: String },
    /// Whether KubeSphere's controller owns the role bindings here can't be told (SPEC D4).
    #[error("roles may be KubeSphere's")]
    RolesElsewhere,
    /// The act stopped half-way and could not be taken back; says what exists now (SPEC C3, X3).
    #[error("half done: {0:?}")]
    HalfDone(HalfDone),
    /// The YAML text can't be used; line and column start at 1.
    #[error("YAML: {message}")]
    Yaml { line: Option<u32>, column: Option<u32>, message: String },
    #[error("request body too large")]
    TooLarge,
    #[error("the cluster is busy")]
    Busy { retry_after_seconds: u64 },
    /// The API server does not answer.
    #[error("the API server does not answer")]
    Unavailable,
    /// The browser could not reach Musterbook's own server.
    #[error("no connection")]
    Offline,
    /// Anything else. The cause is in the server's log under this reference.
    #[error("internal error {reference}")]
    Internal { reference: String },
}

/// What exactly was not allowed: Kubernetes' own terms (SPEC A6).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Denial {
    pub verb: String,
    /// API group, empty for core.
    pub group: String,
    /// Plural name, with `/subresource` where there is one.
    pub resource: String,
    /// `None` for cluster-wide resources.
    pub project: Option<String>,
}

impl std::fmt::Display for Denial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.verb, self.resource)?;
        if let Some(project) = &self.project {
            write!(f, " in {project}")?;
        }
        Ok(())
    }
}

impl Denial {
    pub fn new(verb: &str, group: &str, resource: &str, project: Option<&str>) -> Self {
        Self { verb: verb.into(), group: group.into(), resource: resource.into(), project: project.map(Into::into) }
    }
}

/// What exists after an act that stopped half-way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum HalfDone {
    /// The account exists without the role that was asked for.
    CreatedWithoutRole { account: String, role: String },
    /// The new role is bound, the old binding is still there.
    OldRoleStillBound { old_binding: String },
    /// KubeSphere's controller was asked for the new role and hasn't bound it yet, so that the old binding is still there.
    OldRoleUntilBound { old_binding: String },
    /// The bindings are as asked, the account's annotation still says the old role.
    AnnotationNotWritten,
    /// The account is deleted, a binding that should go as well is not. `undo` brings the account back, sealed (SPEC X5).
    BindingStays { account: String, binding: String, why: Box<AppError>, undo: Option<String> },
    /// Not known: the answer was lost. The page must be read again.
    Unknown,
}

impl AppError {
    /// The HTTP status a page or an API answer has with this error.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignedOut | Self::WrongCredentials => 401,
            Self::Denied(_) | Self::RoleBeyond { .. } => 403,
            Self::NotFound => 404,
            Self::Conflict | Self::Replaced | Self::RolesElsewhere => 409,
            Self::TooLarge => 413,
            Self::Invalid(_) | Self::Refused { .. } | Self::Yaml { .. } => 422,
            Self::Locked { .. } | Self::Busy { .. } => 429,
            Self::HalfDone(_) | Self::Internal { .. } => 500,
            Self::Unavailable | Self::Offline => 503,
        }
    }
}

#[cfg(feature = "server-fn")]
impl server_fn::error::FromServerFnError for AppError {
    type Encoder = crate::wire::JsonText;

    fn from_server_fn_error(error: server_fn::error::ServerFnErrorErr) -> Self {
        use server_fn::error::ServerFnErrorErr as E;
        match error {
            // The browser's fetch failed: nothing came back.
            E::Request(_) => Self::Offline,
            // Arguments that can't be read, which no form of ours sends.
            E::Args(_) | E::MissingArg(_) => Self::Invalid(Vec::new()),
            E::Deserialization(_) if cfg!(not(target_arch = "wasm32")) => Self::Invalid(Vec::new()),
            // An answer that isn't ours, as a proxy in between gives while the server is away.
            E::Deserialization(_) | E::Response(_) => Self::Unavailable,
            E::Serialization(_) => Self::Internal { reference: "arguments".into() },
            _ => Self::Internal { reference: "transport".into() },
        }
    }
}
