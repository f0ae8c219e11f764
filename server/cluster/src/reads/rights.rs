//! What the actor may do with accounts here (SPEC A7): one review for each, all at once.

use musterbook_core::{Answer, account::Rights};

use super::actor_reads::answer;
use crate::{
    acting::{Acting, Question},
    calls::Calls,
    permissions::{
        CREATE_ACCOUNT, CREATE_BINDING, Call, DELETE_ACCOUNT, DELETE_BINDING, GET_SECRET, ISSUE_TOKEN, PATCH_ACCOUNT,
        UPDATE_ACCOUNT,
    },
};

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
    answer(Rights { create, patch, update, delete, bind, unbind, issue_token, read_secrets }, Vec::new())
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
