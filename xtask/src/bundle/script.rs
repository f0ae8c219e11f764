//! Makes the scripts smaller that wasm-bindgen and the splitter wrote.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{
    console::{Console, program},
    files::{self, at},
};

/// Minifies every script in place. They stay separate modules: they import each other by their relative names.
pub fn minify_all(console: &Console, folder: &Path) -> Result<()> {
    let esbuild = esbuild()?;
    for script in files::with_extension(folder, &["js"])? {
        let minify = ["--minify", "--format=esm", "--target=es2022", "--log-level=warning", "--allow-overwrite"];
        let out = format!("--outfile={}", script.display());
        console.run(program(&esbuild).arg(&script).args(minify).arg(out))?;
    }
    Ok(())
}

/// The program itself, out of the package for this machine: the one in `.bin` is a script that looks for it.
pub fn esbuild() -> Result<PathBuf> {
    let packages = at("end2end/node_modules/@esbuild");
    files::below(&packages)?
        .into_iter()
        .find(|path| path.ends_with("bin/esbuild"))
        .with_context(|| format!("no esbuild for this machine in {}", files::shown(&packages)))
}
