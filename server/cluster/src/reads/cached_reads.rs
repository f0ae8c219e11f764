//! The reads of pages from the caches, after reviews as the actor (SPEC P2, A2). What isn't cached, and everything while
//! the caches aren't as the cluster is, is asked as calls of the actor.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use musterbook_core::{
    Answer, AppError, Missing,
    account::{Account, AccountId, Impact, Rights},
    answer::{Part, Why},
    credential::{CredentialSummary, TokenSecret},
    fields::Field,
    holders::Choices,
    list::{ListQuery, Page, Row, Scope},
    project::Project,
    settings::AccountSettings,
    standing::{Extent, Standing},
    yaml::AccountYaml,
};

use super::{ActorReads, Changes, Reads, accounts, actor_reads::answer, projects, rights};
use crate::{
    acting::{Acting, Question},
    cache::{self, Caches, See, Sight, Store},
    calls::Calls,
    failure::Failure,
    names,
    permissions::{Call, GET_PROJECT, LIST_ACCOUNTS, LIST_BINDINGS, LIST_PODS, LIST_PROJECTS, LIST_ROLES},
};

/// Projects that a list of several asks about: each takes four reviews, which are kept.
const MOST_PROJECTS: usize = 60;
const AT_ONCE: usize = 8;

pub(crate) struct CachedReads {
    acting: Arc<Acting>,
    direct: ActorReads,
}

/// What an actor may see of the projects of a list, by their reviews.
struct Seen {
    /// Empty where they may see all that there are.
    projects: Vec<Project>,
    sights: Sights,
    missing: Vec<Missing>,
}

enum Sights {
    /// These projects.
    These(Vec<(String, See)>),
    /// All that the caches have, or those of a workspace.
    Every { workspace: Option<String>, see: See },
}

impl CachedReads {
    pub fn new(acting: Arc<Acting>) -> Self {
        Self { direct: ActorReads::new(Arc::clone(&acting)), acting }
    }

    /// The caches, when they are as the cluster is.
    fn caches(&self) -> Option<&Caches> {
        self.acting.shared.caches.as_ref().filter(|caches| caches.current().is_some())
    }

    /// Runs `read` over what the actor may see of `scope`; `None` where the caches can't answer.
    async fn over<T>(
        &self,
        scope: &Scope,
        read: impl FnOnce(&[Sight<'_>]) -> T,
    ) -> Result<Option<(Vec<Project>, Answer<T>)>, AppError> {
        let Some(caches) = self.caches() else { return Ok(None) };
        self.acting.written.arrived(caches, scope.project()).await;
        let seen = match scope {
            Scope::Project { workspace, project } => self.in_project(caches, workspace, project).await?,
            Scope::Workspace { workspace } => Box::pin(self.in_projects(Some(workspace))).await?,
            Scope::Cluster => Box::pin(self.in_projects(None)).await?,
        };
        let Some(store) = caches.current() else { return Ok(None) };
        let value = read(&seen.sights.of(&store));
        Ok(Some((seen.projects, answer(value, seen.missing))))
    }

    async fn in_project(&self, caches: &Caches, workspace: &str, name: &str) -> Result<Seen, AppError> {
        let name = names::project(name)?;
        let calls = self.acting.calls();
        let (accounts, namespace, see) = tokio::join!(
            self.acting.may(&calls, Question::of(&LIST_ACCOUNTS, name)),
            self.acting.may(&calls, Question::of_namespace(name)),
            self.see(&calls, Some(name)),
        );
        let (accounts, namespace) = (accounts?, namespace?);
        let (see, mut missing) = see;
        let described = caches.current().and_then(|store| store.described(name));
        let project = match described {
            Some(project) if namespace => project,
            // Not theirs and not there look the same (SPEC A6).
            Some(_) if accounts => {
                let why = Why::Denied(GET_PROJECT.denial(Some(name)));
                missing.insert(0, Missing { what: Part::Namespace, why });
                projects::bare(name)
            }
            _ => return Err(AppError::NotFound),
        };
        if project.workspace != workspace {
            return Err(AppError::NotFound);
        }
        if !accounts {
            return Err(AppError::Denied(LIST_ACCOUNTS.denial(Some(name))));
        }
        Ok(Seen { projects: vec![project], sights: Sights::These(vec![(name.to_owned(), see)]), missing })
    }

    /// In all projects of a workspace, or of the cluster, that the actor may look into.
    async fn in_projects(&self, workspace: Option<&str>) -> Result<Seen, AppError> {
        let calls = self.acting.calls();
        if self.acting.may(&calls, Question::everywhere(&LIST_ACCOUNTS)).await?
            && self.acting.may(&calls, Question::everywhere(&LIST_PROJECTS)).await?
        {
            let (see, missing) = self.see(&calls, None).await;
            let workspace = workspace.map(Into::into);
            return Ok(Seen { projects: Vec::new(), sights: Sights::Every { workspace, see }, missing });
        }
        let found = self.direct.projects("").await?;
        let mut missing = found.missing;
        let mut theirs = found.value;
        theirs.retain(|project| workspace.is_none_or(|workspace| project.workspace == workspace));
        if theirs.len() > MOST_PROJECTS {
            theirs.truncate(MOST_PROJECTS);
            missing.push(Missing { what: Part::Namespace, why: Why::Unavailable });
        }
        let asked: Vec<_> = stream::iter(theirs)
            .map(async |project| {
                let may = self.acting.may(&calls, Question::of(&LIST_ACCOUNTS, &project.name));
                let (may, (see, missing)) = tokio::join!(may, self.see(&calls, Some(&project.name)));
                may.map(|may| may.then_some((project, see, missing)))
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let (mut projects, mut sights) = (Vec::new(), Vec::new());
        for one in asked {
            if let Some((project, see, lacks)) = one? {
                sights.push((project.name.clone(), see));
                projects.push(project);
                missing.extend(lacks);
            }
        }
        if sights.is_empty() {
            return Err(AppError::NotFound);
        }
        Ok(Seen { projects, sights: Sights::These(sights), missing })
    }

    /// What else the actor may list, in a project or everywhere, and what is missing where they may not.
    async fn see(&self, calls: &Calls, project: Option<&str>) -> (See, Vec<Missing>) {
        let ask = |call: &'static Call| {
            let question = project.map_or_else(|| Question::everywhere(call), |project| Question::of(call, project));
            self.acting.may(calls, question)
        };
        let (bindings, roles, pods) = tokio::join!(ask(&LIST_BINDINGS), ask(&LIST_ROLES), ask(&LIST_PODS));
        let mut missing = Vec::new();
        let mut part = |what, call: &Call, answer: Result<bool, Failure>| {
            let why = match answer {
                Ok(true) => return true,
                Ok(false) => Why::Denied(call.denial(project)),
                Err(failure) => failure.why(),
            };
            missing.push(Missing { what, why });
            false
        };
        let see = See {
            bindings: part(Part::Bindings, &LIST_BINDINGS, bindings),
            roles: part(Part::Roles, &LIST_ROLES, roles),
            pods: part(Part::Pods, &LIST_PODS, pods),
        };
        (see, missing)
    }
}

impl Sights {
    fn of<'a>(&'a self, store: &'a Store) -> Vec<Sight<'a>> {
        match self {
            Self::These(these) => these
                .iter()
                .filter_map(|(name, see)| {
                    let (name, project) = store.project_entry(name)?;
                    Some(Sight { name, project, see: *see })
                })
                .collect(),
            Self::Every { workspace, see } => store
                .projects()
                .filter(|(_, project)| {
                    workspace.as_deref().is_none_or(|workspace| project.workspace() == Some(workspace))
                })
                .map(|(name, project)| Sight { name, project, see: *see })
                .collect(),
        }
    }
}

/// With the workspaces as they are; who may not read a namespace isn't told its own ([`Page::place`]).
fn page(sights: &[Sight<'_>], scope: &Scope, query: &ListQuery) -> Page {
    let mut page = cache::page(sights, query);
    if *scope == Scope::Cluster {
        let shown = page.projects();
        let shown = sights.iter().filter(|sight| shown.contains(&**sight.name));
        let named = |sight: &Sight<'_>| Some((sight.name.to_string(), sight.project.workspace()?.to_owned()));
        page.workspaces = shown.filter_map(named).collect();
    }
    page
}

#[async_trait]
impl Reads for CachedReads {
    async fn projects(&self, search: &str) -> Result<Answer<Vec<Project>>, AppError> {
        let calls = self.acting.calls();
        if let Some(caches) = self.caches()
            && self.acting.may(&calls, Question::everywhere(&LIST_PROJECTS)).await?
            && let Some(store) = caches.current()
        {
            let described = store.projects().filter_map(|(name, project)| project.described(name));
            let mut projects: Vec<_> = described.filter(|project| project.matches(search)).collect();
            projects.sort();
            return Ok(answer(projects, Vec::new()));
        }
        self.direct.projects(search).await
    }

    async fn project(&self, project: &str) -> Result<Answer<Project>, AppError> {
        self.direct.project(project).await
    }

    async fn list(&self, scope: &Scope, query: &ListQuery) -> Result<Answer<Page>, AppError> {
        let (found, rights) =
            tokio::join!(self.over(scope, |sights| page(sights, scope, query)), rights::of_scope(&self.acting, scope));
        let Some((projects, mut page)) = found? else { return self.direct.list(scope, query).await };
        page.value.place(scope, projects);
        page.value.rights = rights;
        rights::add_of_rows(&self.acting, &mut page.value).await;
        Ok(page)
    }

    async fn all(&self, scope: &Scope, query: &ListQuery) -> Result<Answer<Vec<Row>>, AppError> {
        match self.over(scope, |sights| cache::all(sights, query)).await? {
            Some((_, rows)) => Ok(rows),
            None => self.direct.all(scope, query).await,
        }
    }

    async fn may_list(&self, scope: &Scope) -> Result<(), AppError> {
        accounts::may_list(&self.acting, scope).await
    }

    fn changes(&self, scope: &Scope) -> Option<Changes> {
        Some(self.caches()?.changes(scope.project()))
    }

    fn is_watched(&self) -> bool {
        self.caches().is_some()
    }

    async fn credentials(
        &self,
        project: &str,
        accounts: &[AccountId],
    ) -> Result<Answer<Vec<CredentialSummary>>, AppError> {
        self.direct.credentials(project, accounts).await
    }

    async fn account(&self, project: &str, name: &str) -> Result<Answer<Account>, AppError> {
        self.direct.account(project, name).await
    }

    async fn standing(&self, project: &str, account: &str) -> Result<Answer<Standing>, AppError> {
        self.direct.standing(project, account).await
    }

    async fn rights(&self, project: &str) -> Result<Answer<Rights>, AppError> {
        self.direct.rights(project).await
    }

    async fn token_secrets(&self, project: &str, account: &str) -> Result<Answer<Vec<TokenSecret>>, AppError> {
        self.direct.token_secrets(project, account).await
    }

    async fn impact(&self, project: &str, account: &str) -> Result<Answer<Impact>, AppError> {
        self.direct.impact(project, account).await
    }

    async fn workloads(&self, project: &str) -> Result<Answer<HashMap<String, usize>>, AppError> {
        self.direct.workloads(project).await
    }

    async fn named_everywhere(&self) -> (HashMap<(String, String), Vec<String>>, Extent) {
        self.direct.named_everywhere().await
    }

    async fn role_options(&self, project: &str) -> Result<Answer<Choices>, AppError> {
        self.direct.role_options(project).await
    }

    async fn settings(&self, project: &str, account: &str) -> Result<Answer<AccountSettings>, AppError> {
        self.direct.settings(project, account).await
    }

    async fn yaml(&self, project: &str, account: &str) -> Result<Answer<AccountYaml>, AppError> {
        self.direct.yaml(project, account).await
    }

    async fn fields(&self) -> Result<Arc<Vec<Field>>, AppError> {
        self.direct.fields().await
    }
}
