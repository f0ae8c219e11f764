//! What a person does, as that person (SPEC A1): the only place with writes. Checks the forms again, because whoever
//! posts to the server need not have used ours.

use std::{sync::Arc, time::Duration};

use futures::{Stream, StreamExt, stream};
use musterbook_core::{
    AppError, Timestamp,
    bulk::{Outcome, Report, Target},
    credential::IssueInput,
    draft,
    error::HalfDone,
    form::{CreateInput, EditInput},
    repair::Repair,
    role::RoleRef,
    settings::SettingsInput,
    undo::{Replay, Stop, Way},
    yaml::{MergedYaml, Verdict, YamlDocument},
};
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use crate::{acting::Acting, failure::broken, names, undo::Record};

mod create;
mod delete;
mod edit;
mod export;
mod handover;
mod kubeconfig;
mod many;
mod repair;
mod reveal;
mod role;
mod undo;
mod wish;
mod yaml;

pub use delete::Deleted;
pub use export::ToExport;
pub(crate) use export::clean_account;
use yaml::{Edited, ToMerge};

/// A request ends after 10 s (SPEC Z5): none is begun after this time…
const TIME_FOR_MANY: Duration = Duration::from_secs(6);
/// …and this long is waited for those that are.
const TIME_TO_END: Duration = Duration::from_secs(2);
/// Acts of one person at once: more would be in the way of others.
const AT_ONCE: usize = 4;

/// The writes of one actor, the two reads that bring a credential's value, and what is exported.
#[derive(Clone)]
pub struct ActorClient {
    acting: Arc<Acting>,
}

/// A kubeconfig with a fresh token. To be shown once, never kept (SPEC K3).
pub struct IssuedKubeconfig {
    pub yaml: SecretString,
    /// As the API server said; it may differ from what was asked for.
    pub expires: Timestamp,
    pub server: String,
    /// The address works inside the cluster only.
    pub in_cluster_only: bool,
}

impl ActorClient {
    pub(crate) fn new(acting: Arc<Acting>) -> Self {
        Self { acting }
    }

    /// Account and binding are one act: when the binding fails, the account is taken away again (SPEC C3).
    pub async fn create_account(&self, project: &str, input: &CreateInput) -> Result<(), AppError> {
        self.create(project, input, Value::Null).await
    }

    /// As the form says, and with everything else that the YAML `base` holds (SPEC C1).
    pub async fn create_account_with(&self, project: &str, input: &CreateInput, base: &str) -> Result<(), AppError> {
        self.create(project, input, crate::yaml::parse(base)?).await
    }

    /// As the YAML text says; gives the account's name.
    pub async fn create_from_yaml(&self, project: &str, text: &str) -> Result<String, AppError> {
        let object = crate::yaml::parse(text)?;
        let input = draft::read(&object, project).map_err(AppError::Invalid)?.normalised();
        self.create(project, &input, object).await?;
        Ok(input.name)
    }

    async fn create(&self, project: &str, input: &CreateInput, base: Value) -> Result<(), AppError> {
        let project = names::project(project)?.to_owned();
        let input = input.clone().normalised();
        input.check().map_err(AppError::Invalid)?;
        let acting = Arc::clone(&self.acting);
        to_the_end(async move { create::account(&acting, &project, input, base).await }).await
    }

    /// Alias and description; nothing else of the account is touched. What somebody else changed meanwhile stays; where
    /// both changed the same it is an [`AppError::Conflict`], and nothing is written (SPEC X1).
    pub async fn edit_information(&self, project: &str, name: &str, input: &EditInput) -> Result<(), AppError> {
        let (project, name) = (names::project(project)?, names::object(name)?);
        let input = input.clone().normalised();
        input.check().map_err(AppError::Invalid)?;
        edit::information(&self.acting, project, name, input).await
    }

    /// Labels, annotations, token and pull secrets, as far as they differ from what was seen; the rest as
    /// [`Self::edit_information`] (SPEC D6).
    pub async fn edit_settings(&self, project: &str, name: &str, input: &SettingsInput) -> Result<(), AppError> {
        edit::settings(&self.acting, names::project(project)?, names::object(name)?, input).await
    }

    /// Binds the new role, then takes the old one away; `None` revokes (SPEC X3). Where KubeSphere's controller binds Roles, a
    /// Role is only asked for (SPEC D4). Gives what takes it back, where something does.
    pub async fn change_role(
        &self,
        project: &str,
        name: &str,
        uid: &str,
        role: Option<&RoleRef>,
    ) -> Result<Option<Record>, AppError> {
        let (project, name) = (names::project(project)?.to_owned(), names::object(name)?.to_owned());
        let (acting, uid, role) = (Arc::clone(&self.acting), uid.to_owned(), role.cloned());
        to_the_end(async move { role::change(&acting, (&project, &name, &uid), role.as_ref(), None).await }).await
    }

    /// Mends a role whose wish and truth don't agree (SPEC D3). A role to bind that isn't there is [`AppError::NotFound`];
    /// one to adopt that isn't bound any more, and a binding that others are bound by, too, is [`AppError::Conflict`].
    pub async fn repair_role(&self, project: &str, name: &str, uid: &str, repair: &Repair) -> Result<(), AppError> {
        let (project, name) = (names::project(project)?.to_owned(), names::object(name)?.to_owned());
        if let Repair::Unbind(binding) = repair {
            names::path_segment(&binding.name)?;
        }
        let (acting, uid, repair) = (Arc::clone(&self.acting), uid.to_owned(), repair.clone());
        to_the_end(async move { repair::mend(&acting, &project, &name, &uid, &repair).await }).await
    }

    /// Deletes this account, not a namesake that was made since (SPEC X4).
    pub async fn delete_account(&self, project: &str, name: &str, uid: &str) -> Result<Deleted, AppError> {
        let (project, name) = (names::project(project)?, names::object(name)?);
        delete::account(&self.acting, &self.acting.calls(), project, name, uid).await
    }

    /// What taking it back would bring, by dry runs (SPEC X5).
    pub async fn plan_undo(&self, record: &Record) -> Replay {
        undo::replay(&self.acting, record, false).await
    }

    /// Takes these acts back, as many of them as there is time for in one request, in their order (SPEC X5).
    pub async fn undo_in_turn(&self, records: Vec<Record>) -> Vec<Way> {
        let undo = |record: Record| async move {
            let (acting, unknown) = (Arc::clone(&self.acting), record.replay());
            let done = to_the_end(async move { Ok(undo::replay(&acting, &record, true).await) }).await;
            done.unwrap_or_else(|error| Replay { stops: Some(error), ..unknown })
        };
        let lost = |record: Record| Replay { stops: Some(AppError::HalfDone(HalfDone::Unknown)), ..record.replay() };
        in_turn(records, undo, lost).await.into_iter().map(|turn| turn.map_err(|_| Stop::NoTime)).collect()
    }

    /// One account of many, with the bindings that the target names (SPEC L5). Doing it again is harmless.
    pub async fn delete_target(&self, target: Target) -> (Outcome, Option<Record>) {
        let mut bindings = target.bindings.iter().map(|binding| binding.name.as_str());
        let valid = names::project(&target.project)
            .and_then(|_| names::object(&target.name))
            .and_then(|_| bindings.try_for_each(names::path_segment));
        if let Err(error) = valid {
            return (Outcome::Refused(error), None);
        }
        let acting = Arc::clone(&self.acting);
        to_the_end(async move { Ok(delete::with_bindings(&acting, &target).await) })
            .await
            .unwrap_or_else(|error| (Outcome::Refused(error), None))
    }

    /// As many of them as there is time for in one request, in their order, and what brings them back.
    pub async fn delete_in_turn(&self, targets: Vec<Target>) -> (Report, Vec<Record>) {
        let delete = |target: Target| async move {
            let (outcome, record) = self.delete_target(target.clone()).await;
            (target, outcome, record)
        };
        let lost = |target| (target, Outcome::Refused(AppError::HalfDone(HalfDone::Unknown)), None);
        let (mut report, mut records) = (Report::default(), Vec::new());
        for turn in in_turn(targets, delete, lost).await {
            match turn {
                Ok((target, outcome, record)) => {
                    report.done.push((target, outcome));
                    records.extend(record);
                }
                Err(target) => report.rest.push(target),
            }
        }
        (report, records)
    }

    /// The accounts of these projects with their bindings as YAML, read page by page while it is taken (SPEC L7).
    /// An error ends it: what came before is not all.
    pub fn export(&self, projects: Vec<ToExport>) -> impl Stream<Item = Result<String, AppError>> + Send + use<> {
        export::yaml(Arc::clone(&self.acting), projects)
    }

    /// What the account would be after saving `text`: the API server's dry run. What is wrong with the text, by the
    /// parser or the API server, is [`Verdict::Bad`] (SPEC X2).
    pub async fn check_yaml(
        &self,
        project: &str,
        name: &str,
        text: &str,
        uid: &str,
        resource_version: &str,
    ) -> Result<Verdict, AppError> {
        let edited = Edited { text, uid, resource_version };
        yaml::check(&self.acting, names::project(project)?, names::object(name)?, edited).await
    }

    /// Replaces the account with `text`, unless somebody was faster than `resource_version` (SPEC X2).
    pub async fn save_yaml(
        &self,
        project: &str,
        name: &str,
        text: &str,
        uid: &str,
        resource_version: &str,
    ) -> Result<YamlDocument, AppError> {
        let edited = Edited { text, uid, resource_version };
        yaml::save(&self.acting, names::project(project)?, names::object(name)?, edited).await
    }

    /// `text`, which was made of `base`, with what others changed since. Where both changed a field, `theirs` names the
    /// paths whose value is to be the cluster's. Reads, and writes nothing (SPEC X2).
    pub async fn merge_yaml(
        &self,
        project: &str,
        name: &str,
        uid: &str,
        [base, text]: [&str; 2],
        theirs: &[String],
    ) -> Result<MergedYaml, AppError> {
        let to_merge = ToMerge { base, text, uid, theirs };
        yaml::merge(&self.acting, names::project(project)?, names::object(name)?, to_merge).await
    }

    /// A kubeconfig with a new token of the account (SPEC K1, K2).
    pub async fn issue_kubeconfig(
        &self,
        project: &str,
        name: &str,
        input: &IssueInput,
    ) -> Result<IssuedKubeconfig, AppError> {
        kubeconfig::issue(&self.acting, names::project(project)?, names::object(name)?, input).await
    }

    /// One value of a token Secret of this account. Any other Secret is [`AppError::NotFound`] (SPEC E3).
    pub async fn reveal(
        &self,
        project: &str,
        account: &str,
        secret: &str,
        key: &str,
    ) -> Result<SecretString, AppError> {
        let (project, account, secret) = (names::project(project)?, names::object(account)?, names::object(secret)?);
        reveal::value(&self.acting, project, account, secret, key).await
    }
}

/// Each in its turn, while there is time to begin it; the others come back. `lost`: it has begun, and did not end in time.
async fn in_turn<T, R, F>(all: Vec<T>, act: impl Fn(T) -> F, lost: impl Fn(T) -> R) -> Vec<Result<R, T>>
where
    T: Clone,
    F: Future<Output = R>,
{
    let until = Instant::now() + TIME_FOR_MANY;
    let turn = |one: T| {
        let (act, lost) = (&act, &lost);
        async move {
            if Instant::now() >= until {
                return Err(one);
            }
            let done = timeout_at(until + TIME_TO_END, act(one.clone())).await;
            Ok(done.unwrap_or_else(|_| lost(one)))
        }
    };
    stream::iter(all).map(turn).buffered(AT_ONCE).collect().await
}

/// Runs an act of several steps to its end, though the browser may have gone: half of it would be left (SPEC C3, X3).
async fn to_the_end<T: Send + 'static>(
    act: impl Future<Output = Result<T, AppError>> + Send + 'static,
) -> Result<T, AppError> {
    tokio::spawn(act.in_current_span()).await.unwrap_or_else(|error| Err(broken(&error)))
}
