//! Edit YAML: the dry run, and the save (SPEC X2).

use k8s_openapi::api::core::v1::ServiceAccount;
use musterbook_core::{
    AppError,
    yaml::{YamlDocument, to_replace},
};

use crate::{acting::Acting, permissions::UPDATE_ACCOUNT, yaml};

/// The text in the editor, and the object that it was loaded from.
pub(super) struct Edited<'a> {
    pub text: &'a str,
    pub uid: &'a str,
    pub resource_version: &'a str,
}

pub(super) async fn replace(
    acting: &Acting,
    project: &str,
    name: &str,
    edited: Edited<'_>,
    dry_run: bool,
) -> Result<YamlDocument, AppError> {
    let object = yaml::parse(edited.text)?;
    let calls = acting.calls();
    let now = yaml::load(&calls, project, name).await?;
    if now.pointer("/metadata/uid").and_then(serde_json::Value::as_str) != Some(edited.uid) {
        return Err(AppError::Replaced);
    }
    // Without a version a PUT overwrites whatever is there.
    if edited.resource_version.is_empty() {
        return Err(AppError::Conflict);
    }
    let object = to_replace(object, &now, edited.resource_version).map_err(|locked| AppError::Yaml {
        line: None,
        column: None,
        message: locked.to_string(),
    })?;
    let saved = calls.in_project::<ServiceAccount>(&UPDATE_ACCOUNT, project).replace(name, &object, dry_run).await?;
    yaml::document(saved)
}
