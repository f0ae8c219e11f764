//! Tests of what Musterbook relies on in Kubernetes, against a real API server.

use anyhow::Result;

use crate::{
    console::{Console, cargo},
    control_plane,
    files::{self, target},
    server,
    stack::ControlPlane,
};

pub fn test(console: &Console) -> Result<()> {
    let mut tests = cargo("test");
    tests.args(["--package", "musterbook-cluster", "--features", "control-plane-tests"]);
    control_plane::build(console)?;
    server::build(console)?;

    let folder = target("verify/control-plane");
    files::remove(&folder)?;
    let plane = ControlPlane::start(&folder)?;
    tests
        .env("MUSTERBOOK_TEST_KUBECONFIG", plane.admin_kubeconfig())
        .env("MUSTERBOOK_TEST_IDENTITY", plane.identity_kubeconfig())
        .env("MUSTERBOOK_TEST_AUDIT", plane.audit_log());
    console.run(&mut tests)
}
