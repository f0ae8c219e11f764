//! Accounts as YAML (SPEC X2). On plain JSON values: typed structs would drop fields that they don't know.

pub(crate) mod place;
pub(crate) mod refusal;

use std::sync::Arc;

use k8s_openapi::{api::core::v1::ServiceAccount, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use musterbook_core::{
    AppError,
    fields::{Field, fields_of},
    yaml::{AccountYaml, YamlDocument, fold_managed_fields},
};
use serde_json::Value;

use crate::{
    acting::Acting,
    calls::Calls,
    convert,
    failure::{Failure, broken},
    permissions::{GET_ACCOUNT, GET_SCHEMA},
};

/// Kubernetes' own limit for an object is 1.5 MiB; an account is a few hundred bytes.
const MOST_BYTES: usize = 1024 * 1024;

pub(crate) async fn load(calls: &Calls, project: &str, name: &str) -> Result<Value, Failure> {
    calls.in_project::<ServiceAccount>(&GET_ACCOUNT, project).get(name).await
}

/// What Kubernetes says about the fields of an account.
pub(crate) async fn fields(acting: &Acting) -> Result<Arc<Vec<Field>>, AppError> {
    let ask = async {
        let document = acting.calls().at_path(&GET_SCHEMA).read::<Value>().await?;
        Ok::<_, AppError>(Arc::new(fields_of(&document, "ServiceAccount")))
    };
    acting.shared.fields.get((), ask).await
}

/// An account as its page shows it.
pub(crate) fn of_account(mut loaded: Value) -> Result<AccountYaml, AppError> {
    let managed_fields = fold_managed_fields(&mut loaded).map(|fields| written(&fields)).transpose()?;
    let metadata: ObjectMeta = serde_json::from_value(loaded["metadata"].clone()).map_err(|error| broken(&error))?;
    Ok(AccountYaml {
        managed_fields,
        federated: convert::is_federated(&metadata),
        managed_by: convert::managed_by(&metadata),
        document: document(loaded)?,
    })
}

/// An object as the editor shows it.
pub(crate) fn document(mut object: Value) -> Result<YamlDocument, AppError> {
    fold_managed_fields(&mut object);
    let text = |path: &str| object.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(YamlDocument {
        uid: text("/metadata/uid"),
        resource_version: text("/metadata/resourceVersion"),
        text: written(&object)?,
    })
}

/// A value as YAML.
pub(crate) fn written(value: &Value) -> Result<String, AppError> {
    serde_saphyr::to_string(value).map_err(|error| broken(&error))
}

/// One YAML document as a JSON value. Anchors and aliases are allowed as far as the parser's budget goes.
pub(crate) fn parse(text: &str) -> Result<Value, AppError> {
    if text.len() > MOST_BYTES {
        return Err(AppError::TooLarge);
    }
    // Without the snippet: the page shows the line itself.
    let mut options = serde_saphyr::Options::default();
    options.with_snippet = false;
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let at = error.location();
        let number = |number: u64| u32::try_from(number).ok().filter(|number| *number > 0);
        AppError::Yaml {
            line: at.and_then(|at| number(at.line())),
            column: at.and_then(|at| number(at.column())),
            message: error.to_string(),
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn x2_every_value_survives_the_way_through_yaml() {
        let strings = [
            "yes",
            "no",
            "on",
            "true",
            "null",
            "~",
            "",
            " ",
            "1",
            "1e3",
            "0x10",
            "010",
            "1_000",
            ".inf",
            "2026-01-01",
            "a: b",
            "- a",
            "#",
            "a #b",
            "\"",
            "'",
            "l1\nl2\n",
            "l1\n\n",
            "\ttab",
            "ü预🦀",
            "|",
            ">",
            "@x",
            "%x",
            "&a",
            "*a",
            "!t",
            "{",
            "[",
            "-",
            "?",
            ":",
            "a\u{7f}",
            "trailing ",
            "<<",
            "=",
            "12:30:45",
            "\u{2028}",
            "\r\n",
        ];
        let object = json!({
            "metadata": { "annotations": strings.iter().map(|text| (format!("k{text}"), (*text).into())).collect::<serde_json::Map<_, Value>>() },
            "list": strings.as_slice(), "number": 7, "big": u64::MAX, "float": 1.5, "bool": false, "null": null, "empty": {}, "none": [],
        });
        let text = document(object.clone()).unwrap().text;
        assert_eq!(parse(&text).unwrap(), object, "{text}");
    }

    #[test]
    fn x2_an_error_has_its_line_and_column() {
        let AppError::Yaml { line, column, message } = parse("a: 1\nb: [\n").unwrap_err() else { panic!() };
        assert!(line.is_some_and(|line| line >= 2) && column.is_some(), "{line:?} {column:?} {message}");
        assert!(!message.contains('\n'), "{message}");
    }

    #[test]
    fn z7_bombs_several_documents_and_twice_the_same_key_are_refused() {
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for level in 1..12 {
            let alias = format!("*a{},", level - 1).repeat(9);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", alias.trim_end_matches(',')));
        }
        for bad in
            [bomb.as_str(), "a: 1\n---\nb: 2\n", "a: 1\na: 2\n", "\u{0}", "a: *b\n", "{", "", &"[".repeat(100_000)]
        {
            assert!(matches!(parse(bad), Err(AppError::Yaml { .. }) | Ok(Value::Null)), "{:.40}", bad);
        }
        assert_eq!(parse(&" ".repeat(MOST_BYTES + 1)), Err(AppError::TooLarge));
    }
}
