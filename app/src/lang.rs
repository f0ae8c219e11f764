//! The visitor's language. It is chosen by cookie, else by what the browser accepts, and is fixed for a page's life:
//! switching loads the page anew.

use leptos::prelude::*;

pub use crate::i18n::Locale;

/// A text from the message files, in `locale`.
#[macro_export]
macro_rules! text {
    ($($message:tt)*) => { $crate::lang::owned(leptos_i18n::td_string!($($message)*)) };
}

/// A text with a number in it: `KEY.one` or `KEY.other`, as the language's plural rules say (CLDR, cardinals).
#[macro_export]
macro_rules! plural {
    ($locale:expr, $($key:ident).+, $count:expr) => {
        if $crate::lang::is_one($locale, $count) {
            $crate::text!($locale, $($key).+.one, count = $crate::lang::number($count))
        } else {
            $crate::text!($locale, $($key).+.other, count = $crate::lang::number($count))
        }
    };
}

/// Chinese has one form, English a second one for exactly one. Written out: ICU's rules for all languages, 21 kB of code
/// before compression, would be in everybody's bundle.
pub fn is_one(locale: Locale, count: usize) -> bool {
    locale == Locale::en && count == 1
}

/// `1,204`: both languages group digits so.
pub fn number(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Messages without arguments are `&'static str`, with arguments `String`.
pub fn owned(text: impl Into<String>) -> String {
    text.into()
}

/// Name of the language cookie.
pub const COOKIE: &str = "lang";

pub fn use_locale() -> Locale {
    use_context().unwrap_or_default()
}

/// The page's language: on the server from the request, in the browser from `<html lang>`.
#[cfg(feature = "ssr")]
pub fn detect() -> Locale {
    use_context::<http::request::Parts>().map(|parts| of(&parts)).unwrap_or_default()
}

/// The language that a request asks for.
#[cfg(feature = "ssr")]
pub fn of(parts: &http::request::Parts) -> Locale {
    if let Some(locale) = crate::preferences::cookie(parts, COOKIE).and_then(|value| value.parse().ok()) {
        return locale;
    }
    let accepted = parts.headers.get(http::header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    accepted
        .split(',')
        .filter_map(|range| range.split(';').next())
        .find_map(|tag| match tag.trim().to_ascii_lowercase().split('-').next() {
            Some("zh") => Some(Locale::zh_CN),
            Some("en") => Some(Locale::en),
            _ => None,
        })
        .unwrap_or_default()
}

#[cfg(not(feature = "ssr"))]
pub fn detect() -> Locale {
    document()
        .document_element()
        .and_then(|html| html.get_attribute("lang"))
        .and_then(|lang| lang.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn l2_large_numbers_are_grouped() {
        let all = [0, 999, 1_000, 1_204, 100_000, 1_234_567].map(number);
        assert_eq!(all, ["0", "999", "1,000", "1,204", "100,000", "1,234,567"]);
    }
}
