//! What the actor may do with accounts here (SPEC A7): one review for each, all at once.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use musterbook_core::{
    Answer,
    account::Rights,
    list::{Page, Scope},
};

use super::actor_reads::answer;
use crate::{
    acting::{Acting, Question},
    calls::Calls,
    names,
    permissions::{
        CREATE_ACCOUNT, CREATE_BINDING, Call, DELETE_ACCOUNT, DELETE_BINDING, GET_SECRET, ISSUE_TOKEN, PATCH_ACCOUNT,
        UPDATE_ACCOUNT,
    },
};

/// Each takes a review for every right.
const MOST_PROJECTS: usize = 10;
const AT_ONCE: usize = 4;

pub(super) async fn all(acting: &Acting, project: &str) -> Answer<Rights> {
    let calls = acting.calls();
    let may = |call| may(acting, &calls, call, project);
    let (create, patch, update, delete, bind, unbind, issue_token, read_secrets) = tokio::join!(
        may(&CREATE_ACCOUNT),
        may(&PATCH_ACCOUNT),
        may(&UPDATE_ACCOUNT),
        may(&DELETE_ACCOUNT),
        may(&CREATE_BINDING),
        may(&DELETE_BINDING),
        may(&ISSUE_TOKEN),
        may(&GET_SECRET),
    );
    // KubeSphere's controller gives a role to whoever may write the wish for it (SPEC D4).
    let bind = if acting.shared.kubesphere.known().is_some() { patch } else { bind };
    answer(Rights { create, patch, update, delete, bind, unbind, issue_token, read_secrets }, Vec::new())
}

/// For the project of a list of one; asked beside its rows.
pub(super) async fn of_scope(acting: &Acting, scope: &Scope) -> BTreeMap<String, Rights> {
    match scope.project().map(names::project) {
        Some(Ok(project)) => BTreeMap::from([(project.to_owned(), all(acting, project).await.value)]),
        _ => BTreeMap::new(),
    }
}

/// For the projects of the rows of a list of several: of the first [`MOST_PROJECTS`], elsewhere all buttons stay.
pub(super) async fn add_of_rows(acting: &Acting, page: &mut Page) {
    let projects: BTreeSet<_> = page.rows.iter().map(|row| row.account.project.clone()).collect();
    let new = projects.into_iter().filter(|project| !page.rights.contains_key(project)).take(MOST_PROJECTS);
    let asked = stream::iter(new.collect::<Vec<_>>()).map(async |project| {
        let rights = all(acting, &project).await.value;
        (project, rights)
    });
    page.rights.extend(asked.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await);
}

/// `None` where the review failed: the button stays, and the API server decides.
async fn may(acting: &Acting, calls: &Calls, call: &'static Call, project: &str) -> Option<bool> {
    match acting.may(calls, Question::of(call, project)).await {
        Ok(allowed) => Some(allowed),
        Err(failure) => {
            tracing::warn!(?failure, "access review");
            None
        }
    }
}
