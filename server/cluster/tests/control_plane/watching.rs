//! Caches between what breaks and what heals (SPEC P2, Z5, A2).

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::api::DeleteParams;
use musterbook_cluster::{Cluster, Reads};
use musterbook_core::{
    AppError,
    list::{ListQuery, Row, Scope},
};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::broadcast,
};

use crate::plane::{eventually, in_project, person};

/// Stands between Musterbook and the API server.
struct Wire {
    address: SocketAddr,
    cut: broadcast::Sender<()>,
    refuses: Arc<AtomicBool>,
}

impl Wire {
    async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (cut, refuses) = (broadcast::Sender::new(1), Arc::new(AtomicBool::new(false)));
        let (sender, gate) = (cut.clone(), Arc::clone(&refuses));
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                if gate.load(SeqCst) {
                    continue;
                }
                let mut cut = sender.subscribe();
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(server).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = cut.recv() => {}
                    }
                });
            }
        });
        Self { address, cut, refuses }
    }

    /// All connections break; whether new ones are taken.
    fn cut(&self, refuses: bool) {
        self.refuses.store(refuses, SeqCst);
        let _ = self.cut.send(());
    }
}

async fn filled(cluster: &Cluster) {
    eventually("the caches are filled", async || cluster.ready().await.is_ok()).await;
}

fn names(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.account.name.as_str()).collect()
}

#[tokio::test]
async fn z5_watches_that_break_heal_and_nothing_old_is_shown_as_new() {
    in_project(async |plane| {
        let wire = Wire::to(plane.server()).await;
        let cluster = plane.cluster_at(&format!("https://{}", wire.address)).await;
        filled(&cluster).await;
        let reads = cluster.reads(&person("project-admin"));
        assert!(!names(&plane.rows(&*reads).await.unwrap().value).contains(&"made-meanwhile"));
        assert!(reads.changes(&plane.scope()).is_some());

        // The API server can't be reached, and things change.
        wire.cut(true);
        plane.make_account("made-meanwhile").await;
        eventually("the caches know that they are behind", async || reads.changes(&plane.scope()).is_none()).await;
        let began = Instant::now();
        assert_eq!(plane.rows(&*reads).await, Err(AppError::Unavailable));
        assert!(began.elapsed() < Duration::from_secs(10));

        // It can be reached again.
        wire.cut(false);
        eventually("the caches are live again", async || reads.changes(&plane.scope()).is_some()).await;
        assert!(names(&plane.rows(&*reads).await.unwrap().value).contains(&"made-meanwhile"));

        // Connections break and are taken at once: what happens in between is not missed.
        for turn in 0..5 {
            let name = format!("made-in-turn-{turn}");
            wire.cut(false);
            plane.make_account(&name).await;
            eventually("it is in the list", async || {
                plane.rows(&*reads).await.is_ok_and(|rows| names(&rows.value).contains(&name.as_str()))
            })
            .await;
        }
    })
    .await;
}

#[tokio::test]
async fn a2_actors_with_other_rights_never_see_each_others_rows() {
    in_project(async |first| {
        in_project(async |second| {
            // In one project the viewer stays, in the other the operator.
            for (plane, out) in [(first, "project-regular-operator"), (second, "project-viewer-viewer")] {
                plane.make_account(&format!("of-{}", plane.project)).await;
                plane.api::<RoleBinding>().delete(out, &DeleteParams::background()).await.unwrap();
            }
            let cluster = Arc::new(first.cluster_with(true).await);
            filled(&cluster).await;
            let (viewer, regular) = (person("project-viewer"), person("project-regular"));
            eventually("the rights are as they should be", async || {
                first.rows(&*cluster.reads(&regular)).await.is_err()
                    && second.rows(&*cluster.reads(&viewer)).await.is_err()
            })
            .await;
            let wide = Scope::Workspace { workspace: "test".into() };
            let mut questions: Vec<_> = (0..300).map(|number| (number % 2 == 0, number % 3)).collect();
            questions.shuffle(&mut StdRng::seed_from_u64(7));
            let asked = questions.into_iter().map(|(as_viewer, what)| {
                let (cluster, wide) = (Arc::clone(&cluster), wide.clone());
                let (actor, theirs, others) =
                    if as_viewer { (&viewer, first, second) } else { (&regular, second, first) };
                let reads: Arc<dyn Reads> = cluster.reads(actor);
                let scope = if what == 0 { others.scope() } else { theirs.scope() };
                let scope = if what == 2 { wide } else { scope };
                async move {
                    match (what, reads.all(&scope, &ListQuery::default()).await) {
                        (0, answer) => assert!(answer.is_err(), "{answer:?}"),
                        (_, answer) => {
                            let rows = answer.unwrap().value;
                            assert!(!rows.is_empty());
                            // Other tests have projects in the workspace.
                            let strange = |row: &&Row| row.account.project == others.project;
                            assert_eq!(rows.iter().find(strange), None);
                            assert!(rows.iter().any(|row| row.account.project == theirs.project), "{rows:?}");
                        }
                    }
                }
            });
            futures::future::join_all(asked).await;
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a2_what_is_withdrawn_is_gone_within_thirty_seconds() {
    in_project(async |plane| {
        let cluster = plane.cluster_with(true).await;
        filled(&cluster).await;
        let reads = cluster.reads(&person("project-viewer"));
        assert!(!plane.rows(&*reads).await.unwrap().value.is_empty());
        plane.api::<RoleBinding>().delete("project-viewer-viewer", &DeleteParams::background()).await.unwrap();
        let began = Instant::now();
        while plane.rows(&*reads).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        assert!(began.elapsed() < Duration::from_secs(32), "{:?}", began.elapsed());
    })
    .await;
}
