//! The actor's projects (SPEC S2).

use std::sync::Arc;

use futures::{StreamExt, stream};
use k8s_openapi::api::core::v1::Namespace;
use musterbook_core::{
    Answer, AppError, Missing,
    answer::{Part, Why},
    project::{NO_WORKSPACE, Project},
};

use super::actor_reads::answer;
use crate::{
    acting::{Acting, Question},
    calls::Calls,
    convert,
    failure::Failure,
    permissions::{GET_PROJECT, LIST_ACCOUNTS, LIST_PROJECTS},
};

/// Reviews of one search. Who has more projects sees the rest as reviews that are kept make room, or by a search.
const MOST_REVIEWS: usize = 60;
const AT_ONCE: usize = 16;

pub(super) async fn all(acting: &Acting, search: &str) -> Result<Answer<Vec<Project>>, AppError> {
    let calls = acting.calls();
    let mut missing = Vec::new();
    let mut projects = match listed(acting, &calls).await? {
        Some(projects) => projects,
        None => theirs(acting, &calls, search, &mut missing).await,
    };
    projects.retain(|project: &Project| project.matches(search));
    projects.sort();
    Ok(answer(projects, missing))
}

/// All there are; `None` where the actor may not list namespaces. A review is as old as it is kept, so the call decides.
async fn listed(acting: &Acting, calls: &Calls) -> Result<Option<Vec<Project>>, Failure> {
    if !acting.may(calls, Question::everywhere(&LIST_PROJECTS)).await? {
        return Ok(None);
    }
    match calls.in_cluster::<Namespace>(&LIST_PROJECTS).list::<Namespace>().await {
        Ok(namespaces) => {
            Ok(Some(namespaces.into_iter().map(|namespace| convert::project(namespace.metadata)).collect()))
        }
        Err(failure) if failure.is_denied() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// A project under another workspace's name isn't there.
pub(super) fn in_workspace(found: Answer<Project>, workspace: &str) -> Result<Answer<Project>, AppError> {
    if found.value.workspace == workspace { Ok(found) } else { Err(AppError::NotFound) }
}

pub(super) async fn one(acting: &Acting, name: &str) -> Result<Answer<Project>, AppError> {
    let calls = acting.calls();
    let project = calls.in_cluster::<Namespace>(&GET_PROJECT);
    match project.get::<Namespace>(name).await {
        Ok(namespace) => Ok(answer(convert::project(namespace.metadata), Vec::new())),
        Err(failure) if failure.is_denied() => {
            // Not theirs and not there look the same (SPEC A6).
            if !acting.may(&calls, Question::of(&LIST_ACCOUNTS, name)).await? {
                return Err(AppError::NotFound);
            }
            Ok(answer(bare(name), vec![Missing { what: Part::Namespace, why: failure.why() }]))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Namespaces whose bindings name the actor, each confirmed by a review of theirs.
async fn theirs(acting: &Acting, calls: &Calls, search: &str, missing: &mut Vec<Missing>) -> Vec<Project> {
    let mut lacks = |why| missing.push(Missing { what: Part::Namespace, why });
    let named = acting.shared.caches.as_ref().and_then(|caches| Some(caches.bindings()?.naming(&acting.actor)));
    let Some(named) = named else {
        lacks(Why::NoCache);
        return Vec::new();
    };
    let (candidates, rest) = within_budget(acting, named, search);
    if rest > 0 {
        lacks(Why::Unavailable);
    }
    let confirmed: Vec<_> = stream::iter(candidates)
        .map(async |name| acting.projects.get(name.to_string(), confirmed(acting, calls, &name)).await)
        .buffered(AT_ONCE)
        .collect()
        .await;
    let mut projects = Vec::new();
    for answer in confirmed {
        match answer {
            Ok(project) => projects.extend(project),
            Err(failure) => lacks(failure.why()),
        }
    }
    missing.dedup();
    projects
}

/// The candidates to look at now, and how many are left for later: at most [`MOST_REVIEWS`] new reviews, those first
/// whose name is searched for.
fn within_budget(acting: &Acting, named: impl IntoIterator<Item = Arc<str>>, search: &str) -> (Vec<Arc<str>>, usize) {
    let search = search.trim().to_lowercase();
    let mut candidates: Vec<_> = named.into_iter().collect();
    candidates.sort_by_key(|name| !name.contains(&search));
    let mut budget = MOST_REVIEWS;
    let (now, later): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|name| {
        if acting.knows(&Question::of(&LIST_ACCOUNTS, name)).is_some() {
            return true;
        }
        let fits = budget > 0;
        budget = budget.saturating_sub(1);
        fits
    });
    (now, later.len())
}

async fn confirmed(acting: &Acting, calls: &Calls, name: &str) -> Result<Option<Project>, Failure> {
    if !acting.may(calls, Question::of(&LIST_ACCOUNTS, name)).await? {
        return Ok(None);
    }
    match calls.in_cluster::<Namespace>(&GET_PROJECT).get::<Namespace>(name).await {
        Ok(namespace) => Ok(Some(convert::project(namespace.metadata))),
        // They may work in it without a right to read the namespace itself.
        Err(failure) if failure.is_denied() => Ok(Some(bare(name))),
        // Deleted since the cache heard of it.
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// A project of which nothing but the name is known.
pub(super) fn bare(name: &str) -> Project {
    Project { workspace: NO_WORKSPACE.into(), name: name.into(), alias: None, description: None, deleting: false }
}
