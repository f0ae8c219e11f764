//! Token Secrets of an account, without their values (SPEC E3).

use std::collections::{BTreeMap, HashMap};

use k8s_openapi::{
    api::core::v1::{Secret, ServiceAccount},
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use musterbook_core::{
    Answer, AppError, Missing, Timestamp,
    account::AccountId,
    answer::Part,
    credential::{CredentialSummary, Risk, SecretKey, TokenSecret, UNUSED_DAYS},
};
use serde::{Deserialize, Deserializer};

use super::actor_reads::{answer, part};
use crate::{
    acting::Acting,
    binding::UID_LABEL,
    convert::created,
    permissions::{GET_ACCOUNT, LIST_SECRETS},
};

pub(crate) const TOKEN_TYPE: &str = "kubernetes.io/service-account-token";
const ACCOUNT_NAME: &str = "kubernetes.io/service-account.name";
const ACCOUNT_UID: &str = "kubernetes.io/service-account.uid";
/// Of the Secret that an issued token is bound to, and when that token ends (SPEC K4).
pub(crate) const HANDLE_TYPE: &str = "musterbook.dev/credential";
const EXPIRES: &str = "musterbook.dev/expires";
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

/// Counts per account from metadata alone: one list of each type, whatever the number of accounts (SPEC L1, K5).
pub(super) async fn summaries(
    acting: &Acting,
    project: &str,
    accounts: &[AccountId],
) -> Answer<Vec<CredentialSummary>> {
    let calls = acting.calls();
    let secrets = calls.in_project::<Secret>(&LIST_SECRETS, project);
    let fields = [TOKEN_TYPE, HANDLE_TYPE].map(|kind| format!("type={kind}"));
    let [tokens, handles] = &fields;
    let (tokens, handles) =
        tokio::join!(secrets.list_metadata::<Secret>(Some(tokens)), secrets.list_metadata::<Secret>(Some(handles)));
    let mut missing = Vec::new();
    let read = match (tokens, handles) {
        (Ok(tokens), Ok(handles)) => [tokens, handles].concat(),
        (Err(failure), _) | (_, Err(failure)) => {
            missing.push(Missing { what: Part::TokenSecrets, why: failure.why() });
            Vec::new()
        }
    };
    let places: HashMap<_, _> =
        accounts.iter().enumerate().map(|(place, account)| (account.name.as_str(), place)).collect();
    let handled: HashMap<_, _> =
        accounts.iter().enumerate().map(|(place, account)| (account.uid.as_str(), place)).collect();
    let now = jiff::Timestamp::now();
    let mut summaries = vec![CredentialSummary::default(); accounts.len()];
    for secret in &read {
        let metadata = &secret.metadata;
        let of = label(metadata, UID_LABEL).and_then(|uid| handled.get(uid)).or_else(|| {
            let place = places.get(note(metadata, ACCOUNT_NAME)?)?;
            Some(place).filter(|place| belongs_to(metadata, &accounts[**place].name, &accounts[**place].uid))
        });
        if let Some(place) = of {
            add(&mut summaries[*place], metadata, now);
        }
    }
    answer(summaries, missing)
}

/// A handle says when its token ends; a token Secret has no end (SPEC K4, K6).
fn add(summary: &mut CredentialSummary, metadata: &ObjectMeta, now: jiff::Timestamp) {
    let expires: Option<jiff::Timestamp> = note(metadata, EXPIRES).and_then(|text| text.parse().ok());
    if expires.is_some_and(|expires| expires <= now) {
        return;
    }
    summary.count += 1;
    match expires {
        Some(expires) => {
            let expires = Timestamp::from_millisecond(expires.as_millisecond());
            summary.expires = Some(summary.expires.map_or(expires, |soonest| soonest.min(expires)));
        }
        None => summary.risk = summary.risk.max(Some(risk(metadata, now))),
    }
}

/// Whether the token that a handle is for has ended by itself.
pub(super) fn has_ended(handle: &ObjectMeta, now: jiff::Timestamp) -> bool {
    note(handle, EXPIRES).and_then(|text| text.parse::<jiff::Timestamp>().ok()).is_some_and(|expires| expires <= now)
}

fn risk(metadata: &ObjectMeta, now: jiff::Timestamp) -> Risk {
    if label(metadata, INVALID_SINCE).is_some() {
        return Risk::Invalid;
    }
    let used = label(metadata, LAST_USED).and_then(|day| day.parse::<jiff::civil::Date>().ok());
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let days = used.and_then(|used| u32::try_from((today - used).get_days()).ok());
    match days {
        Some(days) if days >= UNUSED_DAYS => Risk::Unused { days },
        _ => Risk::NeverExpires,
    }
}

fn label<'a>(metadata: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    metadata.labels.as_ref()?.get(key).map(String::as_str)
}

fn note<'a>(metadata: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    metadata.annotations.as_ref()?.get(key).map(String::as_str)
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
    note(secret, ACCOUNT_NAME) == Some(name) && note(secret, ACCOUNT_UID).is_none_or(|of| of == uid)
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
        let label = |key| label(&secret.metadata, key).map(Into::into);
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
