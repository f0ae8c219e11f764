//! Token Secrets of an account, without their values (SPEC E3).

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{Secret, ServiceAccount},
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use musterbook_core::{
    Answer, AppError,
    answer::Part,
    credential::{SecretKey, TokenSecret},
};
use serde::{Deserialize, Deserializer};

use super::actor_reads::{answer, part};
use crate::{
    acting::Acting,
    convert::created,
    permissions::{GET_ACCOUNT, LIST_SECRETS},
};

pub(crate) const TOKEN_TYPE: &str = "kubernetes.io/service-account-token";
const ACCOUNT_NAME: &str = "kubernetes.io/service-account.name";
const ACCOUNT_UID: &str = "kubernetes.io/service-account.uid";
const LAST_USED: &str = "kubernetes.io/legacy-token-last-used";
const INVALID_SINCE: &str = "kubernetes.io/legacy-token-invalid-since";

pub(super) async fn token_secrets(
    acting: &Acting,
    project: &str,
    account: &str,
) -> Result<Answer<Vec<TokenSecret>>, AppError> {
    let calls = acting.calls();
    let accounts = calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project);
    let secrets = calls.in_project::<Secret>(&LIST_SECRETS, project);
    let fields = format!("type={TOKEN_TYPE}");
    let (account, secrets) =
        tokio::join!(accounts.get::<ServiceAccount>(account), secrets.list_pages::<Shape>(&fields));
    let account = account?;
    let mut missing = Vec::new();
    let secrets = part(&mut missing, Part::TokenSecrets, secrets).unwrap_or_default();
    let mut found: Vec<_> =
        secrets.into_iter().filter(|secret| is_of(secret, &account)).map(TokenSecret::from).collect();
    found.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| a.name.cmp(&b.name)));
    Ok(answer(found, missing))
}

/// Named by the account's `secrets`, as Kubernetes did before 1.24, or naming the account.
fn is_of(secret: &Shape, account: &ServiceAccount) -> bool {
    let listed = account.secrets.as_deref().unwrap_or_default();
    listed.iter().any(|entry| entry.name.is_some() && entry.name == secret.metadata.name)
        || account
            .metadata
            .name
            .as_deref()
            .is_some_and(|name| belongs_to(&secret.metadata, name, account.metadata.uid.as_deref().unwrap_or_default()))
}

/// Whether a token Secret names this account. One with another uid is a former namesake's: its token is dead.
pub(crate) fn belongs_to(secret: &ObjectMeta, name: &str, uid: &str) -> bool {
    let note = |key| secret.annotations.as_ref().and_then(|notes| notes.get(key)).map(String::as_str);
    note(ACCOUNT_NAME) == Some(name) && note(ACCOUNT_UID).is_none_or(|of| of == uid)
}

/// A Secret whose values are weighed while they are read, and never kept.
#[derive(Debug, Clone, Deserialize)]
struct Shape {
    metadata: ObjectMeta,
    #[serde(default)]
    data: Option<BTreeMap<String, Weight>>,
}

#[derive(Debug, Clone, Copy)]
struct Weight(usize);

impl<'de> Deserialize<'de> for Weight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Weight;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("base64")
            }

            fn visit_str<E>(self, text: &str) -> Result<Weight, E> {
                let padding = text.bytes().rev().take_while(|byte| *byte == b'=').count();
                Ok(Weight((text.len() / 4 * 3).saturating_sub(padding)))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

impl From<Shape> for TokenSecret {
    fn from(secret: Shape) -> Self {
        let label = |key| secret.metadata.labels.as_ref().and_then(|labels| labels.get(key)).cloned();
        let keys = secret.data.iter().flatten();
        Self {
            created: created(&secret.metadata),
            keys: keys.map(|(key, weight)| SecretKey { key: key.clone(), bytes: weight.0 }).collect(),
            last_used: label(LAST_USED),
            invalid_since: label(INVALID_SINCE),
            name: secret.metadata.name.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn e3_a_value_is_weighed_and_dropped() {
        let shape: Shape = serde_json::from_value(json!({
            "metadata": { "name": "t", "creationTimestamp": "2026-01-01T00:00:00Z", "labels": { LAST_USED: "2026-02-03" } },
            "data": { "token": "YWJjZA==", "namespace": "", "ca.crt": "YWJj" },
        }))
        .unwrap();
        let secret = TokenSecret::from(shape);
        let bytes: Vec<_> = secret.keys.iter().map(|key| (key.key.as_str(), key.bytes)).collect();
        assert_eq!(bytes, [("ca.crt", 3), ("namespace", 0), ("token", 4)]);
        assert_eq!(secret.last_used.as_deref(), Some("2026-02-03"));
    }

    #[test]
    fn e3_a_former_namesakes_secret_is_not_this_accounts() {
        let secret = |uid: &str| -> ObjectMeta {
            serde_json::from_value(json!({ "annotations": { ACCOUNT_NAME: "ci", ACCOUNT_UID: uid } })).unwrap()
        };
        assert!(belongs_to(&secret("u1"), "ci", "u1"));
        assert!(!belongs_to(&secret("u0"), "ci", "u1"));
        assert!(!belongs_to(&secret("u1"), "other", "u1"));
    }
}
