//! What Prometheus may ask (SPEC O3), on an address of its own: it tells how large the cluster is and how much it is used.

use std::sync::Arc;

use axum::{Router, extract::State, routing::get};
use http::header;
use musterbook_cluster::Cluster;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, text::encode},
    metrics::gauge::ConstGauge,
    registry::{Registry, Unit},
};

/// `/metrics`, in OpenMetrics' text format.
pub fn routes(cluster: Arc<Cluster>) -> Router {
    let mut registry = Registry::with_prefix("musterbook");
    registry.register_collector(Box::new(Caches(cluster)));
    Router::new().route("/metrics", get(show)).with_state(Arc::new(registry))
}

async fn show(
    State(registry): State<Arc<Registry>>,
) -> Result<([(header::HeaderName, &'static str); 1], String), String> {
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| error.to_string())?;
    Ok(([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text))
}

struct Caches(Arc<Cluster>);

impl std::fmt::Debug for Caches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Caches")
    }
}

impl Collector for Caches {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let seconds = Some(&Unit::Seconds);
        let help = "Since the watch last heard from the API server; none where it never did";
        let gauge = ConstGauge::new(0.0);
        let mut ages = encoder.encode_descriptor("cache_age", help, seconds, gauge.metric_type())?;
        for (resource, age) in self.0.cache_ages() {
            if let Some(age) = age {
                ConstGauge::new(age.as_secs_f64()).encode(ages.encode_family(&[("resource", resource)])?)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use musterbook_cluster::{ConnectOptions, testing::FakeApi};
    use serde_json::json;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn o3_metrics_tell_how_old_the_caches_are() {
        let api = FakeApi::new();
        // All but the pods may be listed.
        for path in ["api/v1/serviceaccounts", "api/v1/namespaces"] {
            api.on(
                &format!("GET /{path}?limit=1000"),
                200,
                json!({ "metadata": { "resourceVersion": "1" }, "items": [] }),
            );
        }
        let cluster = Arc::new(api.cluster_with(&ConnectOptions::default()));
        let routes = routes(cluster);
        let ask = async || {
            let request = http::Request::get("/metrics").body(Body::empty()).unwrap();
            let body = routes.clone().oneshot(request).await.unwrap().into_body();
            String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap()
        };
        let mut text = ask().await;
        for _ in 0..100 {
            if text.contains("serviceaccounts") && text.contains("namespaces") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            text = ask().await;
        }
        assert!(text.contains("musterbook_cache_age_seconds{resource=\"serviceaccounts\"} 0."), "{text}");
        assert!(!text.contains("pods") && text.ends_with("# EOF\n"), "{text}");
    }
}
