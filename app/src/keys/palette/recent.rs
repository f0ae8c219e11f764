//! What was opened last from the palette: in this tab, for this person, until the tab is closed.

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::entry::Entry;
use crate::viewer::use_viewer;

const MOST: usize = 5;

/// Of one person: another may sign in in the same tab.
#[derive(Clone, Copy)]
pub struct Recent {
    key: StoredValue<String>,
}

impl Recent {
    pub fn new() -> Self {
        Self { key: StoredValue::new(format!("palette of {}", use_viewer().user.unwrap_or_default())) }
    }

    /// The last one first.
    pub fn all(self) -> Vec<Entry> {
        let text =
            storage().and_then(|storage| Reflect::get(&storage, &self.key()).ok()).and_then(|text| text.as_string());
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    pub fn remember(self, entry: Entry) {
        let mut all = self.all();
        all.retain(|one| one.href != entry.href);
        all.insert(0, entry);
        all.truncate(MOST);
        // Without a storage, or with a full one, it is only not remembered.
        if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&all)) {
            _ = Reflect::set(&storage, &self.key(), &text.into());
        }
    }

    fn key(self) -> JsValue {
        self.key.get_value().into()
    }
}

fn storage() -> Option<JsValue> {
    Reflect::get(&window(), &"sessionStorage".into()).ok().filter(JsValue::is_object)
}
