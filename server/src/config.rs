//! Flags, each of them an environment variable too. What doesn't fit together stops the start with one line (SPEC O2).

mod connect;
mod endpoint;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::{
    Args, Parser, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use musterbook_cluster::KubeSphere;

pub use self::endpoint::Endpoint;
use crate::{public_url::PublicUrl, telemetry::LogFormat};

/// The web console for Kubernetes service accounts.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub serve: Serve,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Reads a password from standard input and prints its hash for the users' file
    HashPassword,
    /// Prints what Musterbook's own account must be allowed, for `kubectl apply -f -`
    Permissions(Permissions),
}

#[derive(Debug, Args)]
pub struct Serve {
    /// Address and port to listen on
    #[arg(long, env = "MUSTERBOOK_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Address that people type, like https://musterbook.example. Only its pages may change anything. Plain http is for
    /// localhost only [default: http://localhost with the port of --listen, if that is a loopback address]
    #[arg(long, env = "MUSTERBOOK_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Reverse proxies in front that append to X-Forwarded-For. It is ignored where there are none; too high a number
    /// lets visitors choose the source that lock-outs count by
    #[arg(long, env = "MUSTERBOOK_PROXIES", default_value_t = 0)]
    pub proxies: usize,

    /// Who may sign in: YAML or JSON, a list of name, password-hash (argon2id) and groups. Read again when it changes
    #[arg(long, env = "MUSTERBOOK_USERS_FILE", value_name = "FILE")]
    pub users_file: Option<PathBuf>,
    /// Key that sessions are encrypted with, made on the first start: 64 random bytes in base64 in a line. Further lines
    /// are accepted as well, while keys are rotated
    #[arg(long, env = "MUSTERBOOK_SESSION_KEY_FILE", value_name = "FILE", default_value = "musterbook-session.key")]
    pub session_key_file: PathBuf,
    /// Signed-out sessions and lock-outs, shared by the processes on this machine [default: state.json beside the
    /// session key]
    #[arg(long, env = "MUSTERBOOK_STATE_FILE", value_name = "FILE")]
    pub state_file: Option<PathBuf>,

    /// How to reach the cluster [default: KUBECONFIG, ~/.kube/config, or the pod's own account]
    #[arg(long, env = "MUSTERBOOK_KUBECONFIG", value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Context in the kubeconfig [default: its current one]
    #[arg(long, env = "MUSTERBOOK_CONTEXT", value_name = "NAME")]
    pub context: Option<String>,
    /// API server address offered for kubeconfigs: NAME=URL[,ca-file=FILE|system-roots][,tls-server-name=NAME]. May be
    /// given more than once, or several separated by spaces in the variable. The CA is the project's kube-root-ca.crt
    /// unless said otherwise [default: the address that Musterbook itself uses]
    #[arg(long = "endpoint", env = "MUSTERBOOK_ENDPOINTS", value_name = "ENDPOINT", value_delimiter = ' ')]
    pub endpoints: Vec<Endpoint>,
    /// Whether KubeSphere's controllers run in the cluster, and which
    #[arg(long, env = "MUSTERBOOK_KUBESPHERE", default_value = "auto", value_parser = kubesphere())]
    pub kubesphere: KubeSphere,
    /// Don't watch accounts, namespaces, bindings, roles and pods. Each page then asks the API server for all of a
    /// project, lists aren't live, and people who may not list namespaces find their projects by name only
    #[arg(long, env = "MUSTERBOOK_NO_CACHES")]
    pub no_caches: bool,

    /// Address for Prometheus to ask for /metrics [default: none; it needs no signing in]
    #[arg(long, env = "MUSTERBOOK_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,
    /// Form of the log, which goes to standard error. RUST_LOG says how much [default level: info]
    #[arg(long, env = "MUSTERBOOK_LOG", value_enum, default_value_t = LogFormat::Text)]
    pub log: LogFormat,
}

fn kubesphere() -> impl TypedValueParser<Value = KubeSphere> {
    PossibleValuesParser::new(["auto", "v3", "v4", "off"]).try_map(|text| text.parse())
}

#[derive(Debug, Args)]
pub struct Permissions {
    /// User names that may sign in
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub people: Vec<String>,
    /// Groups they may be in
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub groups: Vec<String>,
    /// Namespaces that they work in
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub projects: Vec<String>,
    /// Namespace of Musterbook's own account
    #[arg(long, default_value = "musterbook", value_name = "NAME")]
    pub namespace: String,
    /// Name of Musterbook's own account
    #[arg(long, default_value = "musterbook", value_name = "NAME")]
    pub account: String,
}

impl Serve {
    pub fn public_url(&self) -> Result<PublicUrl, String> {
        match &self.public_url {
            Some(url) => PublicUrl::parse(url).map_err(|error| format!("--public-url {url}: {error}")),
            None if self.listen.ip().is_loopback() => {
                PublicUrl::parse(&format!("http://localhost:{}", self.listen.port()))
            }
            None => Err(format!("--public-url is needed, since {} can be reached from elsewhere", self.listen)),
        }
    }

    pub fn users_file(&self) -> Result<&Path, String> {
        self.users_file.as_deref().ok_or_else(|| "--users-file is needed: without it nobody can sign in".to_owned())
    }

    pub fn state_file(&self) -> PathBuf {
        self.state_file.clone().unwrap_or_else(|| self.session_key_file.with_file_name("state.json"))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn serve(args: &[&str]) -> Serve {
        Cli::try_parse_from([&["musterbook"], args].concat()).unwrap().serve
    }

    #[test]
    fn o2_every_flag_is_an_environment_variable_and_documented() {
        let command = Cli::command();
        command.clone().debug_assert();
        for arg in command.get_arguments().filter(|arg| !["help", "version"].contains(&arg.get_id().as_str())) {
            assert!(arg.get_env().is_some_and(|name| name.to_string_lossy().starts_with("MUSTERBOOK_")), "{arg}");
            assert!(arg.get_help().is_some(), "{arg}");
        }
    }

    #[test]
    fn o2_a_listener_for_others_needs_a_public_url() {
        assert!(serve(&[]).public_url().unwrap().is_origin("http://localhost:8080"));
        assert!(serve(&["--listen", "0.0.0.0:80"]).public_url().unwrap_err().contains("--public-url"));
        assert!(serve(&["--listen", "0.0.0.0:80", "--public-url", "https://m.example"]).public_url().is_ok());
    }

    #[test]
    fn o2_the_state_is_kept_beside_the_key() {
        assert_eq!(serve(&["--session-key-file", "/x/key"]).state_file(), Path::new("/x/state.json"));
    }
}
