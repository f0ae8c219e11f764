//! What deleting many accounts would do (SPEC L5): from what lists show anyway, one look at the credentials and workloads of
//! each project, and one at the cluster's bindings. Nothing is asked for a single account.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use musterbook_core::{
    Answer, AppError, Missing,
    account::AccountId,
    answer::{Part, Why},
    bulk::{Around, Chosen, MOST, Plan, PlanRow},
    list::{ListQuery, Row, Scope},
};

use crate::Reads;

const AT_ONCE: usize = 8;
/// Projects whose credentials and workloads are looked at; whoever chose accounts of more is told.
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
    let (around, (everywhere, cluster)) = tokio::join!(around(reads, &rows, &mut missing), reads.named_everywhere());
    let planned = rows.into_iter().zip(around).map(|(row, around)| {
        let named = everywhere.get(&(row.account.project.clone(), row.account.name.clone()));
        PlanRow::new(row, Around { cluster_bindings: named.cloned().unwrap_or_default(), ..around })
    });
    let mut planned: Vec<_> = planned.chain(gone.into_iter().map(PlanRow::gone)).collect();
    planned.sort_by_key(PlanRow::order);
    Ok(Answer { value: Plan::Ready { rows: planned, cluster }, missing, at })
}

/// What of their projects is around each row, in their order.
async fn around(reads: &dyn Reads, rows: &[Row], missing: &mut Vec<Missing>) -> Vec<Around> {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        places.entry(row.account.project.clone()).or_default().push(place);
    }
    let mut found = vec![Around::default(); rows.len()];
    let mut lacks = |one: Missing| {
        if !missing.contains(&one) {
            missing.push(one);
        }
    };
    let unavailable = |what| Missing { what, why: Why::Unavailable };
    if places.len() > MOST_PROJECTS {
        [Part::TokenSecrets, Part::Workloads].into_iter().map(unavailable).for_each(&mut lacks);
    }
    let read: Vec<_> = stream::iter(places.into_iter().take(MOST_PROJECTS))
        .map(async |(project, places)| {
            let id = |place: &usize| {
                let account = &rows[*place].account;
                AccountId { name: account.name.clone(), uid: account.uid.clone() }
            };
            let ids: Vec<_> = places.iter().map(id).collect();
            let (credentials, workloads) = tokio::join!(reads.credentials(&project, &ids), reads.workloads(&project));
            (places, credentials, workloads)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    for (places, credentials, workloads) in read {
        match credentials {
            Ok(answer) => {
                places.iter().zip(answer.value).for_each(|(place, summary)| found[*place].credentials = summary.count);
                answer.missing.into_iter().for_each(&mut lacks);
            }
            Err(error) => {
                tracing::warn!(%error, "credentials for a plan");
                lacks(unavailable(Part::TokenSecrets));
            }
        }
        match workloads {
            Ok(answer) => {
                let of = |place: usize| answer.value.get(&rows[place].account.name).copied().unwrap_or_default();
                places.iter().for_each(|place| found[*place].workloads = of(*place));
                answer.missing.into_iter().for_each(&mut lacks);
            }
            Err(error) => {
                tracing::warn!(%error, "workloads for a plan");
                lacks(unavailable(Part::Workloads));
            }
        }
    }
    found
}
