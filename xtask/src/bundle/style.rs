//! Bundles the style sheets along their `@import`s, and minifies them.

use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    printer::PrinterOptions,
    stylesheet::{MinifyOptions, ParserOptions},
    targets::{Browsers, Targets},
};

/// No syntax is translated for older browsers: `light-dark()`, nesting and layers are in all of them since 2024, and
/// stay as they were written.
const TARGETS: Targets = Targets {
    browsers: Some(Browsers {
        chrome: Some(version(123)),
        edge: Some(version(123)),
        firefox: Some(version(128)),
        safari: Some(version(17) | 5 << 8),
        android: None,
        ie: None,
        ios_saf: Some(version(17) | 5 << 8),
        opera: None,
        samsung: None,
    }),
    include: lightningcss::targets::Features::empty(),
    exclude: lightningcss::targets::Features::empty(),
};

const fn version(major: u32) -> u32 {
    major << 16
}

/// The whole style in one text.
pub fn bundle(entry: &Path) -> Result<String> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(entry).map_err(|error| anyhow!("the style: {error}"))?;
    sheet
        .minify(MinifyOptions { targets: TARGETS, ..MinifyOptions::default() })
        .map_err(|error| anyhow!("the style: {error}"))?;
    let css = sheet.to_css(PrinterOptions { minify: true, targets: TARGETS, ..PrinterOptions::default() })?;
    Ok(css.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;

    #[test]
    fn imports_are_bundled_in_their_order_and_modern_syntax_stays() {
        let folder = std::env::temp_dir().join(format!("musterbook-style-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("ui")).unwrap();
        std::fs::write(folder.join("main.css"), "@import './tokens.css';\n@import './ui/button.css';\n").unwrap();
        std::fs::write(folder.join("tokens.css"), ":root { --ink: light-dark(#111111, #eeeeee); }").unwrap();
        std::fs::write(folder.join("ui/button.css"), ".button { color: var(--ink); &:hover { opacity: .5 } }").unwrap();
        let css = bundle(&folder.join("main.css"));
        files::remove(&folder).unwrap();
        assert_eq!(css.unwrap(), ":root{--ink:light-dark(#111,#eee)}.button{color:var(--ink);&:hover{opacity:.5}}");
    }
}
