//! From the configuration to a listening server, and to its end.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use axum::Router;
use musterbook_app::server::AppState;
use musterbook_cluster::Cluster;
use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    assets, auth::LocalUsers, clock::Clock, config::Serve, live::Places, lockout::Lockout, metrics, router,
    seal::RecordSeals, session::Sessions, session_key::SessionKeys, shared_state::SharedState, signals::Signals,
    users::Users,
};

/// How long open requests may go on after the signal to stop.
const DRAIN: Duration = Duration::from_secs(5);

pub async fn run(config: &Serve) -> Result<(), String> {
    // First, so that no signal finds nobody listening.
    let signals = Signals::listen().map_err(|error| format!("signals: {error}"))?;
    let places = Places::default();
    // Before the cluster is asked: what is wrong with the configuration is told first.
    let sessions = sessions(config)?;
    let cluster = Arc::new(Cluster::connect(config.connect_options()?).await.map_err(|error| error.to_string())?);
    let app = build(config, sessions, Arc::clone(&cluster), places.clone());
    let listener =
        TcpListener::bind(config.listen).await.map_err(|error| format!("--listen {}: {error}", config.listen))?;
    if let Some(address) = config.metrics_listen {
        let listener =
            TcpListener::bind(address).await.map_err(|error| format!("--metrics-listen {address}: {error}"))?;
        tokio::spawn(axum::serve(listener, metrics::routes(cluster)).into_future());
    }
    if assets::current().is_none() {
        tracing::warn!(
            "built without the bundle: pages have neither style nor WebAssembly; run `cargo xtask bundle`, then build again"
        );
    }
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    tracing::info!(%address, public_url = %config.public_url()?, "listening");
    until_told_to_stop(listener, app, signals, places).await.map_err(|error| error.to_string())
}

fn build(config: &Serve, sessions: Sessions, cluster: Arc<Cluster>, places: Places) -> Router {
    let lockout = Lockout::new(sessions.state.clone(), sessions.clock.clone());
    let auth = LocalUsers { sessions: sessions.clone(), lockout, proxies: config.proxies };
    let seals = RecordSeals { keys: sessions.keys.clone(), clock: sessions.clock.clone() };
    router::app(AppState { cluster, auth: Arc::new(auth), seals: Arc::new(seals) }, sessions, places)
}

fn sessions(config: &Serve) -> Result<Sessions, String> {
    let public_url = config.public_url()?;
    let users = Users::open(config.users_file()?).map_err(|error| format!("--users-file {error}"))?;
    let state_file = config.state_file();
    for file in [&config.session_key_file, &state_file] {
        make_folder(file)?;
    }
    Ok(Sessions {
        keys: SessionKeys::open_or_create(&config.session_key_file)
            .map_err(|error| format!("--session-key-file {error}"))?,
        state: SharedState::open(&state_file).map_err(|error| format!("--state-file {error}"))?,
        users,
        clock: Clock::system(),
        public_url,
    })
}

fn make_folder(file: &Path) -> Result<(), String> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => {
            std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}

async fn until_told_to_stop(
    listener: TcpListener,
    app: Router,
    mut signals: Signals,
    streams: Places,
) -> std::io::Result<()> {
    let (stop, stopped) = oneshot::channel();
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        signals.told_to_stop().await;
        tracing::info!("stopping");
        // They would be waited for, and have no end of their own.
        streams.close();
        let _ = stop.send(());
    });
    let too_long = async {
        // Only an answer counts: a sender that is gone means that the server has ended.
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = server => ended,
        () = too_long => {
            tracing::warn!("some requests were still open");
            Ok(())
        }
    }
}
