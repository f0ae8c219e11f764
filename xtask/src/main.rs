//! What the aliases in `.cargo/config.toml` run: the bundle, the demo, the checks. Needs Rust, Go and Node; installs or
//! names the rest.

mod bench;
mod bundle;
mod console;
mod control_plane;
mod demo;
mod files;
mod interrupt;
mod lanes;
mod people;
mod server;
mod size;
mod stack;
mod tidy;
mod tools;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use console::Console;

/// Builds, runs and checks Musterbook.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything, start a real API server with sample projects, and serve the console
    Demo(demo::Flags),
    /// Run every check and test, cheapest first, and stop at the first failure
    Verify(verify::Flags),
    /// Measure Musterbook beside the API server and, if it is there, beside Headlamp
    Bench(bench::Flags),
    /// Build what the browser downloads into target/site/pkg
    Bundle,
    /// Print the bundle's sizes, and fail when a first visit downloads more than the budget allows
    Size,
    /// Build target/control-plane: etcd, kube-apiserver and controllers in one program
    ControlPlane,
    /// Check the rules of this repository that no compiler knows
    Tidy,
}

fn main() -> ExitCode {
    let done = match Cli::parse_from(arguments()).command {
        Task::Demo(flags) => demo::run(&flags),
        Task::Verify(flags) => verify::run(&flags),
        Task::Bench(flags) => bench::run(&flags),
        Task::Bundle => bundle::command(),
        Task::Size => size::check(),
        Task::ControlPlane => control_plane::build(&Console::Terminal),
        Task::Tidy => tidy::check(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `cargo demo --port 1` and `cargo demo -- --port 1` mean the same: the alias ends in a `--` of its own already.
fn arguments() -> impl Iterator<Item = String> {
    std::env::args().enumerate().filter(|(at, word)| !(*at == 2 && word == "--")).map(|(_, word)| word)
}
