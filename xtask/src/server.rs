//! The server's program: building it, asking it for its permissions.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::{
    bundle,
    console::{Console, cargo, output, program},
    files::{self, target},
    people::{PROJECTS, People},
};

/// The program, in the profile that the tests use too, so that nothing is compiled twice.
pub fn path() -> PathBuf {
    target("debug/musterbook")
}

pub fn build(console: &Console) -> Result<()> {
    bundle::prepare()?;
    console.run(cargo("build").args(["--package", "musterbook"]))
}

pub fn command() -> Command {
    program(path())
}

/// Writes the YAML of the identity with which Musterbook acts for the sample's people, in the sample's projects.
pub fn write_identity(file: &std::path::Path) -> Result<()> {
    let yaml = output(
        command()
            .args(["permissions", "--people", &People::names(), "--groups", &People::groups()])
            .args(["--projects", &PROJECTS.join(",")]),
    )?;
    files::write(file, yaml)
}
