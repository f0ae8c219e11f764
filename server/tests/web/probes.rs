//! Health (SPEC O3, Z5).

use http::StatusCode;

use crate::support::TestApp;

#[tokio::test]
async fn o3_without_an_api_server_the_process_is_healthy_and_not_ready() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/healthz").send().await.status, StatusCode::OK);
    let ready = app.get("/readyz").send().await;
    assert_eq!((ready.status, ready.text.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "not ready"));
}
