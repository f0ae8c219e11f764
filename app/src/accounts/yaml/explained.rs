//! What Kubernetes says about the fields, in the editor.

use leptos::{prelude::*, task::spawn_local};

use crate::{accounts::yaml::api::get_fields, ui::CodeEditor};

/// Asks for it once the editor is there: for completion and hover text.
pub fn explain_fields(editor: CodeEditor) {
    Effect::new(move |_| {
        if editor.is_there.get() {
            spawn_local(async move {
                // Without them the editor is as good, but for that.
                if let Ok(fields) = get_fields().await {
                    editor.describe(&serde_json::to_string(&fields).unwrap_or_default());
                }
            });
        }
    });
}
