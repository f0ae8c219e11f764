//! `cargo demo`: from a fresh clone to a console with something in it.

use std::{
    fs::File,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{
    bundle,
    console::Console,
    control_plane, files, interrupt,
    lanes::{self, Step, elapsed},
    people::People,
    server,
    stack::{ControlPlane, Seed, Server, check_port},
    tools,
};

#[derive(Args)]
pub struct Flags {
    /// Serve this cluster instead of one of the demo's own; nothing in it is changed
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,

    /// Bring the sample projects, people and Musterbook's identity into the cluster of --kubeconfig
    #[arg(long, requires = "kubeconfig")]
    seed: bool,

    /// The console's port on this machine
    #[arg(long, default_value_t = 8080)]
    port: u16,

    /// Go on with the cluster of the last demo, as it was left, instead of a new one
    #[arg(long, conflicts_with = "kubeconfig")]
    keep: bool,
}

pub fn run(flags: &Flags) -> Result<()> {
    let began = Instant::now();
    check_port(flags.port)?;
    if let Some(file) = flags.kubeconfig.as_deref().filter(|file| !file.is_file()) {
        bail!("there is no kubeconfig {}", file.display());
    }
    let folder = files::target("demo");
    let _alone = alone(&folder)?;
    tools::check(&Console::Terminal)?;
    let needs_control_plane = flags.kubeconfig.is_none() || flags.seed;
    build(&folder.join("logs"), needs_control_plane)?;

    interrupt::watch();
    match serve(flags, &folder, began) {
        // Told to stop is how a demo ends.
        Err(_) if interrupt::happened() => Ok(()),
        served => served,
    }
}

/// A second demo would take the cluster away from under the first.
fn alone(folder: &Path) -> Result<File> {
    files::create_folder(folder)?;
    let lock = File::create(folder.join("lock")).context("make the demo's lock")?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(_) => bail!("another demo is running in {}", files::shown(folder)),
    }
}

/// Two lanes for two cores: Go, and Rust for the browser, then for the server, which embeds the bundle.
fn build(logs: &Path, needs_control_plane: bool) -> Result<()> {
    let rust = vec![
        Step::new("the browser's bundle", |console| bundle::build(console).map(drop)),
        Step::new("the server", server::build),
    ];
    let mut lanes = vec![rust];
    if needs_control_plane {
        println!("building; the first time this takes some 15 minutes on two cores");
        lanes.push(vec![Step::new("the control plane", control_plane::build)]);
    }
    lanes::run(lanes, logs)
}

fn serve(flags: &Flags, folder: &Path, began: Instant) -> Result<()> {
    let people = People::in_folder(folder)?;
    let (mut plane, kubeconfig) = cluster(flags, folder)?;
    let mut server = Server::start(folder, flags.port, &kubeconfig, &people)?;

    println!("\n  Musterbook is at {} (ready after {})\n", server.url, elapsed(began.elapsed()));
    print!("{}", people.table());
    if let Some(plane) = &plane {
        println!("\n  kubectl --kubeconfig {} …", files::shown(plane.admin_kubeconfig()));
        println!("  API server {}, audit log {}", plane.address(), files::shown(plane.audit_log()));
    }
    println!("  server log {}", files::shown(&server.log));
    println!("\n  Ctrl-C stops everything.");

    while !interrupt::happened() {
        if server.has_ended() {
            bail!("the server ended, see {}", files::shown(&server.log));
        }
        if plane.as_mut().is_some_and(ControlPlane::has_ended) {
            bail!("the control plane ended, see {}", files::shown(&folder.join("cluster/control-plane.log")));
        }
        thread::sleep(Duration::from_millis(200));
    }
    println!("\nstopping …");
    // In this order, or the server would complain about the API server that is gone.
    drop(server);
    drop(plane);
    println!("stopped");
    Ok(())
}

/// The cluster to serve, and the kubeconfig of Musterbook in it.
fn cluster(flags: &Flags, folder: &Path) -> Result<(Option<ControlPlane>, PathBuf)> {
    let Some(file) = &flags.kubeconfig else {
        if !flags.keep {
            files::remove(&folder.join("cluster"))?;
        }
        println!("starting the control plane …");
        let plane = ControlPlane::start(folder)?;
        let kubeconfig = plane.identity_kubeconfig().to_path_buf();
        return Ok((Some(plane), kubeconfig));
    };
    let file = file.canonicalize().with_context(|| format!("find {}", file.display()))?;
    if flags.seed {
        return Ok((None, Seed::prepare(folder)?.apply(&file)?));
    }
    println!(
        "Musterbook acts with the identity in {}, which has to be allowed to impersonate the people below",
        file.display()
    );
    Ok((None, file))
}
