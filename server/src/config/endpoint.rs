//! An API server address that kubeconfigs may carry (SPEC K1).

use std::{path::PathBuf, str::FromStr};

use http::Uri;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub name: String,
    pub url: String,
    pub ca: Ca,
    pub tls_server_name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ca {
    /// `kube-root-ca.crt` of the project.
    OfTheCluster,
    File(PathBuf),
    SystemRoots,
}

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',');
        let (name, url) = parts.next().and_then(|first| first.split_once('=')).ok_or("must begin with NAME=URL")?;
        if name.is_empty() {
            return Err("must begin with NAME=URL".into());
        }
        let parsed: Uri = url.parse().map_err(|error| format!("{url}: {error}"))?;
        if parsed.scheme_str() != Some("https") || parsed.query().is_some() {
            return Err(format!("{url}: must be an https:// address, since a token is sent there"));
        }
        let mut endpoint =
            Self { name: name.to_owned(), url: url.to_owned(), ca: Ca::OfTheCluster, tls_server_name: None };
        for part in parts {
            match part.split_once('=') {
                Some(("ca-file", file)) if endpoint.ca == Ca::OfTheCluster => endpoint.ca = Ca::File(file.into()),
                None if part == "system-roots" && endpoint.ca == Ca::OfTheCluster => endpoint.ca = Ca::SystemRoots,
                Some(("tls-server-name", name)) => endpoint.tls_server_name = Some(name.to_owned()),
                _ => {
                    return Err(format!(
                        "{part}: not ca-file=FILE, system-roots (one of them) or tls-server-name=NAME"
                    ));
                }
            }
        }
        Ok(endpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k1_an_endpoint_has_a_name_a_url_a_ca_and_a_server_name() {
        let endpoint: Endpoint =
            "vpn=https://10.0.0.1:6443,ca-file=/ca.pem,tls-server-name=kubernetes".parse().unwrap();
        assert_eq!(endpoint.name, "vpn");
        assert_eq!(endpoint.ca, Ca::File("/ca.pem".into()));
        assert_eq!(endpoint.tls_server_name.as_deref(), Some("kubernetes"));
        assert_eq!("x=https://k,system-roots".parse::<Endpoint>().unwrap().ca, Ca::SystemRoots);
        for bad in
            ["https://k", "=https://k", "x=http://k", "x=k", "x=https://k,ca", "x=https://k,system-roots,ca-file=/x"]
        {
            assert!(bad.parse::<Endpoint>().is_err(), "{bad}");
        }
    }
}
