//! `cargo xtask bench`: fills clusters of several sizes, and has end2end/bench measure Musterbook in each, beside the API
//! server itself and beside Headlamp. Prints a table, writes target/bench/result.json and, after a whole run, the table and
//! the picture in docs.

mod crowd;
mod scenes;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;

use crate::{
    bundle,
    console::{Console, cargo, output, program},
    control_plane,
    files::{self, at, shown, target},
    interrupt,
    people::{PROJECTS, People},
    stack::{ControlPlane, Seed, Server, free_port},
    tools,
};
use scenes::{Scene, scenes};

/// The account that the server uses, as the sample has it.
const IDENTITY: &str = "musterbook/musterbook";

#[derive(Args)]
pub struct Flags {
    /// Accounts in the clusters that are measured
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_values_t = [100, 1_000, 20_000, 100_000])]
    sizes: Vec<usize>,

    /// Where clusters are kept for the next run: 3 GB for all sizes [default: target/bench]
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,

    /// Headlamp, built: `headlamp-server.xz` and `frontend.tar.xz`. Without it Musterbook is measured alone
    #[arg(long, value_name = "FOLDER")]
    headlamp: Option<PathBuf>,

    /// Take only this measure: memory, start, list, cold, credentials, search, throughput, switcher, idle, browser or change;
    /// may be given more than once. docs stay as they are
    #[arg(long, value_name = "MEASURE")]
    only: Vec<String>,

    /// Measure the server, bundle and control plane that were built last
    #[arg(long)]
    built: bool,

    /// The browser; looked for, and on Debian installed, where it isn't given
    #[arg(long, value_name = "FILE", env = "CHROMIUM")]
    chromium: Option<PathBuf>,
}

pub fn run(flags: &Flags) -> Result<()> {
    interrupt::watch();
    let console = &Console::Terminal;
    let scenes = scenes(&flags.sizes, &flags.only)?;
    tools::check(console)?;
    let chromium = tools::chromium(console, flags.chromium.as_deref())?;
    if !flags.built {
        build(console)?;
    }
    if flags.headlamp.is_none() {
        println!("no --headlamp FOLDER: Musterbook is measured without another console beside it");
    }
    let folder = flags.dir.clone().unwrap_or_else(|| target("bench"));
    files::create_folder(&folder)?;
    let folder = folder.canonicalize().with_context(|| format!("find {}", shown(&folder)))?;
    let figures = folder.join("figures");
    if flags.only.is_empty() {
        files::remove(&figures)?;
    }
    files::create_folder(&figures)?;

    let mut failed = Vec::new();
    for scene in &scenes {
        println!("\n=== {}", scene.name);
        if let Err(error) = measure(console, scene, &folder, &figures, flags, &chromium) {
            interrupt::check()?;
            println!("  {error:#}");
            failed.push(scene.name.as_str());
        }
    }
    let mut report = script();
    report.arg("report").arg(&folder);
    if flags.only.is_empty() {
        report.arg(at("docs"));
    }
    console.run(&mut report)?;
    if failed.is_empty() { Ok(()) } else { bail!("something was not measured in {}", failed.join(", ")) }
}

/// In this order: the server embeds the bundle.
fn build(console: &Console) -> Result<()> {
    control_plane::build(console)?;
    bundle::build(console)?;
    console.run(cargo("build").args(["--release", "--package", "musterbook"]))
}

/// As people get it.
fn server() -> Command {
    program(target("release/musterbook"))
}

fn script() -> Command {
    let mut command = program("node");
    command.arg(at("end2end/bench/start.mjs"));
    command
}

fn measure(
    console: &Console,
    scene: &Scene,
    folder: &Path,
    figures: &Path,
    flags: &Flags,
    chromium: &Path,
) -> Result<()> {
    let home = folder.join(&scene.name);
    let people = crowd::in_folder(folder)?;
    let audit: &[&str] = if scene.audit { &["--audit"] } else { &[] };
    let plane = ControlPlane::start_with(&home, seed(&home, &people)?, audit)?;
    fill(console, scene, &plane, &people)?;

    let began = Instant::now();
    let server = Server::start_with(server(), &home, free_port()?, plane.identity_kubeconfig(), &people)?;
    let job = json!({
        "scene": scene.name,
        "measures": scene.measures,
        "url": server.url,
        "peopleFile": people.file,
        "adminKubeconfig": plane.admin_kubeconfig(),
        "apiServer": plane.address(),
        "planeFolder": home.join("cluster"),
        "auditLog": scene.audit.then(|| plane.audit_log()),
        "serverPid": server.id(),
        "planePid": plane.id(),
        "controlPlane": control_plane::path(),
        "chromium": chromium,
        "headlamp": flags.headlamp.as_ref().map(|headlamp| headlamp.canonicalize()).transpose()?,
        "startSeconds": began.elapsed().as_secs_f64(),
        "out": figures.join(format!("{}.json", scene.name)),
    });
    let file = home.join("job.json");
    files::write_private(&file, serde_json::to_vec_pretty(&job)?)?;
    console.run(script().arg("measure").arg(file))
}

/// Musterbook's identity with the bench's people. In the bench's projects the filler lets it act.
fn seed(home: &Path, people: &People) -> Result<Seed> {
    files::create_folder(home)?;
    let names: Vec<_> = people.list.iter().map(|person| person.name.as_str()).collect();
    let yaml = output(
        server()
            .args(["permissions", "--people", &names.join(","), "--groups", &People::groups()])
            .args(["--projects", &PROJECTS.join(",")]),
    )?;
    let file = home.join("identity.yaml");
    files::write(&file, yaml)?;
    Seed::with_identity(home, file)
}

fn fill(console: &Console, scene: &Scene, plane: &ControlPlane, people: &People) -> Result<()> {
    let mut command = program(control_plane::path());
    command.arg("fill").arg("--kubeconfig").arg(plane.admin_kubeconfig()).args(["--identity", IDENTITY]);
    let members = crowd::members(people).collect::<Vec<_>>().join(",");
    console.run(command.arg("--members").arg(format!("{members}=operator")).args(&scene.fill))
}
