//! What a list shows as a file, all pages of it (SPEC L7). Read as the person who asks, and sent while it is read: a
//! failure on the way ends the connection, so that half a file is never taken for a whole one.

mod csv;
mod yaml;

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{FromRequestParts, Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use futures::{Stream, StreamExt, TryStream, stream};
use http::{header, request::Parts};
use musterbook_app::{lang, lang::Locale, routes};
use musterbook_cluster::{Actor, Cluster};
use musterbook_core::{
    AppError, Missing,
    answer::Part,
    list::{ListQuery, Scope},
};

use crate::layers::Asker;

/// The lists that can be exported: of a project, a workspace, the cluster.
const LISTS: [&str; 3] = [
    "/{workspace}/clusters/local/projects/{project}/serviceaccounts",
    "/{workspace}/clusters/local/serviceaccounts",
    "/clusters/local/serviceaccounts",
];

pub fn routes(cluster: Arc<Cluster>) -> Router {
    let routes = LISTS.iter().fold(Router::new(), |routes, list| {
        routes.route(&format!("{list}/export.csv"), get(csv)).route(&format!("{list}/export.yaml"), get(yaml))
    });
    routes.with_state(cluster)
}

async fn csv(State(cluster): State<Arc<Cluster>>, asked: Asked) -> Response {
    let rows = cluster.reads(&asked.actor).all(&asked.scope, &asked.query).await;
    match rows {
        Ok(rows) => {
            let name = asked.file_name("csv", &rows.missing);
            file("text/csv; charset=utf-8", &name, csv::stream(rows.value, &rows.missing))
        }
        Err(error) => asked.asker.explain(&error),
    }
}

async fn yaml(State(cluster): State<Arc<Cluster>>, asked: Asked) -> Response {
    match yaml::stream(&cluster, &asked).await {
        Ok((missing, documents)) => file("application/yaml", &asked.file_name("yaml", &missing), documents),
        Err(error) => asked.asker.explain(&error),
    }
}

fn file<S>(kind: &'static str, name: &str, content: S) -> Response
where
    S: TryStream<Ok = Vec<u8>, Error = AppError> + Send + 'static,
{
    let attachment = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, attachment),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Body::from_stream(content)).into_response()
}

/// Who asks for what.
struct Asked {
    actor: Actor,
    asker: Asker,
    locale: Locale,
    scope: Scope,
    query: ListQuery,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let asker = Asker::of(&parts.headers);
        let Some(actor) = parts.extensions.get::<Actor>().cloned() else { return Err(signed_out(asker, parts)) };
        let Path(mut place) = Path::<HashMap<String, String>>::from_request_parts(parts, state)
            .await
            .map_err(IntoResponse::into_response)?;
        let scope = match (place.remove("workspace"), place.remove("project")) {
            (Some(workspace), Some(project)) => Scope::Project { workspace, project },
            (Some(workspace), None) => Scope::Workspace { workspace },
            (None, _) => Scope::Cluster,
        };
        let pairs: Vec<_> = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).collect();
        let query = ListQuery::from_pairs(pairs.iter().map(|(key, value)| (key.as_ref(), value.as_ref())));
        Ok(Self { actor, asker, locale: lang::of(parts), scope, query })
    }
}

fn signed_out(asker: Asker, parts: &Parts) -> Response {
    match asker {
        Asker::Program => asker.refuse(&AppError::SignedOut),
        Asker::Browser => {
            let next = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
            Redirect::to(&routes::with_query(routes::SIGN_IN, [("next", next)])).into_response()
        }
    }
}

impl Asked {
    /// Names of projects and workspaces are file names; whatever else was in the address is not.
    fn file_name(&self, ending: &str, missing: &[Missing]) -> String {
        let of = match &self.scope {
            Scope::Project { project: name, .. } | Scope::Workspace { workspace: name } => {
                let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '_' };
                name.chars().map(plain).collect()
            }
            Scope::Cluster => "cluster".to_owned(),
        };
        // A table has no place to say that projects are missing from it.
        let whole = self.scope.project().is_some() || missing.iter().all(|missing| missing.what != Part::Namespace);
        let whole = if whole { "" } else { ".incomplete" };
        format!("{of}.serviceaccounts{whole}.{ending}")
    }
}

/// The stream with its first part read: what fails before it becomes an answer of its own.
async fn begun<T, S>(stream: S) -> Result<impl Stream<Item = Result<T, AppError>> + Send, AppError>
where
    T: Send + 'static,
    S: Stream<Item = Result<T, AppError>> + Send + 'static,
{
    let mut stream = Box::pin(stream);
    let first = stream.next().await.transpose()?;
    Ok(stream::iter(first.map(Ok)).chain(stream))
}
