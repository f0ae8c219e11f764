//! Connecting: which cluster, as whom, and what issued kubeconfigs say about where it is (SPEC O2, K1).

use std::{path::PathBuf, time::Duration};

use kube::config::{AuthInfo, Config, KubeConfigOptions, Kubeconfig};
use musterbook_core::credential::{Ca, Endpoint};

use crate::{Cluster, KubeSphere};

/// How to reach the cluster. [`Default`] is: in a pod as its own account, elsewhere by the usual kubeconfig.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    pub kubeconfig: Option<PathBuf>,
    /// A context of the kubeconfig; `None`: its current one.
    pub context: Option<String>,
    /// What issued kubeconfigs may say; empty: the address that Musterbook itself uses.
    pub endpoints: Vec<EndpointConfig>,
    /// For all the calls of one page or one act together. Below 10 s, or a page could hang for longer (SPEC Z5).
    pub call_timeout: Duration,
    pub kubesphere: KubeSphere,
    /// Watch accounts, namespaces, bindings, roles and pods, so that lists of a large cluster are fast and live, and
    /// people who may not list namespaces find their projects (SPEC P2, S2).
    pub caches: bool,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            kubeconfig: None,
            context: None,
            endpoints: Vec::new(),
            call_timeout: Duration::from_secs(8),
            kubesphere: KubeSphere::Auto,
            caches: true,
        }
    }
}

/// An API server address for issued kubeconfigs (SPEC K1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndpointConfig {
    pub name: String,
    pub server: String,
    /// PEM in base64. `None`, and no `system_roots`: the project's `kube-root-ca.crt`.
    pub ca_data: Option<String>,
    /// The client's own roots: no CA in the kubeconfig.
    pub system_roots: bool,
    pub tls_server_name: Option<String>,
}

/// The configuration can't be used. That the API server does not answer is not meant: Musterbook starts without it.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("no usable kubeconfig: {0}")]
    Kubeconfig(#[from] kube::config::KubeconfigError),
    #[error("no kubeconfig, and not in a pod: {0}")]
    Nowhere(#[from] kube::config::InferConfigError),
    #[error("the kubeconfig's user impersonates somebody; Musterbook does that itself, for each person")]
    Impersonates,
    #[error("no client: {0}")]
    Client(#[from] kube::Error),
}

/// Long enough for a busy network, short enough to say soon that the API server is away (SPEC Z5).
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

impl Cluster {
    /// Reads the configuration and starts the caches. Call it in a tokio runtime. It does not wait for the API server.
    pub async fn connect(options: ConnectOptions) -> Result<Self, ConnectError> {
        let mut config = config(&options).await?;
        if impersonates(&config.auth_info) {
            return Err(ConnectError::Impersonates);
        }
        // Off: it would retry beneath our own policy, writes too, for up to 1000 s.
        config.default_retry = false;
        config.connect_timeout = Some(CONNECT_TIMEOUT);
        // None: watches share the pool. Calls have a limit of their own.
        config.read_timeout = None;

        let mut anonymous = config.clone();
        anonymous.auth_info = AuthInfo::default();
        let endpoints = endpoints(&options, &config);
        let base = kube::Client::try_from(config)?;
        let anonymous = kube::Client::try_from(anonymous)?;
        Ok(Self::over(base, anonymous, endpoints, &options))
    }
}

async fn config(options: &ConnectOptions) -> Result<Config, ConnectError> {
    let chosen = KubeConfigOptions { context: options.context.clone(), ..Default::default() };
    if let Some(path) = &options.kubeconfig {
        return Ok(Config::from_custom_kubeconfig(Kubeconfig::read_from(path)?, &chosen).await?);
    }
    if options.context.is_some() {
        return Ok(Config::from_kubeconfig(&chosen).await?);
    }
    match Config::incluster() {
        Ok(config) => Ok(config),
        Err(_not_in_a_pod) => Ok(Config::infer().await?),
    }
}

fn impersonates(auth: &AuthInfo) -> bool {
    auth.impersonate.is_some()
        || auth.impersonate_uid.is_some()
        || auth.impersonate_groups.is_some()
        || auth.impersonate_user_extra.is_some()
}

fn endpoints(options: &ConnectOptions, config: &Config) -> Vec<EndpointConfig> {
    if !options.endpoints.is_empty() {
        return options.endpoints.clone();
    }
    vec![EndpointConfig {
        name: "default".into(),
        server: config.cluster_url.to_string().trim_end_matches('/').to_owned(),
        tls_server_name: config.tls_server_name.clone(),
        ..Default::default()
    }]
}

impl From<&EndpointConfig> for Endpoint {
    fn from(config: &EndpointConfig) -> Self {
        Self {
            name: config.name.clone(),
            server: config.server.clone(),
            tls_server_name: config.tls_server_name.clone(),
            ca: match &config.ca_data {
                _ if config.system_roots => Ca::SystemRoots,
                Some(data) => Ca::Given(data.clone()),
                None => Ca::OfTheProject,
            },
        }
    }
}
