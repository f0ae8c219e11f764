//! Makes WebAssembly smaller.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{
    console::{Console, program},
    files::at,
};

/// What the compiler's output uses beyond the first version of WebAssembly.
const FEATURES: [&str; 2] = ["--enable-bulk-memory", "--enable-nontrapping-float-to-int"];

/// Measured on the base, in kB of brotli: without wasm-opt 330, with -Oz 331, -Os and -O3 327, and this 327. What counts is
/// what is sent: -Oz is the smallest before compression (7 % less than this), and the largest after. `--converge` saves
/// another 0.7, and takes three times as long.
const LEVEL: &str = "-O2";

/// Runs wasm-opt over the base and over the parts. The parts need it most: they still hold the names of all functions.
pub fn all(console: &Console, modules: &[PathBuf]) -> Result<()> {
    let wasm_opt = at("end2end/node_modules/binaryen/bin/wasm-opt");
    for module in modules {
        console
            .run(program("node").arg(&wasm_opt).arg(LEVEL).args(FEATURES).arg(module).arg("-o").arg(module))
            .with_context(|| format!("optimise {}", module.display()))?;
    }
    Ok(())
}
