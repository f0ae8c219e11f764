//! Cuts the parts out that are loaded when they are needed, and makes the glue between WebAssembly and the browser.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::Options;

use super::{NAME, unused::drop_exports};
use crate::files;

/// The loader of the parts. The name has this length because Leptos knows it by heart.
pub const LOADER: &str = "__wasm_split.______________________.js";

/// Writes the base module, its parts and their scripts into `out`, and returns all modules.
///
/// A module without lazy code goes the same way: nothing is cut off, and the relocations are dropped, which wasm-bindgen
/// would keep.
pub fn split(module: &Path, out: &Path) -> Result<Vec<PathBuf>> {
    let bytes = drop_exports(&files::read(module)?).context("drop exports that nobody uses")?;
    // Not in `out`: the browser never sees it.
    let base = module.with_file_name("musterbook_split.wasm");
    let main_module = format!("./{NAME}.js");
    let link_name = format!("./{LOADER}");
    let mut options = Options::new(&bytes);
    options.output_dir = out;
    options.main_out_path = &base;
    options.main_module = &main_module;
    options.link_name = &link_name;
    let split = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("split the module: {error:?}"))?;

    let is_split = !split.split_modules.is_empty();
    if !is_split {
        files::remove(&out.join(LOADER))?;
    }
    bindgen(&base, out, is_split).context("make the glue")?;

    let mut modules = split.split_modules;
    modules.insert(0, out.join(format!("{NAME}_bg.wasm")));
    Ok(modules)
}

fn bindgen(base: &Path, out: &Path, is_split: bool) -> Result<()> {
    Bindgen::new()
        .input_path(base)
        .web(true)?
        .typescript(false)
        .out_name(NAME)
        // The parts call what the base exports under the names that the linker gave.
        .keep_lld_exports(is_split)
        .demangle(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(out)
}
