//! Input that nobody expects, the same each time for the same seed (SPEC Z7).

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

/// Where parsers stumble: other alphabets, controls, separators, quotes, numbers at their limits, escapes, markup.
const ODD: [&str; 48] = [
    "",
    " ",
    "\u{0}",
    "\r\n",
    "\n",
    "\t",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{202e}",
    "é",
    "预",
    "👩‍👩‍👧",
    "\u{10ffff}",
    "..",
    "../",
    "/",
    "\\",
    "%",
    "%00",
    "%2f",
    "%zz",
    "%ff%fe",
    "?",
    "#",
    "&",
    "=",
    "[",
    "]",
    "{",
    "}",
    "[][",
    "\"",
    "'",
    "`",
    ":",
    ": ",
    "- ",
    "|",
    "&a *a",
    "!!binary x",
    "<b>",
    "${x}",
    "-1",
    "99999999999999999999",
    "1e999",
    "\u{1f}",
];

/// A source of odd texts and values.
pub struct Noise(StdRng);

impl Noise {
    pub fn seeded(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// From 0; `below` is at least 1.
    pub fn number(&mut self, below: usize) -> usize {
        self.0.random_range(0..below)
    }

    /// # Panics
    /// Where there is nothing to pick from.
    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.number(from.len())]
    }

    /// Some odd pieces between letters, seldom very many of them.
    pub fn text(&mut self) -> String {
        let pieces = if self.number(50) == 0 { 3_000 } else { self.number(8) };
        (0..pieces).map(|_| if self.number(2) == 0 { "ab0-" } else { self.pick(&ODD) }).collect()
    }

    /// The text with a few places cut, doubled, or filled with something odd.
    pub fn spoilt_text(&mut self, text: &str) -> String {
        let mut all: Vec<char> = text.chars().collect();
        for _ in 0..=self.number(4) {
            let from = self.number(all.len() + 1);
            let to = (from + self.number(12)).min(all.len());
            let filled: Vec<char> = match self.number(4) {
                0 => Vec::new(),
                1 => all[from..to].repeat(2),
                2 => self.text().chars().collect(),
                _ => self.pick(&ODD).chars().collect(),
            };
            all.splice(from..to, filled);
        }
        all.into_iter().collect()
    }

    /// The value with a few fields missing, of another type, or odd.
    pub fn spoilt(&mut self, value: &Value) -> Value {
        let mut spoilt = value.clone();
        for _ in 0..=self.number(3) {
            self.spoil(&mut spoilt);
        }
        spoilt
    }

    /// Walks down at random, and changes what it comes to.
    fn spoil(&mut self, value: &mut Value) {
        let inner = self.number(5) > 0;
        match value {
            Value::Object(fields) if inner && !fields.is_empty() => {
                let key = fields.keys().nth(self.number(fields.len())).cloned().unwrap_or_default();
                match self.number(6) {
                    0 => _ = fields.remove(&key),
                    1 => _ = fields.insert(self.text(), json!(1)),
                    _ => _ = fields.get_mut(&key).map(|field| self.spoil(field)),
                }
            }
            Value::Array(items) if inner && !items.is_empty() => {
                let place = self.number(items.len());
                match self.number(6) {
                    0 => _ = items.remove(place),
                    1 => items.push(items[place].clone()),
                    _ => self.spoil(&mut items[place]),
                }
            }
            other => *other = self.value(),
        }
    }

    fn value(&mut self) -> Value {
        match self.number(9) {
            0 => Value::Null,
            1 => json!(-1),
            2 => json!(u64::MAX),
            3 => json!(true),
            4 => json!([]),
            5 => json!({}),
            6 => json!([null, {}, "x"]),
            7 => json!("9999-99-99T99:99:99Z"),
            _ => self.text().into(),
        }
    }
}
