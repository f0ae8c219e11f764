//! Builds the control plane in end2end/control-plane, a Go program. Cold that takes minutes, so it is done only when its
//! sources changed.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::{
    console::{Console, output, program},
    files::{self, Fingerprint, at, target},
};

/// The program.
pub fn path() -> PathBuf {
    target("control-plane")
}

fn sources() -> PathBuf {
    at("end2end/control-plane")
}

/// `cargo xtask control-plane`.
pub fn build(console: &Console) -> Result<()> {
    let link_flags = link_flags(&files::read_text(&sources().join("go.mod"))?)?;
    let inputs = fingerprint(&link_flags)?;
    let stamp = target("control-plane.inputs");
    if path().exists() && fs::read_to_string(&stamp).is_ok_and(|found| found == inputs) {
        console.say("target/control-plane is up to date");
        return Ok(());
    }
    files::create_folder(&target(""))?;
    let mut command = program("go");
    command.current_dir(sources()).args(["build", "-trimpath", "-ldflags", &link_flags, "-o"]).arg(path()).arg(".");
    console.run(&mut command)?;
    files::write(&stamp, inputs)
}

/// Clients ask the API server for its version, which is set when linking: else it would be v0.0.0.
fn link_flags(go_mod: &str) -> Result<String> {
    let version = go_mod
        .lines()
        .find_map(|line| line.trim().strip_prefix("k8s.io/kubernetes ")?.split_whitespace().next())
        .context("go.mod requires no k8s.io/kubernetes")?;
    let mut numbers = version.trim_start_matches('v').split('.');
    let (major, minor) = numbers.next().zip(numbers.next()).context("the version of k8s.io/kubernetes has no minor")?;
    let package = "k8s.io/component-base/version";
    Ok(format!("-s -w -X {package}.gitVersion={version} -X {package}.gitMajor={major} -X {package}.gitMinor={minor}"))
}

fn fingerprint(link_flags: &str) -> Result<String> {
    let mut inputs = Fingerprint::default();
    inputs.add(link_flags).add(output(program("go").arg("version"))?);
    for file in files::below(&sources())? {
        inputs.add_file(&file)?;
    }
    Ok(inputs.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_comes_from_go_mod() {
        let flags =
            link_flags("module x\n\nrequire (\n\tk8s.io/api v0.37.2\n\tk8s.io/kubernetes v1.37.2 // comment\n)\n");
        let flags = flags.unwrap();
        assert!(flags.contains("gitVersion=v1.37.2 ") && flags.ends_with("gitMinor=37"), "{flags}");
    }
}
