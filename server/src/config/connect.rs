//! From flags to what `server/cluster` connects with.

use std::{path::Path, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use musterbook_cluster::{ConnectOptions, EndpointConfig};

use super::{
    Serve,
    endpoint::{Ca, Endpoint},
};

/// Below the server's own limit for a request, so that a page can still say that the API server is slow (SPEC Z5).
const CALLS: Duration = Duration::from_secs(8);

impl Serve {
    pub fn connect_options(&self) -> Result<ConnectOptions, String> {
        Ok(ConnectOptions {
            kubeconfig: self.kubeconfig.clone(),
            context: self.context.clone(),
            endpoints: self.endpoints.iter().map(endpoint).collect::<Result<_, _>>()?,
            call_timeout: CALLS,
            kubesphere: self.kubesphere,
            caches: !self.no_caches,
        })
    }
}

fn endpoint(flag: &Endpoint) -> Result<EndpointConfig, String> {
    let ca_data = match &flag.ca {
        Ca::File(file) => Some(read_ca(file).map_err(|error| format!("--endpoint {}: {error}", flag.name))?),
        Ca::OfTheCluster | Ca::SystemRoots => None,
    };
    Ok(EndpointConfig {
        name: flag.name.clone(),
        server: flag.url.clone(),
        ca_data,
        system_roots: flag.ca == Ca::SystemRoots,
        tls_server_name: flag.tls_server_name.clone(),
    })
}

fn read_ca(file: &Path) -> Result<String, String> {
    let pem = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    if !pem.contains("-----BEGIN CERTIFICATE-----") {
        return Err(format!("{}: holds no certificate in PEM", file.display()));
    }
    Ok(STANDARD.encode(pem))
}
