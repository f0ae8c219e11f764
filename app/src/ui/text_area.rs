//! What a `<textarea>` contains.

/// The text as the content of a `<textarea>`.
///
/// On the server, Leptos writes a textarea's content as it is (tachys 0.2: `textarea … false`, not escaped): here it is
/// made safe. HTML drops a line break at the beginning, so there is one more. The browser takes the text itself.
pub fn textarea_content(text: &str) -> String {
    if cfg!(feature = "ssr") {
        format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
    } else {
        text.to_owned()
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use leptos::prelude::*;

    use super::textarea_content;

    #[test]
    fn a_textarea_holds_its_text_whatever_it_is() {
        let html = view! { <textarea>{textarea_content("</textarea><b>&amp;\n")}</textarea> }.to_html();
        assert_eq!(html, "<textarea>\n&lt;/textarea>&lt;b>&amp;amp;\n</textarea>");
    }
}
