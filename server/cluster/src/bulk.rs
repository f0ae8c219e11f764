//! What deleting many accounts would do (SPEC L5): from what lists show anyway, and one look at the credentials of each
//! project. Nothing is asked for a single account.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use musterbook_core::{
    Answer, AppError, Missing,
    account::AccountId,
    answer::{Part, Why},
    bulk::{Chosen, MOST, Plan, PlanRow},
    credential::CredentialSummary,
    list::{ListQuery, Row, Scope},
};

use crate::Reads;

const AT_ONCE: usize = 8;
/// Projects whose credentials are looked at; whoever chose accounts of more is told.
const MOST_PROJECTS: usize = 100;

/// The plan for the accounts of `scope` that are `chosen`: all that `query` matches, or those picked.
pub async fn delete_plan(
    reads: &dyn Reads,
    scope: &Scope,
    query: &ListQuery,
    chosen: &Chosen,
) -> Result<Answer<Plan>, AppError> {
    // Who picked an account may have changed the filters since.
    let query = if chosen.is_matching() { query.clone() } else { ListQuery::default() };
    let Answer { value: rows, mut missing, at } = reads.all(scope, &query).await?;
    let (rows, gone) = chosen.among(rows);
    if rows.len() > MOST {
        return Ok(Answer { value: Plan::TooMany { matching: rows.len() }, missing, at });
    }
    let credentials = credentials(reads, &rows, &mut missing).await;
    let planned = rows.into_iter().zip(credentials).map(|(row, credentials)| PlanRow::new(row, &credentials));
    let mut planned: Vec<_> = planned.chain(gone.into_iter().map(PlanRow::gone)).collect();
    planned.sort_by_key(PlanRow::order);
    Ok(Answer { value: Plan::Ready(planned), missing, at })
}

/// Of each row, in their order.
async fn credentials(reads: &dyn Reads, rows: &[Row], missing: &mut Vec<Missing>) -> Vec<CredentialSummary> {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        places.entry(row.account.project.clone()).or_default().push(place);
    }
    let mut found = vec![CredentialSummary::default(); rows.len()];
    let mut lacks = |one: Missing| {
        if !missing.contains(&one) {
            missing.push(one);
        }
    };
    if places.len() > MOST_PROJECTS {
        lacks(Missing { what: Part::TokenSecrets, why: Why::Unavailable });
    }
    let read: Vec<_> = stream::iter(places.into_iter().take(MOST_PROJECTS))
        .map(async |(project, places)| {
            let id = |place: &usize| {
                let account = &rows[*place].account;
                AccountId { name: account.name.clone(), uid: account.uid.clone() }
            };
            let ids: Vec<_> = places.iter().map(id).collect();
            (places, reads.credentials(&project, &ids).await)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    for (places, answer) in read {
        match answer {
            Ok(answer) => {
                places.into_iter().zip(answer.value).for_each(|(place, summary)| found[place] = summary);
                answer.missing.into_iter().for_each(&mut lacks);
            }
            Err(error) => {
                tracing::warn!(%error, "credentials for a plan");
                lacks(Missing { what: Part::TokenSecrets, why: Why::Unavailable });
            }
        }
    }
    found
}
