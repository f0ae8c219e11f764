//! What a view may not hold: styles that the page's policy blocks, raw HTML, colours, and words that no message file has.

use proc_macro2::{TokenStream, TokenTree};

use super::{
    Problem,
    source::{self, is_punct},
};

/// Attributes that people see or hear.
const VISIBLE: [&str; 8] =
    ["title", "placeholder", "alt", "label", "aria-label", "aria-description", "aria-roledescription", "summary"];

/// Words that are the same in every language.
const NAMES: [&str; 7] = ["Musterbook", "YAML", "CSV", "JSON", "Kubernetes", "English", "kubectl"];

pub fn check(file: &str, tokens: &TokenStream) -> Vec<Problem> {
    if !file.starts_with("app/src/") {
        return Vec::new();
    }
    let mut problems = raw_html(file, tokens.clone());
    for view in source::macros(tokens, "view") {
        let tokens: Vec<_> = view.stream().into_iter().collect();
        View { file, tokens: &tokens }.check(&mut problems);
    }
    problems.sort_by_key(|problem| problem.line);
    problems
}

fn raw_html(file: &str, tokens: TokenStream) -> Vec<Problem> {
    let mut problems = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if ident == "inner_html" || ident == "set_inner_html" => {
                problems.push(Problem::new(
                    file,
                    ident.span().start().line,
                    "raw HTML is a way in for scripts: build elements instead",
                ))
            }
            TokenTree::Group(group) => problems.extend(raw_html(file, group.stream())),
            _ => {}
        }
    }
    problems
}

/// The tokens of one view, without those of the expressions in it. Views in expressions are checked as their own.
struct View<'a> {
    file: &'a str,
    tokens: &'a [TokenTree],
}

impl View<'_> {
    fn check(&self, problems: &mut Vec<Problem>) {
        let mut element = String::new();
        for (at, token) in self.tokens.iter().enumerate() {
            let what = match token {
                TokenTree::Punct(punct) if punct.as_char() == '<' => {
                    element = self.ident(at + 1).unwrap_or_default();
                    None
                }
                TokenTree::Ident(ident) if ident == "style" => self.style(at),
                TokenTree::Ident(_) => self.bare_word(at),
                TokenTree::Literal(literal) => {
                    text_of(&literal.to_string()).and_then(|text| self.literal(at, &text, &element))
                }
                _ => None,
            };
            if let Some(what) = what {
                problems.push(Problem::new(self.file, token.span().start().line, what));
            }
        }
    }

    fn style(&self, at: usize) -> Option<String> {
        let is_attribute = is_punct(self.tokens.get(at + 1), '=')
            || (is_punct(self.tokens.get(at + 1), ':') && !is_punct(self.tokens.get(at + 2), ':'));
        let is_part_of_a_name = at > 0 && is_punct(self.tokens.get(at - 1), '-');
        (is_attribute && !is_part_of_a_name).then(|| "the page's policy blocks style attributes: use a class".into())
    }

    /// Text without quotes: words from the end of a tag up to the next one.
    fn bare_word(&self, at: usize) -> Option<String> {
        if at == 0 || !is_punct(self.tokens.get(at - 1), '>') {
            return None;
        }
        let words: Vec<_> = (at..).map_while(|at| self.ident(at)).collect();
        let end = at + words.len();
        let ends_at_a_tag = is_punct(self.tokens.get(end), '<') && is_punct(self.tokens.get(end + 1), '/');
        ends_at_a_tag.then(|| self.visible(&words.join(" "))).flatten()
    }

    fn literal(&self, at: usize, text: &str, element: &str) -> Option<String> {
        let is_value = at > 0 && is_punct(self.tokens.get(at - 1), '=');
        if !is_value {
            let is_code = ["script", "style"].contains(&element) || element == "!";
            return if is_code { None } else { self.visible(text) };
        }
        match self.attribute_before(at - 1).as_str() {
            "fill" | "stroke" if !["none", "currentColor"].contains(&text) && !text.starts_with("var(") => {
                Some(format!("the colour {text:?} belongs into style/tokens.css"))
            }
            name if VISIBLE.contains(&name) => self.visible(text),
            _ => None,
        }
    }

    /// The name that ends before the `=`: words joined by hyphens.
    fn attribute_before(&self, equals: usize) -> String {
        let mut name = String::new();
        for at in (0..equals).rev() {
            let part = match &self.tokens[at] {
                TokenTree::Ident(ident) if !name.starts_with(|c: char| c.is_alphanumeric()) => ident.to_string(),
                TokenTree::Punct(punct) if punct.as_char() == '-' && !name.starts_with('-') => "-".into(),
                _ => break,
            };
            name.insert_str(0, &part);
        }
        name
    }

    fn visible(&self, text: &str) -> Option<String> {
        let is_word = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 1 && !NAMES.contains(word);
        let word = text.split(|c: char| !c.is_alphanumeric()).find(is_word)?;
        Some(format!("{word:?} is visible: texts live in app/messages"))
    }

    fn ident(&self, at: usize) -> Option<String> {
        match self.tokens.get(at)? {
            TokenTree::Ident(ident) => Some(ident.to_string()),
            TokenTree::Punct(punct) if punct.as_char() == '!' => Some("!".into()),
            _ => None,
        }
    }
}

/// What stands between the quotes of a string.
fn text_of(literal: &str) -> Option<String> {
    let start = literal.find('"')?;
    let end = literal.rfind('"').filter(|end| *end > start)?;
    Some(literal[start + 1..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(view: &str) -> Vec<String> {
        let text = format!("fn f() -> impl IntoView {{ view! {{ {view} }} }}");
        check("app/src/ui/x.rs", &source::parse(&text).unwrap()).into_iter().map(|problem| problem.what).collect()
    }

    #[test]
    fn styles_are_blocked() {
        assert_eq!(problems(r#"<p style="color: red"></p>"#).len(), 1);
        assert_eq!(problems(r#"<p style:width="3px"></p>"#).len(), 1);
        assert!(problems(r#"<p class="style" data-style="x"></p>"#).is_empty());
        assert_eq!(problems(r#"<ul>{ rows.map(|row| view! { <li style="x"></li> }) }</ul>"#).len(), 1);
    }

    #[test]
    fn raw_html_is_refused() {
        assert_eq!(problems(r#"<p inner_html=text></p>"#).len(), 1);
        assert_eq!(problems(r#"<p on:click=move |_| { element.set_inner_html("x") }></p>"#).len(), 1);
    }

    #[test]
    fn colours_are_tokens() {
        assert_eq!(problems(r##"<path fill="#ff0000"/>"##).len(), 1);
        assert!(problems(r#"<path fill="none" stroke="currentColor"/>"#).is_empty());
    }

    #[test]
    fn words_are_messages() {
        for seen in [
            r#"<p>"Delete it"</p>"#,
            r#"<p>Delete it</p>"#,
            r#"<button title="Delete"/>"#,
            r#"<button aria-label="Delete"/>"#,
            r#"<p>{ if x { view! { <b>"Gone"</b> } } }</p>"#,
        ] {
            assert_eq!(problems(seen).len(), 1, "{seen}");
        }
        for unseen in [
            r#"<p class="wide">"/" { text!(locale, nav.title) } "…"</p>"#,
            r#"<script>"window.x = 1"</script>"#,
            r#"<p>"Musterbook"</p>"#,
            r#"<input type="text" disabled=move || count > limit name="x"/>"#,
            r#"<!DOCTYPE html> <html></html>"#,
        ] {
            assert_eq!(problems(unseen), Vec::<String>::new(), "{unseen}");
        }
    }
}
