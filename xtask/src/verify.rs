//! `cargo verify`: every check and test, cheapest first.

mod browser;
mod cluster;
mod compile;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::{console::Console, interrupt, lanes::elapsed, size, tidy, tools};

#[derive(Args)]
pub struct Flags {
    /// Run only this check; may be given more than once
    #[arg(long, value_name = "NAME")]
    only: Vec<Check>,

    /// The browser for the browser tests; looked for, and on Debian installed, where it isn't given
    #[arg(long, value_name = "FILE", env = "CHROMIUM")]
    chromium: Option<PathBuf>,
}

/// In the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Check {
    /// What is needed is there
    Tools,
    /// Rust and Go are formatted
    Fmt,
    /// The rules of this repository that no compiler knows
    Tidy,
    /// Clippy on the server's side
    Clippy,
    /// Clippy on the browser's side
    ClippyWasm,
    /// Unit tests, and tests against a false API server
    Test,
    /// Vet and test the control plane
    Go,
    /// Build the bundle, and hold it to its budget
    Bundle,
    /// Tests against a real API server
    ControlPlane,
    /// Tests in a browser, with everything real
    E2e,
}

impl Check {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn run(self, flags: &Flags) -> Result<()> {
        let console = &Console::Terminal;
        match self {
            Self::Tools => {
                tools::check(console)?;
                tools::chromium(console, flags.chromium.as_deref()).map(drop)
            }
            Self::Fmt => compile::format(console),
            Self::Tidy => tidy::check(),
            Self::Clippy => compile::clippy(console),
            Self::ClippyWasm => compile::clippy_wasm(console),
            Self::Test => compile::test(console),
            Self::Go => compile::go(console),
            Self::Bundle => size::build_and_check(console),
            Self::ControlPlane => cluster::test(console),
            Self::E2e => browser::test(console, &tools::chromium(console, flags.chromium.as_deref())?),
        }
    }
}

pub fn run(flags: &Flags) -> Result<()> {
    interrupt::watch();
    let checks: Vec<_> = Check::value_variants()
        .iter()
        .copied()
        .filter(|check| flags.only.is_empty() || flags.only.contains(check))
        .collect();
    let mut times = Vec::new();
    for (number, check) in checks.iter().enumerate() {
        println!("\n=== [{}/{}] {}", number + 1, checks.len(), check.name());
        let began = Instant::now();
        let result = check.run(flags);
        times.push((check.name(), result.is_ok(), began.elapsed()));
        if result.is_err() {
            print!("{}", summary(&times, &checks[number + 1..]));
            return result.with_context(|| format!("{} (again: cargo verify --only {0})", check.name()));
        }
    }
    print!("{}", summary(&times, &[]));
    Ok(())
}

fn summary(times: &[(String, bool, Duration)], left: &[Check]) -> String {
    let mut text = String::from("\n");
    for (name, passed, took) in times {
        text += &format!("  {name:14} {:7} {:>12}\n", if *passed { "passed" } else { "FAILED" }, elapsed(*took));
    }
    for check in left {
        text += &format!("  {:14} not run\n", check.name());
    }
    let all = times.iter().map(|(.., took)| *took).sum();
    text + &format!("  {:14} {:7} {:>12}\n", "together", "", elapsed(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_tells_passed_failed_and_not_run() {
        let times = [("fmt".into(), true, Duration::from_secs(2)), ("tidy".into(), false, Duration::from_secs(12))];
        let text = summary(&times, &[Check::E2e]);
        let words: Vec<Vec<_>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(words[1], ["fmt", "passed", "2.0", "s"]);
        assert_eq!(words[2], ["tidy", "FAILED", "12", "s"]);
        assert_eq!(words[3], ["e2e", "not", "run"]);
        assert_eq!(words[4], ["together", "14", "s"]);
    }
}
