//! Tests in a browser: the real server, the real bundle, a real API server.

use std::{path::Path, process::Command};

use anyhow::Result;

use crate::{
    bundle,
    console::{Console, program},
    control_plane,
    files::{self, at, target},
    people::People,
    server,
    stack::{ControlPlane, Server, free_port},
    tools,
};

pub fn test(console: &Console, chromium: &Path) -> Result<()> {
    tools::node_modules(console)?;
    console.run(&mut script("typescript/bin/tsc"))?;
    console.run(script("typescript/bin/tsc").arg("--project").arg(at("app/editor")))?;
    control_plane::build(console)?;
    // In this order: the server embeds the bundle.
    bundle::build(console)?;
    server::build(console)?;

    let folder = target("verify/e2e");
    files::remove(&folder)?;
    let people = People::in_folder(&folder)?;
    let plane = ControlPlane::start(&folder)?;
    let server = Server::start(&folder, free_port()?, plane.identity_kubeconfig(), &people)?;

    let mut tests = script("@playwright/test/cli.js");
    tests
        .arg("test")
        .env("BASE_URL", &server.url)
        .env("PEOPLE_FILE", &people.file)
        .env("KUBECONFIG_ADMIN", plane.admin_kubeconfig())
        .env("AUDIT_LOG", plane.audit_log())
        .env("SERVER_LOG", &server.log)
        // For a second console beside KubeSphere: its program, and flags of the first one.
        .env("SERVER_PROGRAM", server::path())
        .env("MUSTERBOOK_KUBECONFIG", plane.identity_kubeconfig())
        .env("MUSTERBOOK_USERS_FILE", &people.users_file)
        .env("MUSTERBOOK_SESSION_KEY_FILE", &server.session_key)
        // The outage is made by stopping this process for a while.
        .env("CONTROL_PLANE_PID", plane.id().to_string())
        .env("CONTROL_PLANE", control_plane::path())
        .env("CHROMIUM", chromium);
    console.run(&mut tests)
}

/// A program of a package, run on the tests.
fn script(path: &str) -> Command {
    let mut command = program("node");
    command.current_dir(at("end2end")).arg(at("end2end/node_modules").join(path));
    command
}
