//! For whoever runs the server: is the process up, can it serve pages (SPEC O3).

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State, routing::get};
use http::StatusCode;
use musterbook_cluster::Cluster;

pub fn routes(cluster: Arc<Cluster>) -> Router {
    Router::new().route("/healthz", get(async || "ok")).route("/readyz", get(ready)).with_state(cluster)
}

/// How long ago each watch heard from the API server is told too: one that is behind is no reason not to be asked, since
/// pages then ask the API server. Why it isn't ready is in the log, since anybody may ask.
async fn ready(State(cluster): State<Arc<Cluster>>) -> (StatusCode, String) {
    match cluster.ready().await {
        Ok(()) => {
            let age =
                |age: Option<Duration>| age.map_or("never".into(), |age| format!("{:.1} s ago", age.as_secs_f32()));
            let ages = cluster.cache_ages().into_iter().map(|(name, heard)| format!("\n{name}: heard {}", age(heard)));
            (StatusCode::OK, format!("ok{}", ages.collect::<String>()))
        }
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready".into())
        }
    }
}
