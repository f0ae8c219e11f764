//! The binary as whoever runs it meets it (SPEC O2, O4, A8).

#![allow(clippy::unwrap_used, reason = "a test that can't go on should say where")]

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Output, Stdio},
};

fn musterbook(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_musterbook"));
    command.current_dir(folder).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    musterbook(folder).args(args).output().unwrap()
}

fn hash(folder: &Path, password: &str) -> String {
    let mut child = musterbook(folder).arg("hash-password").stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn o2_bad_configuration_stops_the_start_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let users = format!("- name: ann\n  password-hash: {}\n", hash(folder.path(), "x\n"));
    std::fs::write(folder.path().join("users.yaml"), users).unwrap();
    std::fs::write(folder.path().join("broken.yaml"), "- name: ann\n").unwrap();
    std::fs::write(folder.path().join("short.key"), "short").unwrap();
    let with_users = |more: &[&'static str]| [&["--users-file", "users.yaml"], more].concat();
    for (args, named) in [
        (vec![], "--users-file"),
        (vec!["--users-file", "none.yaml"], "none.yaml"),
        (vec!["--users-file", "broken.yaml"], "broken.yaml"),
        (with_users(&["--public-url", "http://musterbook.example"]), "--public-url"),
        (with_users(&["--listen", "0.0.0.0:0"]), "--public-url"),
        (with_users(&["--session-key-file", "short.key"]), "short.key"),
        (with_users(&["--state-file", "/proc/none/state.json"]), "/proc/none"),
        (with_users(&["--kubeconfig", "none.kubeconfig"]), "none.kubeconfig"),
        (with_users(&["--endpoint", "vpn=https://k,ca-file=none.pem"]), "none.pem"),
    ] {
        let output = run(folder.path(), &args);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {text}");
        assert_eq!(text.lines().count(), 1, "{args:?}: {text}");
        assert!(text.starts_with("musterbook: ") && text.contains(named), "{args:?}: {text}");
    }
}

#[test]
fn o2_help_names_each_flag_with_its_variable() {
    let folder = tempfile::tempdir().unwrap();
    let help = String::from_utf8(run(folder.path(), &["--help"]).stdout).unwrap();
    for part in ["--listen", "MUSTERBOOK_LISTEN", "--endpoint", "MUSTERBOOK_ENDPOINTS", "hash-password", "permissions"]
    {
        assert!(help.contains(part), "{part}: {help}");
    }
}

#[test]
fn o4_a_hash_is_argon2id_and_salted() {
    let folder = tempfile::tempdir().unwrap();
    let hashes = [hash(folder.path(), "x\n"), hash(folder.path(), "x\n")];
    assert!(hashes.iter().all(|hash| hash.starts_with("$argon2id$v=19$")), "{hashes:?}");
    assert_ne!(hashes[0], hashes[1]);
}

#[test]
fn a8_the_identity_names_people_and_projects() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        run(folder.path(), &["permissions", "--people", "ann,bob", "--groups", "dev", "--projects", "demo-project"]);
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["ann", "bob", "dev", "namespace: \"demo-project\"", "name: \"musterbook\""] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(run(folder.path(), &["permissions"]).status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn o2_it_starts_without_the_api_server_and_stops_when_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let users = format!("- name: ann\n  password-hash: {}\n", hash(folder.path(), "x\n"));
    std::fs::write(folder.path().join("users.yaml"), users).unwrap();
    std::fs::write(folder.path().join("kubeconfig"), KUBECONFIG).unwrap();
    let args = ["--users-file", "users.yaml", "--kubeconfig", "kubeconfig", "--listen", "127.0.0.1:0", "--log", "json"];
    let mut child = musterbook(folder.path()).args(args).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let listening = log.find(|line| line.contains("listening")).unwrap();
    assert!(listening.contains("\"address\":\"127.0.0.1:"), "{listening}");
    assert!(folder.path().join("musterbook-session.key").exists() && folder.path().join("state.json").exists());
    let told = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(told.success());
    assert!(child.wait().unwrap().success());
    assert!(log.any(|line| line.contains("stopping")));
}

const KUBECONFIG: &str = "
apiVersion: v1
kind: Config
current-context: away
clusters: [{name: away, cluster: {server: 'https://127.0.0.1:1'}}]
users: [{name: away, user: {token: none}}]
contexts: [{name: away, context: {cluster: away, user: away}}]
";
