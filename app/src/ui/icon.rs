//! Icons, drawn for this project: 16 px, strokes of 1.6 px.

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
    Trash,
    Warning,
    Yaml,
}

impl IconName {
    fn path(self) -> &'static str {
        match self {
            Self::Account => {
                "M3.4 3h9.2A1.6 1.6 0 0 1 14.2 4.6v6.8a1.6 1.6 0 0 1-1.6 1.6H3.4a1.6 1.6 0 0 1-1.6-1.6V4.6A1.6 1.6 0 0 1 3.4 3zM7.1 7a1.5 1.5 0 1 1-3 0 1.5 1.5 0 0 1 3 0zM3.6 10.8c.4-1.2 1.1-1.7 2-1.7s1.6.5 2 1.7M10 6.6h2.4M10 9.4h2.4"
            }
            Self::Back => "M9.8 4.5 6.2 8l3.6 3.5",
            Self::Chevron => "m4.5 6.2 3.5 3.6 3.5-3.6",
            Self::Copy => {
                "M6.6 5.6h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1zM10.4 5.4V3.4a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"
            }
            Self::Download => "M8 2.4v7.4M4.8 7 8 10.2 11.2 7M2.8 13.4h10.4",
            Self::Edit => "M9.9 3.6 12.4 6.1 5.7 12.8l-3 .5.5-3zM8.6 5l2.4 2.4",
            Self::Eye => {
                "M1.6 8S4 3.8 8 3.8 14.4 8 14.4 8 12 12.2 8 12.2 1.6 8 1.6 8zM9.9 8a1.9 1.9 0 1 1-3.8 0 1.9 1.9 0 0 1 3.8 0z"
            }
            Self::More => "M8 3.5h.01M8 8h.01M8 12.5h.01",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Project => "M2.4 5.2 8 2.2l5.6 3v5.6L8 13.8l-5.6-3zM2.6 5.3 8 8.2l5.4-2.9M8 8.2v5.4",
            Self::Refresh => "M13 8a5 5 0 1 1-1.5-3.6M13.2 2.4v2.8h-2.8",
            Self::Search => "M11.4 7a4.4 4.4 0 1 1-8.8 0 4.4 4.4 0 0 1 8.8 0zM10.4 10.4l3.2 3.2",
            Self::SignOut => "M6.4 2.8H3.2v10.4h3.2M6.6 8h7M11 5.2 13.8 8 11 10.8",
            Self::Swap => "M2.6 5.4h10.2M10.2 2.8l2.6 2.6L10.2 8M13.4 10.6H3.2M5.8 8l-2.6 2.6 2.6 2.6",
            Self::Trash => "M2.8 4.4h10.4M6.2 4.2V2.6h3.6v1.6M4.2 4.6l.6 8.8h6.4l.6-8.8M6.8 7v4M9.2 7v4",
            Self::Warning => "M8 2.4 14.4 13.4H1.6zM8 6.6v3.2M8 11.6h.01",
            Self::Yaml => "M5.4 4.2 1.8 8l3.6 3.8M10.6 4.2 14.2 8l-3.6 3.8",
        }
    }
}

/// Decoration beside a text: hidden from assistive technology.
#[component]
pub fn Icon(name: IconName) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=name.path()></path>
        </svg>
    }
}
