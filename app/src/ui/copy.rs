//! Copy and download of a text that is on the page.

use leptos::prelude::*;

use crate::{
    lang::{Locale, use_locale},
    text,
    ui::{Icon, IconName},
};

/// What came of copying, where its button says it: over a dialog there is nothing else that is read out.
#[derive(Clone, Copy)]
pub struct Copying(RwSignal<Option<bool>>);

impl Copying {
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// What the button is called, until the next try.
    pub fn label(self, locale: Locale) -> String {
        match self.0.get() {
            None => text!(locale, copy),
            Some(true) => text!(locale, copied),
            Some(false) => text!(locale, not_copied),
        }
    }

    /// Whether it worked.
    pub async fn copy(self, content: &str) -> bool {
        // The second time is told as well.
        _ = self.0.try_set(None);
        let done = copy_to_clipboard(content).await;
        _ = self.0.try_set(Some(done));
        done
    }
}

/// Copies what `text` gives; says so for assistive technology, too.
#[component]
pub fn CopyButton(
    text: Callback<(), String>,
    #[prop(optional, into)] label: Option<String>,
    /// Hears of each copy.
    #[prop(optional)]
    on_copied: Option<Callback<()>>,
) -> impl IntoView {
    let locale = use_locale();
    let copying = Copying::new();
    let copy = move |_| {
        let content = text.run(());
        leptos::task::spawn_local(async move {
            if copying.copy(&content).await
                && let Some(on_copied) = on_copied
            {
                on_copied.run(());
            }
        });
    };
    view! {
        <button type="button" class="button quiet needs-script" aria-label=label on:click=copy>
            <Icon name=IconName::Copy/>
            <span aria-live="polite">{move || copying.label(locale)}</span>
        </button>
    }
}

/// Whether it worked: browsers allow it on secure pages only, and may ask.
async fn copy_to_clipboard(content: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // Not there on pages that came over plain http.
    if clipboard.is_undefined() {
        return false;
    }
    wasm_bindgen_futures::JsFuture::from(clipboard.write_text(content)).await.is_ok()
}

/// Gives the browser `content` as a file. The text goes through memory only: no server sees it again.
pub fn download(file_name: &str, content: &str) {
    use wasm_bindgen::JsCast;
    let parts = js_sys::Array::of1(&content.into());
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("application/yaml");
    let saved = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options)
        .and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob))
        .and_then(|url| {
            let link: web_sys::HtmlAnchorElement = document().create_element("a")?.unchecked_into();
            link.set_href(&url);
            link.set_download(file_name);
            link.click();
            web_sys::Url::revoke_object_url(&url)
        });
    if let Err(error) = saved {
        leptos::logging::error!("download: {error:?}");
    }
}
