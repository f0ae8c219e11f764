//! What the form shows: the account as it is, or what was typed, with what somebody else changed meanwhile (SPEC X1).

use std::collections::BTreeMap;

use musterbook_core::settings::{Pair, Settings, SettingsInput};

/// Empty rows at the end, so that something can be added without scripts.
const BLANK: usize = 2;

/// A row to begin with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    pub key: String,
    pub value: String,
    /// Somebody else has another value for it by now; nothing where they took it away.
    pub theirs: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    pub labels: Vec<Start>,
    pub annotations: Vec<Start>,
    pub automount: Option<bool>,
    /// What it is in the cluster, where both changed it.
    pub automount_theirs: Option<Option<bool>>,
    pub pull_secrets: Vec<String>,
    pub more_pull_secrets: String,
    /// What the next attempt is made from.
    pub seen: Settings,
    /// What somebody else changed, and is taken over.
    pub taken_over: Vec<String>,
    /// It is not as the cluster has it.
    pub changed: bool,
}

impl Shown {
    pub fn of(seen: Settings) -> Self {
        Self {
            labels: rows(&seen.metadata.labels),
            annotations: rows(&seen.metadata.annotations),
            automount: seen.automount_service_account_token,
            pull_secrets: seen.image_pull_secrets.iter().map(|secret| secret.name.clone()).collect(),
            seen,
            ..Self::default()
        }
    }

    /// As it was typed.
    pub fn typed(input: &SettingsInput) -> Self {
        let rows = |pairs: &[Pair]| {
            let row = |pair: &Pair| Start { key: pair.key.clone(), value: pair.value.clone(), theirs: None };
            pairs.iter().map(row).collect()
        };
        Self {
            labels: rows(&input.labels),
            annotations: rows(&input.annotations),
            automount: input.automount.parse().ok(),
            pull_secrets: input.pull_secrets.clone(),
            more_pull_secrets: input.more_pull_secrets.clone(),
            seen: input.seen(),
            changed: true,
            ..Self::default()
        }
    }

    /// What the form would send as it is shown.
    pub fn input(&self) -> SettingsInput {
        let pairs = |rows: &[Start]| {
            let pair = |row: &Start| Pair { key: row.key.clone(), value: row.value.clone(), keep: false };
            rows.iter().map(pair).collect()
        };
        SettingsInput {
            labels: pairs(&self.labels),
            annotations: pairs(&self.annotations),
            automount: self.automount.map(|on| on.to_string()).unwrap_or_default(),
            pull_secrets: self.pull_secrets.clone(),
            more_pull_secrets: self.more_pull_secrets.clone(),
            seen: serde_json::to_string(&self.seen).unwrap_or_default(),
            uid: String::new(),
        }
    }

    /// Both people's changes: `now` is what the other one made of it. Nothing that was typed goes: where both changed the
    /// same, one's own stands there, and theirs beside it.
    pub fn met(input: &SettingsInput, now: Settings) -> Self {
        let seen = input.seen();
        let Some(mine) = input.wanted(&seen) else { return Self::typed(input) };
        let (merged, conflicts) = mine.merged(&seen, &now);
        let (seen_automount, mine_automount) =
            (seen.automount_service_account_token, mine.automount_service_account_token);
        let mut shown = Self::of(merged.clone());
        let mut taken_over = Vec::new();
        for (list, rows, [mine, merged, now]) in [
            ("labels", &mut shown.labels, [&mine, &merged, &now].map(|settings| &settings.metadata.labels)),
            (
                "annotations",
                &mut shown.annotations,
                [&mine, &merged, &now].map(|settings| &settings.metadata.annotations),
            ),
        ] {
            for key in conflicts.iter().filter_map(|conflict| key_of(&conflict.path, list)) {
                let theirs = now.get(&key).cloned();
                match rows.iter_mut().find(|row| row.key == key) {
                    Some(row) => row.theirs = Some(theirs.unwrap_or_default()),
                    // Taken away here, changed there: it is back, and can be taken away again.
                    None => {
                        taken_over.push(key.clone());
                        rows.insert(0, Start { key, value: theirs.unwrap_or_default(), theirs: None });
                    }
                }
            }
            let gone = mine.keys().filter(|key| !merged.contains_key(*key));
            let new = merged.iter().filter(|(key, value)| mine.get(*key) != Some(value)).map(|(key, _)| key);
            taken_over.extend(gone.chain(new).cloned());
        }
        if mine_automount != merged.automount_service_account_token {
            taken_over.push("automountServiceAccountToken".into());
        }
        if mine.image_pull_secrets.len() != merged.image_pull_secrets.len() {
            taken_over.push("imagePullSecrets".into());
        }
        let theirs = now.automount_service_account_token;
        let both = mine_automount != theirs && mine_automount != seen_automount && theirs != seen_automount;
        Self { automount_theirs: both.then_some(theirs), seen: now, taken_over, changed: true, ..shown }
    }
}

fn rows(marks: &BTreeMap<String, String>) -> Vec<Start> {
    let row = |(key, value): (&String, &String)| Start { key: key.clone(), value: value.clone(), theirs: None };
    marks.iter().map(row).chain(std::iter::repeat_with(Start::default).take(BLANK)).collect()
}

/// The key in a path like `metadata.labels["a.example/b"]` or `metadata.labels.team`.
fn key_of(path: &str, list: &str) -> Option<String> {
    let key = path.strip_prefix("metadata.")?.strip_prefix(list)?;
    match key.strip_prefix('.') {
        Some(plain) => Some(plain.into()),
        None => serde_json::from_str(key.strip_prefix('[')?.strip_suffix(']')?).ok(),
    }
}

/// What a form that was refused without WebAssembly had in it; `None` where it was not this form's.
pub fn posted(fields: &[(String, String)]) -> Option<SettingsInput> {
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone());
    let one = |name: &str| field(&format!("input[{name}]"));
    let pairs = |list: &str| {
        let part = |row: usize, part: &str| field(&format!("input[{list}][{row}][{part}]"));
        let row = |row| {
            let keep = part(row, "keep").as_deref() == Some("true");
            Some(Pair { key: part(row, "key")?, value: part(row, "value").unwrap_or_default(), keep })
        };
        (0..).map_while(row).collect()
    };
    let chosen = fields.iter().filter(|(name, _)| name.starts_with("input[pull_secrets]"));
    Some(SettingsInput {
        seen: one("seen")?,
        labels: pairs("labels"),
        annotations: pairs("annotations"),
        automount: one("automount").unwrap_or_default(),
        pull_secrets: chosen.map(|(_, name)| name.clone()).collect(),
        more_pull_secrets: one("more_pull_secrets").unwrap_or_default(),
        uid: one("uid").unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(object: serde_json::Value) -> Settings {
        serde_json::from_value(object).unwrap()
    }

    fn pair(key: &str, value: &str) -> Pair {
        Pair { key: key.into(), value: value.into(), keep: false }
    }

    fn start(key: &str, value: &str, theirs: Option<&str>) -> Start {
        Start { key: key.into(), value: value.into(), theirs: theirs.map(Into::into) }
    }

    #[test]
    fn x1_what_was_typed_stands_there_with_what_somebody_else_wrote_beside_it() {
        let labels = json!({ "both": "1", "a.example/gone": "1", "mine": "1", "theirs": "1", "left": "1" });
        let seen = settings(json!({ "metadata": { "labels": labels } }));
        let input = SettingsInput {
            labels: vec![
                pair("both", "2"),
                pair("mine", "2"),
                pair("theirs", "1"),
                pair("left", "1"),
                pair("new", "x"),
            ],
            automount: "true".into(),
            seen: json!(seen).to_string(),
            ..Default::default()
        };
        let labels = json!({ "both": "3", "a.example/gone": "3", "mine": "1", "theirs": "3" });
        let now = settings(json!({ "metadata": { "labels": labels }, "automountServiceAccountToken": false }));
        let shown = Shown::met(&input, now.clone());
        assert_eq!(
            shown.labels[..shown.labels.len() - BLANK],
            [
                start("a.example/gone", "3", None),
                start("both", "2", Some("3")),
                start("mine", "2", None),
                start("new", "x", None),
                start("theirs", "3", None),
            ]
        );
        assert_eq!(shown.taken_over, ["a.example/gone", "left", "theirs"]);
        assert_eq!((shown.automount, shown.automount_theirs), (Some(true), Some(Some(false))));
        assert_eq!(shown.seen, now);
    }

    #[test]
    fn c4_a_posted_form_is_read_as_it_was_typed() {
        let fields = [
            ("input[seen]", "{}"),
            ("input[labels][0][key]", "a"),
            ("input[labels][0][value]", ""),
            ("input[labels][1][key]", ""),
            ("input[annotations][0][key]", "n"),
            ("input[annotations][0][value]", "x\r\ny"),
            ("input[annotations][0][keep]", "true"),
            ("input[pull_secrets][1]", "one"),
            ("input[pull_secrets][4]", "two"),
            ("input[automount]", "false"),
        ];
        let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let input = posted(&fields).unwrap();
        assert_eq!(input.labels, [pair("a", ""), pair("", "")]);
        assert_eq!(input.annotations, [Pair { keep: true, ..pair("n", "x\r\ny") }]);
        assert_eq!((input.pull_secrets, input.automount.as_str()), (vec!["one".into(), "two".into()], "false"));
        assert_eq!(posted(&fields[1..]), None);
    }
}
