//! The address people type. It decides which origins may post (SPEC Z2), and what the session cookie is called (SPEC Z1).

use http::Uri;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    https: bool,
    origins: Vec<String>,
}

impl PublicUrl {
    pub fn parse(text: &str) -> Result<Self, String> {
        let uri: Uri = text.parse().map_err(|error| format!("{error}"))?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("must start with https:// or http://".into()),
        };
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err("must be an address without path: cookies and links begin at /".into());
        }
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let default_port = if https { 443 } else { 80 };
        let port = uri.port_u16().filter(|&port| port != default_port);
        let origin = |host: &str| {
            let scheme = if https { "https" } else { "http" };
            port.map_or_else(|| format!("{scheme}://{host}"), |port| format!("{scheme}://{host}:{port}"))
        };
        if https {
            return Ok(Self { https, origins: vec![origin(&host)] });
        }
        if !LOOPBACK.contains(&host.as_str()) {
            return Err("must be https:// unless the host is localhost: a session over plain http can be stolen".into());
        }
        Ok(Self { https, origins: LOOPBACK.map(origin).to_vec() })
    }

    pub fn is_https(&self) -> bool {
        self.https
    }

    pub fn is_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|own| own == origin)
    }

    /// With the prefix, browsers accept the cookie only from this host, over https and for all paths.
    pub fn session_cookie(&self) -> &'static str {
        if self.https { "__Host-musterbook" } else { "musterbook" }
    }
}

impl std::fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.origins.first().map_or("", String::as_str))
    }
}

const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn z1_plain_http_is_for_localhost_only() {
        for bad in
            ["http://musterbook.example", "http://192.0.2.1:8080", "musterbook.example", "ftp://x", "https://x/sub", ""]
        {
            assert!(PublicUrl::parse(bad).is_err(), "{bad}");
        }
        let local = PublicUrl::parse("http://localhost:8080").unwrap();
        assert_eq!(local.session_cookie(), "musterbook");
        assert!(local.is_origin("http://127.0.0.1:8080") && !local.is_origin("http://localhost:8081"));
    }

    #[test]
    fn z2_an_origin_has_no_default_port_and_no_slash() {
        let url = PublicUrl::parse("https://Musterbook.example:443/").unwrap();
        assert_eq!(url.session_cookie(), "__Host-musterbook");
        assert!(url.is_origin("https://musterbook.example"));
        assert!(!url.is_origin("http://musterbook.example"));
        assert!(!url.is_origin("https://musterbook.example.evil"));
    }
}
