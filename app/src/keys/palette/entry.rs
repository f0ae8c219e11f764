//! Something that the palette leads to.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub label: String,
    /// Where it is.
    pub about: String,
    pub href: String,
    /// Its page is loaded anew, as the page's own links to it do.
    pub anew: bool,
}

impl Entry {
    /// Ignores the case of ASCII letters: labels of our own have no others.
    pub fn matches(&self, text: &str) -> bool {
        let text = text.trim().to_ascii_lowercase();
        [&self.label, &self.about].iter().any(|part| part.to_ascii_lowercase().contains(&text))
    }

    pub fn open(&self, navigate: impl Fn(&str, NavigateOptions)) {
        if !self.anew {
            navigate(&self.href, NavigateOptions::default());
        } else if let Err(error) = window().location().assign(&self.href) {
            leptos::logging::error!("{error:?}");
        }
    }
}
