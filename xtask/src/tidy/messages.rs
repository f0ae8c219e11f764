//! The message files say the same things in every language.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Problem;
use crate::files;

/// The language that the others are compared with.
const FIRST: &str = "en";

/// Endings that make a key one of several forms for a number. Languages differ in which they have; all have `other`.
const FORMS: [&str; 6] = ["_zero", "_one", "_two", "_few", "_many", "_other"];

/// A key without its form, and what its texts hold.
#[derive(Default, Debug)]
struct Message {
    parts: BTreeSet<String>,
    forms: BTreeSet<String>,
    is_empty: bool,
}

pub fn check_folder() -> Result<Vec<Problem>> {
    let mut languages = BTreeMap::new();
    for path in files::with_extension(&files::at("app/messages"), &["json"])? {
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let content = serde_json::from_str(&files::read_text(&path)?).with_context(|| files::shown(&path))?;
        languages.insert(name, content);
    }
    Ok(check(&languages))
}

fn check(languages: &BTreeMap<String, Value>) -> Vec<Problem> {
    let Some(first) = languages.get(FIRST).map(messages) else {
        return vec![Problem::new("app/messages", 1, format!("there is no {FIRST}.json"))];
    };
    let mut problems = Vec::new();
    for (language, content) in languages {
        let file = format!("app/messages/{language}.json");
        let these = messages(content);
        let mut report = |key: &str, what: String| problems.push(Problem::new(&file, 1, format!("{key}: {what}")));
        for (key, message) in &these {
            match first.get(key) {
                None => report(key, format!("is not in {FIRST}.json")),
                Some(original) if original.parts != message.parts => {
                    report(key, format!("holds {:?}, and {FIRST}.json has {:?}", message.parts, original.parts));
                }
                Some(original) if original.forms.is_empty() != message.forms.is_empty() => {
                    report(key, format!("has forms for numbers in one of this and {FIRST}.json only"));
                }
                Some(_) => {}
            }
            if !message.forms.is_empty() && !message.forms.contains("_other") {
                report(key, "has no form _other".into());
            }
            if message.is_empty {
                report(key, "is empty".into());
            }
        }
        for key in first.keys().filter(|key| !these.contains_key(*key)) {
            report(key, "is missing".into());
        }
    }
    problems
}

fn messages(content: &Value) -> BTreeMap<String, Message> {
    let mut found = BTreeMap::new();
    flatten("", content, &mut found);
    found
}

fn flatten(path: &str, value: &Value, found: &mut BTreeMap<String, Message>) {
    if let Value::Object(fields) = value {
        for (key, value) in fields {
            flatten(&if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, value, found);
        }
        return;
    }
    let form = FORMS.iter().find(|form| path.ends_with(**form));
    let key = form.map_or(path, |form| path.trim_end_matches(*form));
    let text = value.as_str().unwrap_or_default();
    let message = found.entry(key.to_owned()).or_default();
    message.parts.extend(parts(text));
    message.forms.extend(form.map(|form| (*form).to_owned()));
    message.is_empty |= text.trim().is_empty();
}

/// Placeholders `{{ name }}` and tags `<name>`. The count of a form may be in one form and not in another.
fn parts(text: &str) -> Vec<String> {
    let placeholders = text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}"));
    let names = placeholders.map(|(name, _)| format!("{{{{ {} }}}}", name.split(',').next().unwrap_or(name).trim()));
    let tags = text.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    let tags = tags
        .filter(|(name, _)| name.chars().all(|c| c.is_alphanumeric() || c == '_'))
        .map(|(name, _)| format!("<{name}>"));
    names.chain(tags).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problems(en: Value, zh: Value) -> Vec<String> {
        let languages = BTreeMap::from([("en".to_owned(), en), ("zh-CN".to_owned(), zh)]);
        check(&languages).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_key_that_is_missing_in_a_language_is_found_at_any_depth() {
        let found = problems(json!({"a": {"b": "x", "c": "y"}}), json!({"a": {"b": "x"}}));
        assert_eq!(found, ["app/messages/zh-CN.json:1: a.c: is missing"]);
        let found = problems(json!({"a": "x"}), json!({"a": "x", "d": "y"}));
        assert_eq!(found, ["app/messages/zh-CN.json:1: d: is not in en.json"]);
    }

    #[test]
    fn a_placeholder_that_is_missing_is_found() {
        let found = problems(json!({"a": "Hi {{ name }}, <b>you</b>"}), json!({"a": "你好 {{name}}"}));
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("zh-CN") && found[0].contains("<b>"), "{found:?}");
    }

    #[test]
    fn languages_may_have_other_forms_for_numbers_but_each_has_one_for_all() {
        let en = json!({"n_one": "{{ count }} row", "n_other": "{{ count }} rows"});
        assert!(problems(en.clone(), json!({"n_other": "{{ count }} 行"})).is_empty());
        let found = problems(en, json!({"n_one": "{{ count }} 行"}));
        assert_eq!(found, ["app/messages/zh-CN.json:1: n: has no form _other"]);
    }

    #[test]
    fn an_empty_text_is_found() {
        assert_eq!(problems(json!({"a": "x"}), json!({"a": " "})).len(), 1);
    }
}
