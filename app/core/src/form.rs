//! The forms' rules (SPEC C2, X1). The browser runs them while one types, the server before it asks Kubernetes.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::merge::{Merge, merge};

/// A label value's limit, which the account's name must fit into to be selected by (SPEC C2).
pub const NAME_MAX: usize = 63;
pub const ALIAS_MAX: usize = 63;
pub const DESCRIPTION_MAX: usize = 256;
/// Shortest life that the API server gives a token, in seconds (TokenRequest: 10 minutes).
pub const LIFETIME_MIN_SECONDS: i64 = 600;
/// Longest life that the API server accepts to be asked for, in seconds: 2^32.
pub const LIFETIME_MAX_SECONDS: i64 = 1 << 32;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    pub field: Field,
    pub problem: Problem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Field {
    Name,
    Alias,
    Description,
    Role,
    Lifetime,
    Endpoint,
    Namespace,
    Context,
    Audience,
    Yaml,
    /// Which kind of object it is.
    Kind,
    Confirmation,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    Required,
    /// Longer than `max` characters.
    TooLong {
        max: usize,
        is: usize,
    },
    /// Not of the form `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`.
    NotAName,
    /// A control character, or one that turns the text around it, at this character position, from 1.
    NotPrintable {
        at: usize,
    },
    /// An object with that name exists.
    Taken,
    /// Not one of the offered values.
    NotOffered,
    TooShort {
        min_seconds: i64,
    },
    NotANumber,
    TooLarge {
        max: i64,
    },
    /// The typed confirmation differs from the account's name.
    NotTheName,
    /// The typed confirmation differs from the number of accounts.
    NotTheNumber,
}

/// Checks a new account's name; the same rule as KubeSphere's (SPEC C2).
pub fn check_name(name: &str) -> Result<(), Problem> {
    if name.is_empty() {
        return Err(Problem::Required);
    }
    let is = name.chars().count();
    if is > NAME_MAX {
        return Err(Problem::TooLong { max: NAME_MAX, is });
    }
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = name.as_bytes();
    let inner = bytes.iter().all(|&b| allowed(b) || b == b'-');
    if inner && allowed(bytes[0]) && allowed(bytes[bytes.len() - 1]) { Ok(()) } else { Err(Problem::NotAName) }
}

/// Any printable text, spaces and CJK welcome, at most [`ALIAS_MAX`] characters (not bytes).
pub fn check_alias(alias: &str) -> Result<(), Problem> {
    check_text(alias, ALIAS_MAX, false)
}

/// Any printable text and line breaks, at most [`DESCRIPTION_MAX`] characters (not bytes).
pub fn check_description(description: &str) -> Result<(), Problem> {
    check_text(description, DESCRIPTION_MAX, true)
}

fn check_text(text: &str, max: usize, lines: bool) -> Result<(), Problem> {
    let is = text.chars().count();
    if is > max {
        return Err(Problem::TooLong { max, is });
    }
    match text.chars().position(|c| is_unprintable(c) && !(lines && c == '\n')) {
        Some(at) => Err(Problem::NotPrintable { at: at + 1 }),
        None => Ok(()),
    }
}

/// Beside controls, those that have the text around them read in the other direction (Unicode UAX 9, explicit formatting) and
/// Unicode's own line breaks: one text could be made to look like another.
fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What the create form sends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateInput {
    pub name: String,
    pub alias: String,
    pub description: String,
    /// Empty for none, else [`crate::role::RoleRef`]'s text form.
    pub role: String,
}

/// What Edit Information sends: the texts, and what the person saw of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EditInput {
    pub alias: String,
    pub description: String,
    pub seen_alias: String,
    pub seen_description: String,
    /// Somebody else changed it, too, and the person chose that: what they saw stays.
    pub keep_alias: bool,
    pub keep_description: bool,
    pub uid: String,
}

/// The texts that Edit Information is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    pub alias: String,
    pub description: String,
}

/// Two people's changes of the texts as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedTexts {
    /// With one's own where both changed the same.
    pub texts: Texts,
    /// Both changed it, each in another way.
    pub alias_clashes: bool,
    pub description_clashes: bool,
}

impl Texts {
    /// Those of an account, as a form shows and sends them: what nobody typed is nobody's change.
    pub fn of(alias: Option<&str>, description: Option<&str>) -> Self {
        let [alias, description] = [alias, description].map(|text| normalised_text(text.unwrap_or_default()));
        Self { alias, description }
    }

    /// What `self` and `theirs` changed of `seen`.
    pub fn merged(&self, seen: &Self, theirs: &Self) -> MergedTexts {
        let [seen, mine, theirs] = [seen, self, theirs].map(|texts| json!(texts));
        let Merge { merged, conflicts } = merge(&seen, &mine, &theirs);
        let clashes = |field| conflicts.iter().any(|conflict| conflict.path == field);
        MergedTexts {
            alias_clashes: clashes("alias"),
            description_clashes: clashes("description"),
            texts: serde_json::from_value(merged).unwrap_or_else(|_| unreachable!("strings were merged")),
        }
    }
}

impl CreateInput {
    /// A form post sends line breaks as CRLF (HTML standard, form submission); spaces around a name are never meant.
    pub fn normalised(mut self) -> Self {
        self.name = self.name.trim().to_owned();
        self.alias = self.alias.trim().to_owned();
        self.description = normalised_text(&self.description);
        self
    }

    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        collect([
            (Field::Name, check_name(&self.name)),
            (Field::Alias, check_alias(&self.alias)),
            (Field::Description, check_description(&self.description)),
            (Field::Role, check_role(&self.role)),
        ])
    }
}

impl EditInput {
    pub fn normalised(mut self) -> Self {
        for text in [&mut self.alias, &mut self.description, &mut self.seen_alias, &mut self.seen_description] {
            *text = normalised_text(text);
        }
        // A field of one line shows no line breaks (HTML standard): that they are missing is nobody's change.
        if self.alias == self.seen_alias.replace(['\r', '\n'], "") {
            self.alias.clone_from(&self.seen_alias);
        }
        self
    }

    /// What is wanted, and what it was made from.
    pub fn wanted_and_seen(&self) -> (Texts, Texts) {
        let chosen = |keep, seen: &String, typed: &String| if keep { seen.clone() } else { typed.clone() };
        let seen = Texts { alias: self.seen_alias.clone(), description: self.seen_description.clone() };
        let wanted = Texts {
            alias: chosen(self.keep_alias, &seen.alias, &self.alias),
            description: chosen(self.keep_description, &seen.description, &self.description),
        };
        (wanted, seen)
    }

    /// What is changed: a text that is older than these rules stays as it is, and keeps nobody from changing the other one.
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let (wanted, seen) = self.wanted_and_seen();
        let check = |wanted: &String, seen: &String, check: fn(&str) -> Result<(), Problem>| match wanted == seen {
            true => Ok(()),
            false => check(wanted),
        };
        collect([
            (Field::Alias, check(&wanted.alias, &seen.alias, check_alias)),
            (Field::Description, check(&wanted.description, &seen.description, check_description)),
        ])
    }
}

fn check_role(role: &str) -> Result<(), Problem> {
    if role.is_empty() || role.parse::<crate::role::RoleRef>().is_ok() { Ok(()) } else { Err(Problem::NotOffered) }
}

fn normalised_text(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

fn collect<const N: usize>(checks: [(Field, Result<(), Problem>); N]) -> Result<(), Vec<FieldError>> {
    let errors: Vec<_> = checks
        .into_iter()
        .filter_map(|(field, check)| check.err().map(|problem| FieldError { field, problem }))
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c2_names_are_lowercase_letters_digits_and_inner_hyphens() {
        for good in ["a", "0", "ci-deployer", "a--b", &"x".repeat(63)] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in ["-a", "a-", "A", "a.b", "a_b", "ä", "a b", "a\n"] {
            assert_eq!(check_name(bad), Err(Problem::NotAName), "{bad}");
        }
        assert_eq!(check_name(""), Err(Problem::Required));
        assert_eq!(check_name(&"x".repeat(64)), Err(Problem::TooLong { max: 63, is: 64 }));
    }

    #[test]
    fn c2_limits_count_characters_not_bytes() {
        assert_eq!(check_alias(&"预".repeat(63)), Ok(()));
        assert_eq!(check_alias(&"预".repeat(64)), Err(Problem::TooLong { max: 63, is: 64 }));
        assert_eq!(check_description(&"é".repeat(256)), Ok(()));
        assert_eq!(check_description(&"é".repeat(257)), Err(Problem::TooLong { max: 256, is: 257 }));
    }

    #[test]
    fn control_characters_are_named_by_position() {
        assert_eq!(check_alias("a\u{7}b"), Err(Problem::NotPrintable { at: 2 }));
        assert_eq!(check_alias("a\nb"), Err(Problem::NotPrintable { at: 2 }));
        assert_eq!(check_description("a\nb"), Ok(()));
    }

    #[test]
    fn c2_what_turns_the_text_around_it_is_refused() {
        for turn in ['\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{2028}', '\u{2029}'] {
            let text = format!("ab{turn}nimda");
            let refused = Err(Problem::NotPrintable { at: 3 });
            assert_eq!((check_alias(&text), check_description(&text)), (refused.clone(), refused), "{turn:?}");
        }
        for fine in ["مرحبا", "می\u{200c}خواهم", "👩\u{200d}💻", "a\u{200e}b"] {
            assert_eq!(check_alias(fine), Ok(()), "{fine}");
        }
    }

    #[test]
    fn x1_what_only_one_of_two_changed_is_kept_and_what_both_did_is_told() {
        let texts = |alias: &str, description: &str| Texts { alias: alias.into(), description: description.into() };
        let seen = texts("A", "D");
        let merged = |mine: Texts, theirs: Texts| {
            let merged = mine.merged(&seen, &theirs);
            (merged.texts, merged.alias_clashes, merged.description_clashes)
        };
        assert_eq!(merged(texts("B", "D"), texts("A", "E")), (texts("B", "E"), false, false));
        assert_eq!(merged(texts("A", "D"), texts("", "D")), (texts("", "D"), false, false));
        assert_eq!(merged(texts("B", "F"), texts("C", "E")), (texts("B", "F"), true, true));
        assert_eq!(merged(texts("B", "D"), texts("B", "E")), (texts("B", "E"), false, false));
    }

    #[test]
    fn x1_choosing_theirs_is_leaving_what_was_seen() {
        let input = EditInput {
            alias: "mine".into(),
            seen_alias: "theirs".into(),
            keep_alias: true,
            description: "a\r\nb".into(),
            ..Default::default()
        };
        let (wanted, seen) = input.normalised().wanted_and_seen();
        assert_eq!(
            (wanted.alias.as_str(), wanted.description.as_str(), seen.alias.as_str()),
            ("theirs", "a\nb", "theirs")
        );
    }

    #[test]
    fn x1_a_text_older_than_the_rules_stays_and_does_not_keep_the_other_from_being_changed() {
        let old = format!("CI\tdeployer\n{}", "x".repeat(70));
        let shown = old.replace('\n', "");
        for typed in [&old, &shown] {
            let input = EditInput {
                alias: typed.clone(),
                seen_alias: old.clone(),
                description: "New".into(),
                ..Default::default()
            };
            let input = input.normalised();
            assert_eq!((input.check(), &input.wanted_and_seen().0.alias), (Ok(()), &old));
        }
        let changed = EditInput { alias: format!("{shown}!"), seen_alias: old, ..Default::default() };
        let errors = changed.normalised().check().unwrap_err();
        assert_eq!(errors, [FieldError { field: Field::Alias, problem: Problem::TooLong { max: 63, is: 82 } }]);
    }

    #[test]
    fn a_form_post_loses_only_its_carriage_returns() {
        let input = CreateInput { name: " x ".into(), description: "a\r\nb".into(), ..Default::default() }.normalised();
        assert_eq!((input.name.as_str(), input.description.as_str()), ("x", "a\nb"));
    }
}
