//! Rust as tokens: comments are gone, and what stands in a string can't be taken for code.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The tokens of a file, or the line where they end to be any.
pub fn parse(text: &str) -> Result<TokenStream, usize> {
    text.parse().map_err(|error: proc_macro2::LexError| error.span().start().line)
}

/// A path as it is written, e.g. `crate::accounts::api`, with the braces of a `use` resolved.
#[derive(Debug, PartialEq, Eq)]
pub struct Path {
    pub line: usize,
    pub segments: Vec<String>,
}

/// Every path with at least two segments, and every crate in a `use`.
pub fn paths(tokens: &TokenStream) -> Vec<Path> {
    let mut found = Vec::new();
    collect(tokens.clone(), &[], false, &mut found);
    found
}

fn collect(tokens: TokenStream, prefix: &[String], in_use: bool, found: &mut Vec<Path>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut at = 0;
    let mut after_use = in_use;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(ident) if ident == "use" => {
                after_use = true;
                at += 1;
            }
            TokenTree::Ident(_) => {
                let (path, next) = one(&tokens, at, prefix, found);
                if path.segments.len() > 1 || (after_use && !path.segments.is_empty()) {
                    found.push(path);
                }
                after_use = in_use;
                at = next;
            }
            TokenTree::Group(group) => {
                collect(group.stream(), &[], false, found);
                after_use = in_use;
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// Reads one path from its first segment on, and returns where it ends.
fn one(tokens: &[TokenTree], start: usize, prefix: &[String], found: &mut Vec<Path>) -> (Path, usize) {
    let line = tokens[start].span().start().line;
    let mut segments = prefix.to_vec();
    let mut at = start;
    while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
        segments.push(ident.to_string());
        at += 1;
        if !is_colons(tokens, at) {
            break;
        }
        at += 2;
        if let Some(TokenTree::Group(group)) = tokens.get(at).filter(|token| is_brace(token)) {
            collect(group.stream(), &segments, true, found);
            at += 1;
            break;
        }
    }
    (Path { line, segments }, at)
}

fn is_brace(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// `::` are two tokens.
fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')
}

pub fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

/// The insides of every `name! { … }`, at any depth.
pub fn macros(tokens: &TokenStream, name: &str) -> Vec<Group> {
    let mut found = Vec::new();
    let mut groups = vec![tokens.clone()];
    while let Some(stream) = groups.pop() {
        let tokens: Vec<_> = stream.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            let TokenTree::Group(group) = token else { continue };
            let called = at >= 2 && is_punct(tokens.get(at - 1), '!');
            if called && matches!(&tokens[at - 2], TokenTree::Ident(ident) if ident == name) {
                found.push(group.clone());
            }
            groups.push(group.stream());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<String> {
        paths(&parse(text).unwrap()).into_iter().map(|path| path.segments.join("::")).collect()
    }

    #[test]
    fn a_use_with_braces_is_many_paths() {
        let mut found = written("use crate::{ui::{Icon, Menu}, routes};\nfn f() { leptos::prelude::view(1) }");
        found.sort();
        found.dedup();
        let wanted =
            ["crate", "crate::routes", "crate::ui", "crate::ui::Icon", "crate::ui::Menu", "leptos::prelude::view"];
        assert_eq!(found, wanted);
    }

    #[test]
    fn comments_and_strings_are_no_paths() {
        assert!(written("// kube::Client\nconst A: &str = \"kube::Client\";").is_empty());
    }

    #[test]
    fn a_crate_alone_in_a_use_counts() {
        assert_eq!(written("use kube;"), ["kube"]);
    }

    #[test]
    fn what_is_no_rust_is_told_with_its_line() {
        assert_eq!(parse("fn f() {}\nfn g( {").unwrap_err(), 2);
    }
}
