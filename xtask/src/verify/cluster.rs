//! Tests of what Musterbook relies on in Kubernetes, against a real API server.

use anyhow::Result;

use crate::{
    console::{Console, cargo},
    control_plane,
    files::{self, target},
    server,
    stack::ControlPlane,
    verify::compile::{CLUSTER_TESTS, SERVER_SIDE},
};

pub fn test(console: &Console) -> Result<()> {
    control_plane::build(console)?;
    server::build(console)?;

    let folder = target("verify/control-plane");
    files::remove(&folder)?;
    let plane = ControlPlane::start(&folder)?;
    // The workspace as in the other tests: for one package alone, Cargo would choose other features of what all depend on,
    // and compile it once more.
    let mut tests = cargo("test");
    tests
        .args(SERVER_SIDE)
        .args(CLUSTER_TESTS)
        .args(["--test", "control_plane"])
        .env("MUSTERBOOK_TEST_KUBECONFIG", plane.admin_kubeconfig())
        .env("MUSTERBOOK_TEST_IDENTITY", plane.identity_kubeconfig())
        // Tests beside KubeSphere start a stand-in of its controllers.
        .env("MUSTERBOOK_TEST_CONTROL_PLANE", control_plane::path())
        .env("MUSTERBOOK_TEST_AUDIT", plane.audit_log());
    console.run(&mut tests)
}
