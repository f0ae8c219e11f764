//! The YAML editor: a script of its own, loaded when a text is edited, with all that it imports in it.

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context, Result};

use super::script::esbuild;
use crate::{
    console::{Console, program},
    files::{self, at},
};

/// The file's name in the bundle; `app/src/ui/code.rs` asks for it.
const NAME: &str = "editor.js";
const PACKAGES: &str = "end2end/node_modules";

/// Writes the script into `folder`. It ends with the licences of the packages in it, which ask for that.
pub fn bundle(console: &Console, folder: &Path) -> Result<()> {
    let (out, meta) = (folder.join(NAME), files::target("bundle/editor.json"));
    console.run(
        program(esbuild()?)
            .env("NODE_PATH", at(PACKAGES))
            .arg(at("app/editor/editor.ts"))
            .args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=warning"])
            .arg(format!("--outfile={}", out.display()))
            .arg(format!("--metafile={}", meta.display())),
    )?;
    let mut script = files::read_text(&out)?;
    for licence in licences(&files::read_text(&meta)?)? {
        script.push_str(&format!("/*!\n{}\n*/\n", licence.trim()));
    }
    files::write(&out, script)
}

/// The licence texts of the packages that esbuild read something from.
fn licences(meta: &str) -> Result<BTreeSet<String>> {
    packages(meta)?.iter().map(|package| files::read_text(&at(PACKAGES).join(package).join("LICENSE"))).collect()
}

fn packages(meta: &str) -> Result<BTreeSet<String>> {
    let meta: serde_json::Value = serde_json::from_str(meta)?;
    let inputs = meta["inputs"].as_object().context("esbuild names no inputs")?;
    Ok(inputs
        .keys()
        .filter_map(|input| input.rsplit_once("node_modules/"))
        .map(|(_, path)| path.split('/').take(if path.starts_with('@') { 2 } else { 1 }).collect::<Vec<_>>().join("/"))
        .collect())
}

/// What the script is made of: its own files, and the versions of what it imports and is bundled with.
pub fn inputs() -> Result<Vec<std::path::PathBuf>> {
    let mut inputs = files::with_extension(&at("app/editor"), &["ts"])?;
    inputs.push(at("end2end/package-lock.json"));
    Ok(inputs)
}

#[cfg(test)]
mod tests {
    use super::packages;

    #[test]
    fn a_package_is_named_by_its_folder() {
        let meta = r#"{"inputs": {"app/editor/editor.ts": {}, "end2end/node_modules/crelt/index.js": {},
            "end2end/node_modules/@lezer/lr/dist/index.js": {}, "end2end/node_modules/@lezer/lr/dist/other.js": {}}}"#;
        assert_eq!(packages(meta).unwrap().into_iter().collect::<Vec<_>>(), ["@lezer/lr", "crelt"]);
    }
}
