//! One value of a token Secret, asked for by name (SPEC E3).

use k8s_openapi::api::core::v1::{Secret, ServiceAccount};
use musterbook_core::AppError;
use secrecy::SecretString;

use crate::{
    acting::Acting,
    failure::refused,
    permissions::{GET_ACCOUNT, GET_SECRET},
    reads::{TOKEN_TYPE, belongs_to},
};

/// Any Secret but a token Secret of this account is not found, even if the actor may read it: this is no way around the
/// page that says whose it is.
pub(super) async fn value(
    acting: &Acting,
    project: &str,
    account: &str,
    secret: &str,
    key: &str,
) -> Result<SecretString, AppError> {
    let calls = acting.calls();
    let accounts = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project);
    let secrets = calls.in_project::<Secret>(&GET_SECRET, project);
    let (owner, found) = tokio::join!(accounts.get::<ServiceAccount>(account), secrets.get::<Secret>(secret));
    let (owner, found) = (owner?, found?);
    let uid = owner.metadata.uid.as_deref().unwrap_or_default();
    let is_token = found.type_.as_deref() == Some(TOKEN_TYPE);
    if !is_token || !belongs_to(&found.metadata, account, uid) {
        return Err(AppError::NotFound);
    }
    let value = found.data.and_then(|mut data| data.remove(key)).ok_or(AppError::NotFound)?;
    String::from_utf8(value.0).map(SecretString::from).map_err(|_| refused("the value is not text"))
}
