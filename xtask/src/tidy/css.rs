//! Colours are named in style/tokens.css, and nowhere else; every name that is used is there.

use std::collections::BTreeSet;

use super::{Problem, Text};

const TOKENS: &str = "style/tokens.css";

/// Functions that make a colour out of numbers. `color-mix` and `light-dark` take other colours.
const FUNCTIONS: [&str; 9] = ["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch("];

const NAMED: [&str; 16] = [
    "black", "white", "gray", "grey", "red", "green", "blue", "yellow", "orange", "purple", "pink", "brown", "cyan",
    "magenta", "silver", "navy",
];

/// Custom properties that are set from outside of the style sheets.
const SET_ELSEWHERE: [&str; 0] = [];

pub fn check(styles: &[Text]) -> Vec<Problem> {
    let known: BTreeSet<_> =
        styles.iter().flat_map(|style| declarations(&style.content)).map(|one| one.property).collect();
    let mut problems = Vec::new();
    for style in styles {
        for declaration in declarations(&style.content) {
            if style.name != TOKENS
                && let Some(colour) = colour(&declaration.value)
            {
                let what = format!("the colour {colour} belongs into {TOKENS}");
                problems.push(Problem::new(&style.name, declaration.line, what));
            }
            for name in used(&declaration.value) {
                if !known.contains(name) && !SET_ELSEWHERE.contains(&name) {
                    let what = format!("{name} is defined nowhere");
                    problems.push(Problem::new(&style.name, declaration.line, what));
                }
            }
        }
    }
    problems
}

struct Declaration {
    line: usize,
    property: String,
    value: String,
}

/// `property: value` pairs. A selector with a colon, like `a:hover {`, is none: what a `{` ends is no declaration.
fn declarations(css: &str) -> Vec<Declaration> {
    let css = without_comments(css);
    let mut found = Vec::new();
    let (mut start, mut line, mut start_line) = (0, 1, 1);
    for (at, character) in css.char_indices() {
        if character == '\n' {
            line += 1;
        }
        if !matches!(character, ';' | '{' | '}') {
            continue;
        }
        let part = &css[start..at];
        if character != '{'
            && let Some((property, value)) = part.split_once(':')
        {
            let blank = part.chars().take_while(|c| c.is_whitespace()).filter(|c| *c == '\n').count();
            found.push(Declaration {
                line: start_line + blank,
                property: property.trim().to_owned(),
                value: value.trim().to_owned(),
            });
        }
        (start, start_line) = (at + 1, line);
    }
    found
}

/// Comments become blanks, so that lines keep their numbers.
fn without_comments(css: &str) -> String {
    let mut rest = css;
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once("/*") {
        let (comment, after) = after.split_once("*/").unwrap_or((after, ""));
        text += before;
        text.extend(comment.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    text + rest
}

fn colour(value: &str) -> Option<&str> {
    let words = || {
        value.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '/')).filter(|word| !word.is_empty())
    };
    let is_hex = |word: &&str| {
        word.strip_prefix('#').is_some_and(|hex| hex.len() >= 3 && hex.chars().all(|c| c.is_ascii_hexdigit()))
    };
    let starts_a_word = |function: &&&str| {
        value.match_indices(**function).any(|(at, _)| !value[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-'))
    };
    words()
        .find(is_hex)
        .or_else(|| words().find(|word| NAMED.contains(word)))
        .or_else(|| FUNCTIONS.iter().find(starts_a_word).copied())
}

fn used(value: &str) -> impl Iterator<Item = &str> {
    value.split("var(").skip(1).filter_map(|rest| rest.split([',', ')']).next().map(str::trim))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, content: &str) -> Vec<(usize, String)> {
        let tokens = Text { name: TOKENS.into(), content: ":root { --ink: #111; }".into() };
        let style = Text { name: name.into(), content: content.into() };
        check(&[tokens, style]).into_iter().map(|problem| (problem.line, problem.what)).collect()
    }

    #[test]
    fn a_colour_outside_of_the_tokens_is_found() {
        for value in
            ["#fff", "1px solid #12345678", "rgb(1 2 3)", "color-mix(in srgb, white 5%, var(--ink))", "oklch(1 0 0)"]
        {
            let found = problems("style/ui/button.css", &format!("/* #123\n*/\n.a {{\n  color: {value};\n}}"));
            assert_eq!(found.len(), 1, "{value}: {found:?}");
            assert_eq!(found[0].0, 4, "{value}");
        }
    }

    #[test]
    fn what_is_no_colour_is_left_alone() {
        let content = "@import './a.css';\n#add:hover { color: var(--ink); background: color-mix(in srgb, var(--ink) 5%, transparent); \
                       white-space: nowrap; color: currentColor; mask: url('#face') }";
        assert_eq!(problems("style/ui/button.css", content), []);
    }

    #[test]
    fn a_name_that_is_defined_nowhere_is_found() {
        assert_eq!(problems("style/base.css", "a { color: var(--imk) }"), [(1, "--imk is defined nowhere".to_owned())]);
    }
}
