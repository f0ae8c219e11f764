//! The control plane of these tests is as honest as a real one, and goes when it is told to: else the other tests would say
//! less than they seem to.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::plane::variable;

/// The README's promise is 3 s; a machine that is busy with other tests may take longer.
const TO_STOP: Duration = Duration::from_secs(8);

const MASTERS: &str = "system:masters";
const ADMIN: &str = "control-plane-admin";
/// The API server's own client, which is above all rules in every cluster.
const LOOPBACK: &str = "system:apiserver";

/// Where one keeps its files, until the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(about: &str) -> Self {
        Self(std::env::temp_dir().join(format!("musterbook-{about}-{}", std::process::id())))
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// One of its own, beside that of the other tests.
struct Itself<'a> {
    folder: &'a Folder,
    child: Child,
}

impl<'a> Itself<'a> {
    fn begin(folder: &'a Folder) -> Self {
        let child = Command::new(variable("MUSTERBOOK_TEST_CONTROL_PLANE"))
            .args(["run", "--audit-all", "--stop-with-stdin", "--dir"])
            .arg(&folder.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self { folder, child }
    }

    /// Waits until it says that it is ready.
    fn start(folder: &'a Folder) -> Self {
        let mut itself = Self::begin(folder);
        let line = itself.says();
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"));
        assert_eq!(ready["ready"], true, "{line}");
        itself
    }

    fn says(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        line
    }

    fn file(&self, name: &str) -> String {
        self.folder.file(name)
    }

    fn ports(&self) -> Vec<u16> {
        let ports: Value = serde_json::from_str(&fs::read_to_string(self.file("ports.json")).unwrap()).unwrap();
        let ports = ports.as_object().unwrap().values();
        ports.map(|port| port.as_u64().unwrap().try_into().unwrap()).collect()
    }

    /// What kubectl says, as the admin.
    fn kubectl(&self, arguments: &[&str]) -> String {
        kubectl(&[&["--kubeconfig", &self.file("admin.kubeconfig")], arguments].concat())
    }

    /// Sends it a signal, and says how it ended.
    fn stop(&mut self, signal: &str) -> Option<i32> {
        let sent = Command::new("kill").arg(format!("-{signal}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
        let began = Instant::now();
        while began.elapsed() < TO_STOP {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("{signal}: still there after {} s", TO_STOP.as_secs());
    }

    fn children(&self) -> String {
        fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.child.id())).unwrap()
    }

    /// Waits for a line of the audit log: they are written a moment after the answer.
    fn until_logged(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(20) {
            if let Some(event) = self.audit().into_iter().find(&is_it) {
                return event;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("not in the audit log");
    }

    fn audit(&self) -> Vec<Value> {
        let log = fs::read_to_string(self.file("audit.log")).unwrap();
        // The last line may be half written yet.
        log.split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl Drop for Itself<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn kubectl(arguments: &[&str]) -> String {
    let program = variable("MUSTERBOOK_TEST_CONTROL_PLANE");
    let said = Command::new(program).arg("kubectl").args(arguments).output().unwrap();
    assert!(said.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).unwrap()
}

fn user(event: &Value) -> &str {
    event["user"]["username"].as_str().unwrap()
}

/// Who made this, by the API server's own account.
fn maker(itself: &Itself<'_>, verb: &str, resource: &str, name: &str) -> String {
    let event = itself.until_logged(|event| {
        let object = &event["objectRef"];
        event["stage"] == "ResponseComplete"
            && event["verb"] == verb
            && event["responseStatus"]["code"].as_u64().is_some_and(|code| code < 300)
            && object["resource"] == resource
            && object["name"] == name
            && (object["namespace"] == "kept" || resource == "namespaces")
    });
    user(&event).to_owned()
}

#[test]
fn a4_the_controllers_act_under_identities_of_their_own_and_none_is_above_all_rules() {
    let folder = Folder::new("identities");
    let mut itself = Itself::start(&folder);
    itself.kubectl(&["create", "namespace", "kept"]);
    let own = |name: &str| format!("system:serviceaccount:kube-system:{name}");
    assert_eq!(maker(&itself, "create", "serviceaccounts", "default"), own("service-account-controller"));
    assert_eq!(maker(&itself, "create", "configmaps", "kube-root-ca.crt"), own("root-ca-cert-publisher"));
    itself.kubectl(&["delete", "namespace", "kept", "--wait=false"]);
    assert_eq!(maker(&itself, "update", "namespaces", "kept"), own("namespace-controller"));

    let events = itself.audit();
    let is_master =
        |event: &&Value| event["user"]["groups"].as_array().is_some_and(|all| all.contains(&MASTERS.into()));
    let masters: BTreeSet<_> = events.iter().filter(is_master).map(user).collect();
    assert_eq!(masters, BTreeSet::from([ADMIN, LOOPBACK]));
    let users: BTreeSet<_> = events.iter().map(user).collect();
    for controller in
        ["clusterrole-aggregation-controller", "generic-garbage-collector", "legacy-service-account-token-cleaner"]
    {
        assert!(users.contains(own(controller).as_str()), "{controller} isn't among {users:?}");
    }

    // Every certificate that the control plane has for itself, used as a client's.
    let whoami = |arguments: &[&str]| {
        let said = kubectl(&[arguments, &["auth", "whoami", "--output", "json"]].concat());
        serde_json::from_str::<Value>(&said).unwrap()["status"]["userInfo"].clone()
    };
    let manager = whoami(&["--kubeconfig", &itself.file("controllers.kubeconfig")]);
    assert_eq!(manager["username"], "system:kube-controller-manager");
    assert_eq!(manager["groups"], serde_json::json!(["system:authenticated"]));
    let server = itself.kubectl(&["config", "view", "--output", "jsonpath={.clusters[0].cluster.server}"]);
    for name in ["apiserver", "etcd"] {
        let [authority, cert, key] =
            ["ca.crt", &format!("{name}.crt"), &format!("{name}.key")].map(|file| itself.file(&format!("pki/{file}")));
        let tls = ["--certificate-authority", &authority, "--client-certificate", &cert, "--client-key", &key];
        let it = whoami(&[&["--kubeconfig", "/dev/null", "--server", &server], &tls[..]].concat());
        assert_eq!(it["groups"], serde_json::json!(["system:authenticated"]), "{name}");
    }
    assert_eq!(itself.stop("TERM"), Some(0));
}

#[test]
fn the_control_plane_stops_cleanly_when_it_is_told_to_and_goes_on_with_its_data() {
    let folder = Folder::new("stops");
    // In the middle of its start.
    let mut itself = Itself::begin(&folder);
    while !Path::new(&itself.file("ports.json")).exists() {
        assert_eq!(itself.child.try_wait().unwrap(), None);
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(itself.stop("TERM"), Some(0));
    assert_eq!(itself.says(), "", "it was never ready");

    let mut itself = Itself::start(&folder);
    itself.kubectl(&["create", "namespace", "kept"]);
    let ports = itself.ports();
    assert_eq!((ports.len(), itself.children().as_str()), (3, ""), "all of it is one process");
    assert_eq!(itself.stop("TERM"), Some(0));
    are_free(&ports);

    // What it had is kept, with its addresses and its authority.
    let mut itself = Itself::start(&folder);
    assert_eq!(itself.ports(), ports);
    assert_eq!(itself.kubectl(&["get", "namespace", "kept", "--output", "name"]).trim(), "namespace/kept");
    assert_eq!(itself.stop("INT"), Some(0));
    are_free(&ports);
}

fn are_free(ports: &[u16]) {
    for port in ports {
        TcpListener::bind(("127.0.0.1", *port)).unwrap_or_else(|error| panic!("port {port}: {error}"));
    }
}
