//! For whoever runs the server: is the process up, can it serve pages (SPEC O3).

use std::sync::Arc;

use axum::{Router, extract::State, routing::get};
use http::StatusCode;
use musterbook_cluster::Cluster;

pub fn routes(cluster: Arc<Cluster>) -> Router {
    Router::new().route("/healthz", get(async || "ok")).route("/readyz", get(ready)).with_state(cluster)
}

/// Why not is in the log, since anybody may ask.
async fn ready(State(cluster): State<Arc<Cluster>>) -> (StatusCode, &'static str) {
    match cluster.ready().await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready")
        }
    }
}
