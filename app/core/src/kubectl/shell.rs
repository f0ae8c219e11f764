//! What a POSIX shell reads as it was meant, whatever is in it.

/// `text` as one word of a command.
pub(super) fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) { text.into() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// `text` in a here-document whose `$variables` are put in.
pub(super) fn kept(text: &str) -> String {
    text.replace('\\', r"\\").replace('$', r"\$").replace('`', r"\`")
}

/// One command, with what it reads.
pub(super) struct Step {
    command: String,
    input: Option<Input>,
}

struct Input {
    text: String,
    /// Variables are put in.
    expands: bool,
}

impl Step {
    pub fn new(command: impl Into<String>) -> Self {
        Self { command: command.into(), input: None }
    }

    /// With `text` on its standard input, as it is.
    pub fn reading(command: impl Into<String>, text: impl Into<String>) -> Self {
        Self { command: command.into(), input: Some(Input { text: text.into(), expands: false }) }
    }

    /// The same with variables put in: all else in it went through [`kept`].
    pub fn reading_with_variables(command: impl Into<String>, text: impl Into<String>) -> Self {
        Self { command: command.into(), input: Some(Input { text: text.into(), expands: true }) }
    }

    /// Its lines, `after` being what follows the command in its own line.
    pub fn then(&self, after: &str) -> String {
        let Self { command, input } = self;
        match input {
            None => format!("{command}{after}\n"),
            Some(Input { text, expands }) => {
                let end = end_of(text);
                let word = if *expands { end.clone() } else { format!("'{end}'") };
                let line_break = if text.ends_with('\n') { "" } else { "\n" };
                format!("{command} <<{word}{after}\n{text}{line_break}{end}\n")
            }
        }
    }
}

/// One after the other, as long as each succeeds.
pub(super) fn in_turn(steps: &[Step]) -> String {
    let last = steps.len().saturating_sub(1);
    steps.iter().enumerate().map(|(place, step)| step.then(if place < last { " &&" } else { "" })).collect()
}

/// The word that ends a here-document: no line of it.
fn end_of(text: &str) -> String {
    let mut end = String::from("EOF");
    while text.lines().any(|line| line == end) {
        end.push('_');
    }
    end
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// What the shell writes when it runs `script`.
    fn sh(script: &str) -> String {
        let done = Command::new("sh").args(["-c", script]).output().expect("a POSIX shell");
        assert!(done.status.success(), "{script}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    /// Texts of what shells take for something else, the same each time.
    fn odd_texts() -> impl Iterator<Item = String> {
        const PARTS: [&str; 24] = [
            "'", "\"", "\\", "$", "`", "$(id)", "${HOME}", "`id`", "!", "*", "~", "#", ";", "&&", "|", "<<EOF",
            "\nEOF\n", "\n", "\t", " ", "-", "é", "预", "🦀",
        ];
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 33).unwrap_or_default()
        };
        (0..300).map(move |_| (0..next() % 8).map(|_| PARTS[next() % PARTS.len()]).collect())
    }

    #[test]
    fn u6_a_shell_reads_every_text_as_it_is() {
        let texts: Vec<_> = odd_texts().collect();
        let script: String = texts.iter().map(|text| format!("printf '%s\\001' {}\n", quoted(text))).collect();
        let read = sh(&script);
        assert_eq!(read.split_terminator('\u{1}').collect::<Vec<_>>(), texts);
        assert_eq!(quoted("demo-project"), "demo-project");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn u6_a_here_document_holds_every_text() {
        for text in odd_texts().take(60) {
            let whole = if text.ends_with('\n') { text.clone() } else { format!("{text}\n") };
            assert_eq!(sh(&Step::reading("cat", &text).then("")), whole, "{text:?}");
            let script =
                format!("v=put; {}", Step::reading_with_variables("cat", format!("$v{}", kept(&text))).then(""));
            assert_eq!(sh(&script), format!("put{whole}"), "{text:?}");
        }
    }

    #[test]
    fn u6_the_next_command_waits_for_the_one_before() {
        let steps = [Step::reading("cat", "a"), Step::new("false"), Step::new("echo never")];
        assert_eq!(sh(&format!("{}true", in_turn(&steps))), "a\n");
    }
}
