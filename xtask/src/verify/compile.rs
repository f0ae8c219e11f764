//! The checks that need a compiler and nothing that runs.
//!
//! `frontend` is never in one call with the rest: Cargo would turn on the features of browser and server at once in the
//! crate that both share. `xtask` isn't either, or its dependencies' features would make others be compiled again.

use anyhow::{Result, bail};

use crate::{
    bundle,
    console::{Console, cargo, output, program},
    files::at,
};

/// What runs on the server.
pub const SERVER_SIDE: [&str; 5] = ["--workspace", "--exclude", "frontend", "--exclude", "xtask"];

/// Turns on the tests that need a real API server.
pub const CLUSTER_TESTS: [&str; 2] = ["--features", "musterbook-cluster/control-plane-tests"];

/// The lints are warnings for who is still writing, and errors here.
const STRICT: [&str; 3] = ["--", "-D", "warnings"];

pub fn format(console: &Console) -> Result<()> {
    console.run(cargo("fmt").args(["--all", "--check"]))?;
    let loose = output(program("gofmt").arg("-l").arg(at("end2end/control-plane")))?;
    if !loose.trim().is_empty() {
        bail!("gofmt would change these files:\n{loose}");
    }
    Ok(())
}

pub fn clippy(console: &Console) -> Result<()> {
    bundle::prepare()?;
    console.run(cargo("clippy").args(SERVER_SIDE).args(CLUSTER_TESTS).arg("--all-targets").args(STRICT))?;
    console.run(cargo("clippy").args(["--package", "xtask", "--all-targets"]).args(STRICT))
}

pub fn clippy_wasm(console: &Console) -> Result<()> {
    let target = ["--target", "wasm32-unknown-unknown"];
    console.run(cargo("clippy").args(["--package", "frontend"]).args(target).args(STRICT))
}

pub fn test(console: &Console) -> Result<()> {
    bundle::prepare()?;
    console.run(cargo("test").args(SERVER_SIDE))?;
    console.run(cargo("test").args(["--package", "xtask"]))
}

pub fn go(console: &Console) -> Result<()> {
    for check in ["vet", "test"] {
        // `-trimpath` as in the build: without it, Go would compile all of Kubernetes once more.
        console.run(program("go").current_dir(at("end2end/control-plane")).args([check, "-trimpath", "./..."]))?;
    }
    Ok(())
}
