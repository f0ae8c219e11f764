//! `musterbook`: serves the console, or does one of the small things around it.

use std::process::ExitCode;

use clap::Parser;
use musterbook::{
    config::{Cli, Command},
    serve, telemetry, tools,
};

/// Rendering a page is mostly small allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Bad configuration; also what clap exits with.
const MISCONFIGURED: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { command, serve } = Cli::parse();
    let result = match command {
        Some(Command::HashPassword) => tools::hash_password(),
        Some(Command::Permissions(wanted)) => tools::permissions(&wanted),
        None => {
            telemetry::init(serve.log);
            serve::run(&serve).await
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("musterbook: {error}");
            ExitCode::from(MISCONFIGURED)
        }
    }
}
