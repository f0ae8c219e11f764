//! What was opened last from the palette: in this tab, for this person, until the tab is closed.

use leptos::prelude::*;

use super::entry::Entry;
use crate::{ui::tab, viewer::use_viewer};

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
        let text = tab::kept(&self.key.get_value());
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    pub fn remember(self, entry: Entry) {
        let mut all = self.all();
        all.retain(|one| one.href != entry.href);
        all.insert(0, entry);
        all.truncate(MOST);
        // Without a storage, or with a full one, it is only not remembered.
        if let Ok(text) = serde_json::to_string(&all) {
            tab::keep(&self.key.get_value(), &text);
        }
    }
}
