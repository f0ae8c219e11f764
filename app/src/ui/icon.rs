//! Icons. Their shapes are in `style/icons.css`: a page says only which.

use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IconName {
    Account,
    Back,
    Chevron,
    Copy,
    Download,
    Edit,
    Eye,
    More,
    Plus,
    Project,
    Refresh,
    Search,
    SignOut,
    Swap,
    Tag,
    Trash,
    Warning,
    Yaml,
}

impl IconName {
    fn class(self) -> &'static str {
        match self {
            Self::Account => "icon i-account",
            Self::Back => "icon i-back",
            Self::Chevron => "icon i-chevron",
            Self::Copy => "icon i-copy",
            Self::Download => "icon i-download",
            Self::Edit => "icon i-edit",
            Self::Eye => "icon i-eye",
            Self::More => "icon i-more",
            Self::Plus => "icon i-plus",
            Self::Project => "icon i-project",
            Self::Refresh => "icon i-refresh",
            Self::Search => "icon i-search",
            Self::SignOut => "icon i-sign-out",
            Self::Swap => "icon i-swap",
            Self::Tag => "icon i-tag",
            Self::Trash => "icon i-trash",
            Self::Warning => "icon i-warning",
            Self::Yaml => "icon i-yaml",
        }
    }
}

/// Decoration beside a text: empty, so there is nothing to read out.
#[component]
pub fn Icon(name: IconName) -> impl IntoView {
    view! { <i class=name.class()></i> }
}
