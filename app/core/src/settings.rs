//! What else an account has: labels, annotations, whether pods get its token, and the Secrets that images are pulled with
//! (SPEC X1, D6). In Kubernetes' own shape, so that two people's changes are merged as those of its YAML.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    account::Account,
    answer::Why,
    merge::{self, Conflict},
};

/// Of a key's name, and of a label's value, in characters (Kubernetes, labels and selectors).
const NAME_MAX: usize = 63;
/// Of what stands before a key's slash: a DNS name.
const PREFIX_MAX: usize = 253;
/// Of all annotations together, keys and values, in bytes.
pub const ANNOTATIONS_MAX: usize = 256 * 1024;

/// Keys that tools keep for themselves: KubeSphere's and Musterbook's, by the end of their prefix…
const KEPT_PREFIXES: [&str; 2] = ["kubesphere.io", "musterbook.dev"];
/// …and single ones.
const KEPT: [&str; 2] = ["kubectl.kubernetes.io/last-applied-configuration", "kubefed.io/managed"];
/// KubeSphere's older annotations for what Edit Information is about (SPEC D1). Labels of these names are anybody's.
const OLDER: [&str; 3] = ["displayName", "desc", "creator"];

/// The part of an account that the dialog is about; all else is left out when an account is read as one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Settings {
    pub metadata: Marks,
    /// `None` is not *no*: then the pods say (SPEC D6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automount_service_account_token: Option<bool>,
    pub image_pull_secrets: Vec<Named>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Marks {
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    #[serde(default)]
    pub name: String,
}

/// What the dialog shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSettings {
    pub account: Account,
    pub settings: Settings,
    /// What is shown and can't be changed there: keys that tools keep for themselves.
    pub kept: Marks,
    /// The project's Secrets that images can be pulled with, or why they can't be seen.
    pub pull_secrets: Result<Vec<String>, Why>,
}

/// A row of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pair {
    /// Empty: no row at all.
    pub key: String,
    pub value: String,
    /// Somebody else changed it, too, and the person chose that: what they saw stays.
    pub keep: bool,
}

/// What the form sends: what is wanted, and what the person saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsInput {
    pub labels: Vec<Pair>,
    pub annotations: Vec<Pair>,
    /// `true`, `false`, or nothing.
    pub automount: String,
    pub pull_secrets: Vec<String>,
    /// Names that were typed, with spaces or commas between them.
    pub more_pull_secrets: String,
    /// [`Settings`] as JSON.
    pub seen: String,
    pub uid: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Label,
    Annotation,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairProblem {
    NoKey,
    Key,
    /// A tool keeps it for itself.
    Kept,
    Value,
    Twice,
}

impl Settings {
    /// Without the keys that tools keep for themselves, and with those.
    pub fn parted(mut self) -> (Self, Marks) {
        let mut kept = Marks::default();
        (kept.labels, self.metadata.labels) =
            self.metadata.labels.into_iter().partition(|(key, _)| is_kept(Kind::Label, key));
        (kept.annotations, self.metadata.annotations) =
            self.metadata.annotations.into_iter().partition(|(key, _)| is_kept(Kind::Annotation, key));
        (self, kept)
    }

    pub fn pulls_with(&self, name: &str) -> bool {
        self.image_pull_secrets.iter().any(|secret| secret.name == name)
    }

    /// What `self` and `theirs` changed of `seen`, with `self`'s where both changed the same, and what that is.
    pub fn merged(&self, seen: &Self, theirs: &Self) -> (Self, Vec<Conflict>) {
        let [seen, mine, theirs] = [seen, self, theirs].map(|settings| json!(settings));
        let merge::Merge { merged, conflicts } = merge::merge(&seen, &mine, &theirs);
        let merged = serde_json::from_value(merged).unwrap_or_else(|_| unreachable!("settings were merged"));
        (merged, conflicts)
    }

    /// The merge patch that makes `to` of it: nothing that is the same, and `null` for what goes (SPEC D6).
    pub fn patch(&self, to: &Self) -> Map<String, Value> {
        let mut patch = Map::new();
        let mut metadata = Map::new();
        let changed = |from: &BTreeMap<String, String>, to: &BTreeMap<String, String>| {
            let gone = from.keys().filter(|key| !to.contains_key(*key)).map(|key| (key.clone(), Value::Null));
            let new = to.iter().filter(|(key, value)| from.get(*key) != Some(value));
            gone.chain(new.map(|(key, value)| (key.clone(), json!(value)))).collect::<Map<_, _>>()
        };
        for (field, from, to) in [
            ("labels", &self.metadata.labels, &to.metadata.labels),
            ("annotations", &self.metadata.annotations, &to.metadata.annotations),
        ] {
            let changed = changed(from, to);
            if !changed.is_empty() {
                metadata.insert(field.into(), changed.into());
            }
        }
        if !metadata.is_empty() {
            patch.insert("metadata".into(), metadata.into());
        }
        if self.automount_service_account_token != to.automount_service_account_token {
            patch.insert("automountServiceAccountToken".into(), json!(to.automount_service_account_token));
        }
        if self.image_pull_secrets != to.image_pull_secrets {
            let all = Some(&to.image_pull_secrets).filter(|all| !all.is_empty());
            patch.insert("imagePullSecrets".into(), json!(all));
        }
        patch
    }
}

impl SettingsInput {
    pub fn seen(&self) -> Settings {
        // Without it, whatever differs from the cluster is a conflict, and nothing is overwritten.
        serde_json::from_str(&self.seen).unwrap_or_default()
    }

    /// What is wanted. `None`: something is wrong with it, which [`problems`], [`is_object_name`] and [`size`] say.
    pub fn wanted(&self, seen: &Settings) -> Option<Settings> {
        let rows = |kind, pairs: &[Pair], seen: &BTreeMap<String, String>| {
            let fine = problems(kind, pairs).iter().all(Option::is_none);
            fine.then(|| pairs.iter().filter_map(|pair| pair.wanted(seen)).collect::<BTreeMap<_, _>>())
        };
        let labels = rows(Kind::Label, &self.labels, &seen.metadata.labels)?;
        let annotations = rows(Kind::Annotation, &self.annotations, &seen.metadata.annotations)?;
        let names = self.pull_secret_names();
        // Kubernetes takes any name: one that is there keeps nobody from changing something else.
        if names.iter().any(|name| !is_object_name(name) && !seen.pulls_with(name))
            || size(&annotations) > ANNOTATIONS_MAX
        {
            return None;
        }
        // Those that stay keep their order: it is the one in which they are tried.
        let stay = seen.image_pull_secrets.iter().filter(|secret| names.contains(&secret.name)).cloned();
        let new = names.iter().filter(|name| !seen.pulls_with(name)).map(|name| Named { name: name.clone() });
        Some(Settings {
            metadata: Marks { labels, annotations },
            automount_service_account_token: self.automount.parse().ok(),
            image_pull_secrets: stay.chain(new).collect(),
        })
    }

    /// Chosen and typed, each once.
    pub fn pull_secret_names(&self) -> Vec<String> {
        let mut known = BTreeSet::new();
        let chosen = self.pull_secrets.iter().map(String::as_str);
        let all = chosen.chain(typed_names(&self.more_pull_secrets));
        all.filter(|name| known.insert((*name).to_owned())).map(Into::into).collect()
    }
}

impl Pair {
    fn wanted(&self, seen: &BTreeMap<String, String>) -> Option<(String, String)> {
        let key = self.key.trim();
        let lines = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
        let value = match seen.get(key) {
            seen if self.keep => seen?.clone(),
            // No form gives carriage returns back (HTML standard): that they are missing is nobody's change.
            Some(seen) if lines(seen) == lines(&self.value) => seen.clone(),
            _ => lines(&self.value),
        };
        (!key.is_empty()).then(|| (key.to_owned(), value))
    }
}

/// Keys and values, in bytes, as the limit counts them.
pub fn size(annotations: &BTreeMap<String, String>) -> usize {
    annotations.iter().map(|(key, value)| key.len() + value.len()).sum()
}

/// What is wrong with each of the rows.
pub fn problems(kind: Kind, pairs: &[Pair]) -> Vec<Option<PairProblem>> {
    let mut known = BTreeSet::new();
    let check = |pair: &Pair| {
        let key = pair.key.trim();
        let twice = !key.is_empty() && !known.insert(key.to_owned());
        check_pair(kind, key, &pair.value).err().or(twice.then_some(PairProblem::Twice))
    };
    pairs.iter().map(check).collect()
}

/// Kubernetes' own rules. An annotation's value may be anything.
pub fn check_pair(kind: Kind, key: &str, value: &str) -> Result<(), PairProblem> {
    if key.is_empty() {
        return if value.is_empty() { Ok(()) } else { Err(PairProblem::NoKey) };
    }
    if is_kept(kind, key) {
        return Err(PairProblem::Kept);
    }
    // Kubernetes takes capitals in the prefix of an annotation's key.
    let lower = match kind {
        Kind::Label => key.to_owned(),
        Kind::Annotation => key.to_ascii_lowercase(),
    };
    let fine = match lower.split_once('/') {
        Some((prefix, name)) => prefix.len() <= PREFIX_MAX && is_dns_name(prefix) && is_name(name),
        None => is_name(&lower),
    };
    if !fine {
        return Err(PairProblem::Key);
    }
    let fine = kind == Kind::Annotation || value.is_empty() || is_name(value);
    if fine { Ok(()) } else { Err(PairProblem::Value) }
}

/// Names in a text, with spaces, line breaks or commas between them.
pub fn typed_names(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', '\n', '\r', '\t']).filter(|name| !name.is_empty())
}

/// A Secret's name.
pub fn is_object_name(name: &str) -> bool {
    name.len() <= PREFIX_MAX && is_dns_name(name)
}

/// Whether a tool keeps this key for itself.
pub fn is_kept(kind: Kind, key: &str) -> bool {
    let of = |owner: &str, prefix: &str| {
        prefix.strip_suffix(owner).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    let prefix = key.split_once('/').map(|(prefix, _)| prefix);
    KEPT.contains(&key)
        || kind == Kind::Annotation && OLDER.contains(&key)
        || prefix.is_some_and(|prefix| KEPT_PREFIXES.iter().any(|owner| of(owner, prefix)))
}

fn is_name(name: &str) -> bool {
    let (first, last) = (name.bytes().next(), name.bytes().last());
    let ends = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    name.len() <= NAME_MAX
        && ends(first)
        && ends(last)
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn is_dns_name(name: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.split('.').all(|label| {
        let bytes = label.as_bytes();
        bytes.iter().all(|byte| fine(*byte) || *byte == b'-')
            && bytes.first().copied().is_some_and(fine)
            && bytes.last().copied().is_some_and(fine)
    })
}

#[cfg(test)]
mod tests;
