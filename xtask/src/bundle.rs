//! Builds what the browser downloads: WebAssembly, its glue, the style sheet and the files of `public`, each with
//! compressed twins, in a folder that is named after what it was built from. So its files may be cached for ever.
//!
//! The order matters: a module is split before wasm-bindgen sees it, and optimised after.

mod compile;
mod compress;
mod editor;
mod optimise;
mod order;
mod script;
mod split;
mod style;
mod unused;

pub use compress::brotli_twin;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};

use crate::{
    console::Console,
    files::{self, Fingerprint, at, target},
    interrupt,
    lanes::elapsed,
    tools,
};

/// The name of the files that start the page.
pub const NAME: &str = "musterbook";

/// This recipe is an input too: a change of it is a change of what it makes.
const RECIPE: [&str; 10] = [
    include_str!("bundle.rs"),
    include_str!("bundle/compile.rs"),
    include_str!("bundle/compress.rs"),
    include_str!("bundle/editor.rs"),
    include_str!("bundle/optimise.rs"),
    include_str!("bundle/order.rs"),
    include_str!("bundle/script.rs"),
    include_str!("bundle/split.rs"),
    include_str!("bundle/style.rs"),
    include_str!("bundle/unused.rs"),
];

/// `cargo xtask bundle`.
pub fn command() -> Result<()> {
    tools::check(&Console::Terminal)?;
    build(&Console::Terminal).map(drop)
}

/// Brings `target/site/pkg` up to date, and returns the folder that `target/site/pkg/current` names.
pub fn build(console: &Console) -> Result<PathBuf> {
    let module = compile::frontend(console)?;
    let style = style::bundle(&at("style/main.css"))?;
    let hash = fingerprint(&module, &style)?;
    let site = prepare()?;
    let done = site.join(&hash);
    if !done.exists() {
        let draft = target("bundle").join(&hash);
        files::remove(&draft)?;
        files::create_folder(&draft)?;
        assemble(console, &module, &style, &draft)?;
        fs::rename(&draft, &done).with_context(|| format!("move the bundle to {}", files::shown(&done)))?;
    }
    files::write_if_changed(&site.join("current"), &hash)?;
    remove_others(&site, &hash)?;
    console.say(&format!("the bundle is {}", files::shown(&done)));
    Ok(done)
}

/// The folder of the bundles. The server embeds it, and so can't be compiled before it is there.
pub fn prepare() -> Result<PathBuf> {
    let site = target("site/pkg");
    files::create_folder(&site)?;
    Ok(site)
}

/// The bundle of the last build.
pub fn current() -> Result<PathBuf> {
    let site = target("site/pkg");
    let hash = fs::read_to_string(site.join("current")).context("there is no bundle yet: run `cargo xtask bundle`")?;
    Ok(site.join(hash.trim()))
}

/// Hashes everything that the bundle depends on.
fn fingerprint(module: &Path, style: &str) -> Result<String> {
    let mut inputs = Fingerprint::default();
    inputs.add(files::read(module)?).add(style);
    for file in public()?.into_iter().chain(editor::inputs()?) {
        inputs.add_file(&file)?;
    }
    for part in RECIPE {
        inputs.add(part);
    }
    inputs.add(files::read(&at("Cargo.lock"))?);
    Ok(inputs.finish())
}

fn public() -> Result<Vec<PathBuf>> {
    let folder = at("public");
    if folder.exists() { files::below(&folder) } else { Ok(Vec::new()) }
}

fn assemble(console: &Console, module: &Path, style: &str, out: &Path) -> Result<()> {
    let began = Instant::now();
    let stage = |name: &str| {
        console.say(&format!("bundle: {name}, after {}", elapsed(began.elapsed())));
        interrupt::check()
    };
    stage("splitting the module, and making its glue")?;
    let modules = split::split(module, out)?;
    stage("optimising WebAssembly")?;
    optimise::all(console, &modules)?;
    stage("ordering functions")?;
    for module in &modules {
        let ordered = order::by_likeness(&files::read(module)?)
            .with_context(|| format!("order the functions of {}", files::shown(module)))?;
        files::write(module, ordered)?;
    }
    stage("minifying scripts")?;
    script::minify_all(console, out)?;
    editor::bundle(console, out)?;
    files::write(&out.join("main.css"), style)?;
    copy_public(out)?;
    stage("compressing")?;
    compress::all(out)?;
    stage("done")
}

fn copy_public(out: &Path) -> Result<()> {
    for file in public()? {
        let name = file.strip_prefix(at("public")).context("a public file outside of its folder")?;
        let copy = out.join(name);
        files::create_folder(copy.parent().unwrap_or(out))?;
        fs::copy(&file, &copy).with_context(|| format!("copy {}", files::shown(&file)))?;
    }
    Ok(())
}

/// The server embeds the whole folder: older bundles would only make it larger.
fn remove_others(site: &Path, hash: &str) -> Result<()> {
    for entry in fs::read_dir(site)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() && entry.file_name() != *hash {
            files::remove(&entry.path())?;
        }
    }
    Ok(())
}
