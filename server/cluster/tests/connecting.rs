//! Connecting, and an API server that is away (SPEC O2, Z5).
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::{
    net::TcpListener,
    path::PathBuf,
    time::{Duration, Instant},
};

use musterbook_cluster::{Cluster, ConnectError, ConnectOptions, KubeSphere, NotReady};
use musterbook_core::{AppError, form::CreateInput};
use support::*;

/// A kubeconfig in a file that goes with the test.
struct File(PathBuf);

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl File {
    fn new(name: &str, server: &str, user: &str) -> Self {
        let path = std::env::temp_dir().join(format!("musterbook-{name}-{}.kubeconfig", std::process::id()));
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters:\n- {{name: c, cluster: {{server: \"{server}\"}}}}\nusers:\n- {{name: c, user: {user}}}\ncontexts:\n- {{name: c, context: {{cluster: c, user: c}}}}\n"
        );
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    async fn connect(&self, call_timeout: Duration) -> Result<Cluster, ConnectError> {
        let options = ConnectOptions {
            kubeconfig: Some(self.0.clone()),
            kubesphere: KubeSphere::Off,
            caches: false,
            call_timeout,
            ..Default::default()
        };
        Cluster::connect(options).await
    }
}

#[tokio::test]
async fn z5_an_api_server_that_is_away_is_unavailable_and_nothing_is_half_done() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let file = File::new("away", &format!("http://127.0.0.1:{port}"), "{token: t}");
    let cluster = file.connect(Duration::from_secs(8)).await.unwrap();
    let started = Instant::now();
    assert_eq!(accounts(&*cluster.reads(&jane())).await.unwrap_err(), AppError::Unavailable);
    let wish = CreateInput { name: "ci".into(), ..Default::default() };
    assert_eq!(cluster.acting_as(&jane()).create_account("demo", &wish).await, Err(AppError::Unavailable));
    assert!(matches!(cluster.ready().await, Err(NotReady::ApiServer(_))));
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[tokio::test]
async fn z5_an_api_server_that_says_nothing_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let cluster = File::new("silent", &server, "{token: t}").connect(Duration::from_millis(300)).await.unwrap();
    let started = Instant::now();
    assert_eq!(cluster.reads(&jane()).yaml("demo", "ci").await.unwrap_err(), AppError::Unavailable);
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
}

#[tokio::test]
async fn k1_the_first_endpoint_is_the_kubeconfigs_server() {
    let file = File::new("endpoint", "https://api.example:6443", "{token: t}");
    let cluster = file.connect(Duration::from_secs(1)).await.unwrap();
    let endpoints: Vec<_> = cluster.endpoints().into_iter().map(|endpoint| (endpoint.name, endpoint.server)).collect();
    assert_eq!(endpoints, [("default".to_owned(), "https://api.example:6443".to_owned())]);
    assert_eq!(cluster.name(), "local");
}

#[tokio::test]
async fn o2_bad_configuration_is_one_clear_line() {
    let missing = File(PathBuf::from("/nowhere/kubeconfig")).connect(Duration::from_secs(1)).await.err().unwrap();
    assert!(matches!(missing, ConnectError::Kubeconfig(_)), "{missing:?}");
    assert!(!missing.to_string().contains('\n'), "{missing}");
    // Its user would be sent along with the actor.
    let acting = File::new("acting", "https://api.example", "{token: t, as: system:admin}");
    let refused = acting.connect(Duration::from_secs(1)).await.err().unwrap();
    assert!(matches!(refused, ConnectError::Impersonates), "{refused:?}");
}
