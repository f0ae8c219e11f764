//! A control plane and a server, started for the demo and for the tests. Each is stopped when it is dropped, and both run
//! in process groups of their own: Ctrl-C reaches this program alone, which then stops them in order.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::{
    console::{program, stop},
    control_plane,
    files::{self, at, shown},
    interrupt,
    people::People,
    server,
};

/// How long a part may take to start.
const PATIENCE: Duration = Duration::from_secs(120);

/// The account that the server uses, where the sample makes one for it.
const ISSUE: &str = "musterbook/musterbook";

/// A running control plane with the sample in it.
pub struct ControlPlane {
    child: Child,
    /// It stops when this is closed, so also when this program is killed.
    stdin: Option<ChildStdin>,
    ready: Ready,
    identity: PathBuf,
}

/// What the control plane says when it is ready.
#[derive(Deserialize)]
struct Ready {
    kubeconfig: PathBuf,
    server: String,
    /// Empty without an audit log.
    #[serde(default)]
    audit: PathBuf,
}

impl ControlPlane {
    /// Starts it with its files below `folder`, and brings in the policy, the sample and Musterbook's identity.
    pub fn start(folder: &Path) -> Result<Self> {
        Self::start_with(folder, Seed::prepare(folder)?, &["--audit"])
    }

    /// The same with another seed and other flags.
    pub fn start_with(folder: &Path, seed: Seed, flags: &[&str]) -> Result<Self> {
        let cluster = folder.join("cluster");
        files::create_folder(&cluster)?;
        let mut command = program(control_plane::path());
        command.args(["run", "--stop-with-stdin"]).args(flags).arg("--dir").arg(&cluster);
        for file in &seed.files {
            command.arg("--apply").arg(file);
        }
        command.arg("--issue").arg(seed.order());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .with_context(|| format!("start {}", shown(&control_plane::path())))?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        // From here on dropping stops it.
        let ready = Ready { kubeconfig: PathBuf::new(), server: String::new(), audit: PathBuf::new() };
        let mut plane = Self { child, stdin, ready, identity: seed.identity };
        let line = first_line(stdout.context("the control plane has no output")?, &mut plane.child)?;
        plane.ready = serde_json::from_str(&line).with_context(|| format!("the control plane said {line:?}"))?;
        Ok(plane)
    }

    /// Of an administrator.
    pub fn admin_kubeconfig(&self) -> &Path {
        &self.ready.kubeconfig
    }

    /// Of Musterbook itself.
    pub fn identity_kubeconfig(&self) -> &Path {
        &self.identity
    }

    pub fn audit_log(&self) -> &Path {
        &self.ready.audit
    }

    pub fn address(&self) -> &str {
        &self.ready.server
    }

    /// Of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        drop(self.stdin.take());
        stop(&mut self.child, Duration::from_secs(15));
    }
}

/// What is brought into a cluster before the server starts.
pub struct Seed {
    files: Vec<PathBuf>,
    identity: PathBuf,
}

impl Seed {
    /// Renders the identity, and lists what to apply: policy first, or the sample's roles would miss it.
    pub fn prepare(folder: &Path) -> Result<Self> {
        files::create_folder(folder)?;
        let identity_yaml = folder.join("identity.yaml");
        server::write_identity(&identity_yaml)?;
        Self::with_identity(folder, identity_yaml)
    }

    /// The same with Musterbook's identity as this file has it.
    pub fn with_identity(folder: &Path, identity_yaml: PathBuf) -> Result<Self> {
        let mut files = vec![at("deploy/policy.yaml")];
        files.extend(files::with_extension(&at("end2end/sample"), &["yaml"])?);
        files.push(identity_yaml);
        Ok(Self { files, identity: folder.join("musterbook.kubeconfig") })
    }

    /// Brings it into a cluster that somebody else started, and returns the kubeconfig of Musterbook's identity.
    pub fn apply(self, kubeconfig: &Path) -> Result<PathBuf> {
        let mut command = program(control_plane::path());
        command.args(["apply", "--kubeconfig"]).arg(kubeconfig).arg("--issue").arg(self.order()).args(&self.files);
        let status = command.stdin(Stdio::null()).status().context("run the control plane's `apply`")?;
        if !status.success() {
            bail!("the sample could not be applied to the cluster of {}", kubeconfig.display());
        }
        Ok(self.identity)
    }

    fn order(&self) -> String {
        format!("{ISSUE}={}", self.identity.display())
    }
}

/// A running server.
pub struct Server {
    child: Child,
    pub url: String,
    pub log: PathBuf,
    /// With it another replica knows the same sessions.
    pub session_key: PathBuf,
}

impl Server {
    /// Starts it, and waits until it says that it is ready.
    pub fn start(folder: &Path, port: u16, kubeconfig: &Path, people: &People) -> Result<Self> {
        Self::start_with(server::command(), folder, port, kubeconfig, people)
    }

    /// The same with another build of the server.
    pub fn start_with(
        mut command: Command,
        folder: &Path,
        port: u16,
        kubeconfig: &Path,
        people: &People,
    ) -> Result<Self> {
        let url = format!("http://localhost:{port}");
        let log = folder.join("server.log");
        let session_key = folder.join("session.key");
        let output = File::create(&log).with_context(|| format!("write {}", shown(&log)))?;
        command
            .arg("--listen")
            .arg(SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string())
            .args(["--public-url", &url, "--kubeconfig"])
            .arg(kubeconfig)
            .arg("--users-file")
            .arg(&people.users_file)
            .arg("--session-key-file")
            .arg(&session_key);
        let child = spawn_quietly(&mut command, output)?;
        let mut server = Self { child, url, log, session_key };
        server.wait_until_ready(port)?;
        Ok(server)
    }

    /// Of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    fn wait_until_ready(&mut self, port: u16) -> Result<()> {
        let began = Instant::now();
        while !is_ready(port) {
            interrupt::check()?;
            if self.has_ended() {
                bail!("the server ended at once:\n{}", last_lines(&self.log));
            }
            if began.elapsed() > PATIENCE {
                bail!("the server was not ready after {} s, see {}", PATIENCE.as_secs(), shown(&self.log));
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        stop(&mut self.child, Duration::from_secs(15));
    }
}

/// A port that nothing listens on just now.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("look for a free port")?;
    Ok(listener.local_addr()?.port())
}

/// Refuses a port that is taken, before minutes are spent on building.
pub fn check_port(port: u16) -> Result<()> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map(drop)
        .with_context(|| format!("port {port} can't be used; choose another one with --port"))
}

fn spawn_quietly(command: &mut Command, output: File) -> Result<Child> {
    let errors = output.try_clone()?;
    let command = command.stdin(Stdio::null()).stdout(output).stderr(errors).process_group(0);
    command.spawn().with_context(|| format!("start {}", shown(Path::new(command.get_program()))))
}

/// Waits for the line; its reader goes on, so that the pipe never fills up.
fn first_line(stdout: impl Read + Send + 'static, child: &mut Child) -> Result<String> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = send.send(line);
        }
    });
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        interrupt::check()?;
        match receive.recv_timeout(Duration::from_millis(100)) {
            Ok(line) => return Ok(line),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                let status = child.wait()?;
                bail!("the control plane ended before it was ready ({status})");
            }
        }
    }
    bail!("the control plane was not ready after {} s", PATIENCE.as_secs())
}

/// Asks `/readyz`.
fn is_ready(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(
            format!("GET /readyz HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n").as_bytes(),
        )?;
        let mut status = String::new();
        BufReader::new(stream).read_line(&mut status)?;
        Ok(status)
    };
    ask().is_ok_and(|status| status.split(' ').nth(1) == Some("200"))
}

fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_is_only_who_answers_200() {
        for (answer, ready) in [("HTTP/1.1 200 OK\r\n\r\n", true), ("HTTP/1.1 503 Service Unavailable\r\n\r\n", false)]
        {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = listener.local_addr().unwrap().port();
            let answering = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 1024];
                let read = stream.read(&mut request).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
                String::from_utf8_lossy(&request[..read]).into_owned()
            });
            assert_eq!(is_ready(port), ready);
            assert!(answering.join().unwrap().starts_with("GET /readyz "));
        }
        assert!(!is_ready(free_port().unwrap()));
    }

    #[test]
    fn a_port_that_is_taken_is_named() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(check_port(port).unwrap_err().to_string().contains(&port.to_string()));
    }

    #[test]
    fn a_control_plane_that_dies_is_reported_without_waiting() {
        let mut child = Command::new("false").stdout(Stdio::piped()).spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let error = first_line(stdout, &mut child).unwrap_err();
        assert!(error.to_string().contains("ended before it was ready"), "{error}");
    }
}
