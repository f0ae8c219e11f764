//! The accounts of a list with their bindings, as YAML for `kubectl apply`.

use std::collections::BTreeMap;

use futures::{Stream, StreamExt, TryStreamExt, stream};
use musterbook_app::accounts::export::yaml_comment;
use musterbook_cluster::{Cluster, ToExport};
use musterbook_core::{
    AppError, Missing,
    answer::{Part, Why},
    list::Row,
};

use super::{Asked, begun};

/// Which accounts is what the list says; what they are is read from the API server, page by page.
pub async fn stream(
    cluster: &Cluster,
    asked: &Asked,
) -> Result<(Vec<Missing>, impl Stream<Item = Result<Vec<u8>, AppError>> + Send + use<>), AppError> {
    let rows = cluster.reads(&asked.actor).all(&asked.scope, &asked.query).await?;
    let mut missing = rows.missing;
    // Only these two would be in the file: a list has more parts.
    missing.retain(|missing| matches!(missing.what, Part::Bindings | Part::Namespace));
    if missing.iter().any(|missing| missing.what == Part::Bindings && missing.why == Why::Unavailable) {
        return Err(AppError::Unavailable);
    }
    let count = rows.value.len();
    let comment = yaml_comment(asked.locale, &asked.scope, count, &missing).into_bytes();
    let projects = projects(rows.value, &missing, asked.scope.project().is_none());
    let documents = begun(cluster.acting_as(&asked.actor).export(projects)).await?;
    Ok((missing, stream::iter([Ok(comment)]).chain(documents.map_ok(String::into_bytes))))
}

fn projects(rows: Vec<Row>, missing: &[Missing], says_project: bool) -> Vec<ToExport> {
    let mut projects = BTreeMap::<String, ToExport>::new();
    for Row { account, .. } in rows {
        let wanted = projects.entry(account.project.clone()).or_insert_with(|| ToExport {
            bindings: !missing.iter().any(|missing| denied_in(missing, &account.project)),
            project: account.project,
            accounts: Default::default(),
            says_project,
        });
        wanted.accounts.insert(account.name);
    }
    projects.into_values().collect()
}

fn denied_in(missing: &Missing, project: &str) -> bool {
    match &missing.why {
        Why::Denied(denial) => {
            missing.what == Part::Bindings && denial.project.as_deref().is_none_or(|denied| denied == project)
        }
        Why::Unavailable | Why::NoCache => false,
    }
}
