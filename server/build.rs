//! Embeds what `cargo xtask bundle` made; without a bundle the server still compiles, and says so when it starts.

use std::path::Path;

fn main() {
    let site = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/site/pkg"));
    if let Err(error) = std::fs::create_dir_all(site) {
        println!("cargo::error=can't make {}: {error}; run `cargo xtask bundle`", site.display());
    }
    println!("cargo::rerun-if-changed={}", site.display());
    println!("cargo::rerun-if-changed=build.rs");
}
