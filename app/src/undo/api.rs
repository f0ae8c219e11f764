//! What undoing asks the server. What a record says nobody but the server knows; it is opened for its actor only.

use leptos::prelude::*;
use musterbook_core::{AppError, undo::Way, wire::Json};

/// What would come back, by dry runs as the actor.
#[server(prefix = "/api", endpoint = "undo/plan", output = Json)]
pub async fn plan_undo(sealed: String) -> Result<Way, AppError> {
    use crate::server::{RequestCx, set_side_status};
    let cx = RequestCx::extract().inspect_err(set_side_status)?;
    Ok(match cx.state.seals.open(&cx.actor, &sealed) {
        Ok(record) => Ok(cx.client().plan_undo(&record).await),
        Err(stop) => Err(stop),
    })
}

/// Takes acts back, one record in a line, at most [`MOST`](musterbook_core::undo::MOST): as many as there is time for.
/// What came of each is in its place of the answer.
#[server(prefix = "/api", endpoint = "undo/run", output = Json)]
pub async fn undo_acts(sealed: String) -> Result<Vec<Way>, AppError> {
    use crate::server::{RequestCx, set_status};
    use musterbook_core::undo::MOST;
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let opened: Vec<_> = sealed.lines().map(|line| cx.state.seals.open(&cx.actor, line)).collect();
    if opened.len() > MOST {
        return Err(AppError::TooLarge).inspect_err(set_status);
    }
    let mut done = cx.client().undo_in_turn(opened.iter().flatten().cloned().collect()).await.into_iter();
    Ok(opened.into_iter().filter_map(|opened| opened.map_or_else(|stop| Some(Err(stop)), |_| done.next())).collect())
}
