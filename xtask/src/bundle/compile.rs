//! Compiles the page for the browser.

use std::path::PathBuf;

use anyhow::Result;

use crate::{
    console::{Console, cargo},
    files,
};

const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "wasm";

/// Compiles the crate `frontend` and returns its module.
///
/// Splitting needs relocations. `cargo rustc` gives the flag to the last crate alone, where they are made; in RUSTFLAGS
/// it would count for every crate, and all of them would be compiled again.
pub fn frontend(console: &Console) -> Result<PathBuf> {
    let mut command = cargo("rustc");
    command.args([
        "--package",
        "frontend",
        "--lib",
        "--crate-type",
        "cdylib",
        "--target",
        TARGET,
        "--profile",
        PROFILE,
    ]);
    console.run(command.args(["--", "-Clink-args=--emit-relocs"]))?;
    Ok(files::target(TARGET).join(PROFILE).join("frontend.wasm"))
}
