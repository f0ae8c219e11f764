//! Issue kubeconfig (SPEC K1, K2). The token is asked for last, when the rest of the kubeconfig is there: one that could
//! not be shown would live on.

use base64::{Engine, engine::general_purpose::STANDARD};
use k8s_openapi::api::{
    authentication::v1::{TokenRequest, TokenRequestSpec},
    core::v1::{ConfigMap, ServiceAccount},
};
use kube::config::Kubeconfig as ClusterInfo;
use musterbook_core::{
    AppError, Timestamp,
    credential::{IssueInput, IssueWish},
    form::{Field, FieldError, Problem},
    kubeconfig::Kubeconfig,
};
use secrecy::{ExposeSecret, SecretString};

use super::IssuedKubeconfig;
use crate::{
    EndpointConfig,
    acting::Acting,
    calls::Calls,
    cluster,
    failure::broken,
    permissions::{GET_ACCOUNT, GET_ROOT_CA, ISSUE_TOKEN},
};

pub(super) async fn issue(
    acting: &Acting,
    project: &str,
    account: &str,
    input: &IssueInput,
) -> Result<IssuedKubeconfig, AppError> {
    let wish = input.check().map_err(AppError::Invalid)?;
    let endpoint = endpoint(&acting.shared.endpoints, wish.endpoint.as_deref())?;
    let calls = acting.calls();
    let ca = ca(acting, &calls, endpoint, project, account).await?;
    let (token, expires) = token(&calls, project, account, &wish).await?;
    let kubeconfig = Kubeconfig {
        account,
        cluster: cluster::name(),
        server: &endpoint.server,
        ca_data: ca.as_deref(),
        tls_server_name: endpoint.tls_server_name.as_deref(),
        namespace: wish.namespace.as_deref().unwrap_or(project),
        context: wish.context.as_deref(),
        token: token.expose_secret(),
    };
    Ok(IssuedKubeconfig {
        yaml: SecretString::from(kubeconfig.to_yaml()),
        expires,
        server: endpoint.server.clone(),
        in_cluster_only: is_in_cluster_only(&endpoint.server),
    })
}

async fn token(
    calls: &Calls,
    project: &str,
    account: &str,
    wish: &IssueWish,
) -> Result<(SecretString, Timestamp), AppError> {
    let spec = TokenRequestSpec {
        audiences: wish.audience.clone().map(|audience| vec![audience]),
        expiration_seconds: Some(wish.seconds),
        ..Default::default()
    };
    let request = TokenRequest { spec: Some(spec), ..Default::default() };
    let tokens = calls.in_project::<ServiceAccount>(&ISSUE_TOKEN, project);
    let status = tokens.create_below::<TokenRequest>(account, &request).await?.status.unwrap_or_default();
    match (status.token, status.expiration_timestamp) {
        (Some(token), Some(expires)) if !token.is_empty() => {
            Ok((SecretString::from(token), Timestamp::from_millisecond(expires.0.as_millisecond())))
        }
        _ => Err(broken(&"a TokenRequest was answered without a token")),
    }
}

fn endpoint<'a>(endpoints: &'a [EndpointConfig], name: Option<&str>) -> Result<&'a EndpointConfig, AppError> {
    let found = match name {
        Some(name) => endpoints.iter().find(|endpoint| endpoint.name == name),
        None => endpoints.first(),
    };
    found.ok_or_else(|| AppError::Invalid(vec![FieldError { field: Field::Endpoint, problem: Problem::NotOffered }]))
}

/// The CA in base64; `None` for the client's own roots.
async fn ca(
    acting: &Acting,
    calls: &Calls,
    endpoint: &EndpointConfig,
    project: &str,
    account: &str,
) -> Result<Option<String>, AppError> {
    if endpoint.system_roots {
        return Ok(None);
    }
    if endpoint.ca_data.is_some() {
        return Ok(endpoint.ca_data.clone());
    }
    let maps = calls.in_project::<ConfigMap>(&GET_ROOT_CA, project);
    match maps.get::<ConfigMap>(GET_ROOT_CA.name.unwrap_or_default()).await {
        Ok(map) => match map.data.and_then(|mut data| data.remove("ca.crt")).filter(|pem| !pem.trim().is_empty()) {
            Some(pem) => Ok(Some(STANDARD.encode(pem))),
            None => cluster_info(acting).await.ok_or_else(|| broken(&"kube-root-ca.crt has no ca.crt")).map(Some),
        },
        Err(failure) if failure.is_denied() || failure.is_not_found() => match cluster_info(acting).await {
            Some(ca) => Ok(Some(ca)),
            None if failure.is_not_found() => Err(no_ca(calls, project, account).await),
            None => Err(failure.into()),
        },
        Err(failure) => Err(failure.into()),
    }
}

/// Kubernetes puts the CA into every project: perhaps there is no such project.
async fn no_ca(calls: &Calls, project: &str, account: &str) -> AppError {
    match calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project).get::<ServiceAccount>(account).await {
        Ok(_) => broken(&"kube-root-ca.crt is not in the project, and kube-public/cluster-info has no CA"),
        Err(failure) => failure.into(),
    }
}

/// What kubeadm publishes for joining nodes, readable by anybody: asked for without any credentials.
async fn cluster_info(acting: &Acting) -> Option<String> {
    let request = http::Request::get("/api/v1/namespaces/kube-public/configmaps/cluster-info").body(Vec::new()).ok()?;
    let asked = acting.shared.anonymous.request::<ConfigMap>(request);
    let map = match tokio::time::timeout(acting.shared.call_timeout / 4, asked).await {
        Ok(Ok(map)) => map,
        Ok(Err(error)) => {
            tracing::debug!(%error, "cluster-info");
            return None;
        }
        Err(_) => return None,
    };
    let info = ClusterInfo::from_yaml(map.data?.get("kubeconfig")?).ok()?;
    info.clusters.into_iter().find_map(|named| named.cluster?.certificate_authority_data)
}

/// Kubernetes' own name for the API server is known to the cluster's DNS only.
fn is_in_cluster_only(server: &str) -> bool {
    let host = server.parse::<http::Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default();
    host == "kubernetes"
        || host.starts_with("kubernetes.default")
        || host.ends_with(".svc")
        || host.ends_with(".cluster.local")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k1_an_address_of_the_clusters_dns_works_inside_only() {
        for inside in ["https://kubernetes.default.svc:443", "https://kubernetes.default", "https://api.x.svc"] {
            assert!(is_in_cluster_only(inside), "{inside}");
        }
        for outside in ["https://kubernetes.example.com", "https://10.0.0.1:6443", "https://[::1]:6443"] {
            assert!(!is_in_cluster_only(outside), "{outside}");
        }
    }
}
