//! What has to be on the machine. What a package manager here may install is installed; the rest is named with the
//! command that installs it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{
    console::{Console, output, program},
    files::{self, Fingerprint, at},
};

/// The newest features in use: `go.mod` of the control plane and `engines` of end2end/package.json say the same.
const GO: &str = "Go 1.26 or newer is needed for the control plane: https://go.dev/doc/install, \
                  or on Debian `apt-get install -y golang-go`";
const NODE: &str = "Node 20 or newer is needed for the bundle and the browser tests: https://nodejs.org/en/download, \
                    or on Debian `apt-get install -y nodejs npm`";

/// Makes sure of what every build needs.
pub fn check(console: &Console) -> Result<()> {
    wasm_target(console)?;
    require("go", &["version"], GO)?;
    require("node", &["--version"], NODE)?;
    require("npm", &["--version"], NODE)?;
    node_modules(console)
}

/// The compiler's library for the browser.
fn wasm_target(console: &Console) -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let sysroot = output(program("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).exists() {
        return Ok(());
    }
    if !answers("rustup", &["--version"]) {
        bail!(
            "Rust's {TARGET} target is missing, and there is no rustup to add it: https://rustup.rs, \
             or on Debian `apt-get install -y libstd-rust-dev-wasm32`"
        );
    }
    console.run(program("rustup").args(["target", "add", TARGET]))
}

/// Binaryen, esbuild, what the editor is made of, and Playwright, as the lock file has them. No package gets to run a script of its own.
pub fn node_modules(console: &Console) -> Result<()> {
    let folder = at("end2end");
    let stamp = folder.join("node_modules/.musterbook");
    let mut inputs = Fingerprint::default();
    let inputs = inputs.add_file(&folder.join("package-lock.json"))?.add_file(&folder.join("package.json"))?;
    let wanted = std::mem::take(inputs).finish();
    if std::fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    console.run(program("npm").current_dir(&folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    files::write(&stamp, wanted)
}

/// A browser for the tests, and fonts that hold Chinese.
pub fn chromium(console: &Console, given: Option<&Path>) -> Result<PathBuf> {
    const INSTALL: [&str; 5] = ["install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"];
    if let Some(path) = given {
        return Ok(path.to_path_buf());
    }
    let font_is_there = !answers("fc-list", &["--version"]) || holds_chinese();
    if let (Some(path), true) = (find_chromium(), font_is_there) {
        return Ok(path);
    }
    let root_on_debian = rustix::process::getuid().is_root() && answers("apt-get", &["--version"]);
    if !root_on_debian {
        if let Some(path) = find_chromium() {
            return Ok(path);
        }
        bail!(
            "Chromium is needed for the browser tests: `sudo apt-get {}`, or name one with --chromium",
            INSTALL.join(" ")
        );
    }
    console.run(program("apt-get").arg("update"))?;
    console.run(program("apt-get").args(INSTALL).env("DEBIAN_FRONTEND", "noninteractive"))?;
    find_chromium().context("apt-get installed no chromium that could be found")
}

fn find_chromium() -> Option<PathBuf> {
    const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    const FOLDERS: [&str; 4] = ["/usr/bin", "/usr/local/bin", "/opt/google/chrome", "/snap/bin"];
    NAMES.iter().flat_map(|name| FOLDERS.map(|folder| Path::new(folder).join(name))).find(|path| path.exists())
}

fn holds_chinese() -> bool {
    output(program("fc-list").arg(":lang=zh-cn")).is_ok_and(|fonts| !fonts.trim().is_empty())
}

fn require(name: &str, arguments: &[&str], help: &str) -> Result<()> {
    if answers(name, arguments) { Ok(()) } else { bail!("`{name}` is missing. {help}") }
}

/// Whether a program is there and works.
pub fn answers(name: &str, arguments: &[&str]) -> bool {
    Command::new(name)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
