//! The two calls that bring a secret value. It goes to the person who asked, and nowhere else (SPEC K3): these are
//! never called while a page is rendered, and their answers are in no resource and no address.

use leptos::prelude::*;
use musterbook_core::{AppError, Timestamp, credential::IssueInput, wire::Json};
use serde::{Deserialize, Serialize};

/// A kubeconfig with a fresh token. Not `Debug`: it is not to be logged.
#[derive(Clone, Serialize, Deserialize)]
pub struct Issued {
    pub yaml: String,
    /// As the API server said (SPEC K1).
    pub expires: Timestamp,
    pub server: String,
    pub in_cluster_only: bool,
}

/// One value of a token Secret of the account.
#[server(prefix = "/api", endpoint = "credentials/reveal", output = Json)]
pub async fn reveal_value(project: String, account: String, secret: String, key: String) -> Result<String, AppError> {
    use secrecy::ExposeSecret;

    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    let value = cx.client().reveal(&project, &account, &secret, &key).await.inspect_err(set_status)?;
    Ok(value.expose_secret().to_owned())
}

#[server(prefix = "/api", endpoint = "credentials/kubeconfig", output = Json)]
pub async fn issue_kubeconfig(project: String, name: String, input: IssueInput) -> Result<Issued, AppError> {
    use secrecy::ExposeSecret;

    use crate::server::{RequestCx, set_status};
    let cx = RequestCx::extract().inspect_err(set_status)?;
    input.check().map_err(AppError::Invalid).inspect_err(set_status)?;
    let issued = cx.client().issue_kubeconfig(&project, &name, &input).await.inspect_err(set_status)?;
    Ok(Issued {
        yaml: issued.yaml.expose_secret().to_owned(),
        expires: issued.expires,
        server: issued.server,
        in_cluster_only: issued.in_cluster_only,
    })
}
