//! Where things are, and the few file operations that several tasks share.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The root of the repository.
///
/// Cargo says where that is when it runs this program. What it said when it compiled it is wrong for a clone that was
/// moved or copied with its `target`.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        #[expect(clippy::disallowed_methods, reason = "set by Cargo, not by people")]
        let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        Path::new(&package).parent().unwrap_or(Path::new(".")).to_path_buf()
    })
}

/// A path below the root.
pub fn at(path: impl AsRef<Path>) -> PathBuf {
    root().join(path)
}

/// A path below `target`.
pub fn target(path: impl AsRef<Path>) -> PathBuf {
    at("target").join(path)
}

/// How a path is told to a person: from the root.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Every file below a folder, sorted. Folders that hold others' work or build results are left out.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    const SKIPPED: [&str; 5] = ["node_modules", "target", ".git", "test-results", "playwright-report"];
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("read {}", shown(&folder)))? {
            let entry = entry?;
            let path = entry.path();
            if !entry.file_type()?.is_dir() {
                found.push(path);
            } else if !SKIPPED.iter().any(|skipped| entry.file_name() == *skipped) {
                folders.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The files below a folder with one of these extensions; none where there is no such folder.
pub fn with_extension(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut files = below(folder)?;
    files.retain(|file| file.extension().is_some_and(|found| extensions.iter().any(|wanted| found == *wanted)));
    Ok(files)
}

pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("read {}", shown(path)))
}

pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("read {}", shown(path)))
}

pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    fs::write(path, content).with_context(|| format!("write {}", shown(path)))
}

/// Leaves a file alone that holds this already: who watches its time would see a change.
pub fn write_if_changed(path: &Path, content: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|found| found == content) { Ok(()) } else { write(path, content) }
}

/// Writes a file that only its owner may read.
pub fn write_private(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    // The mode counts only for a new file.
    remove(path)?;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(content.as_ref()))
        .with_context(|| format!("write {}", shown(path)))
}

/// Removes a file or a folder, if it is there.
pub fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("remove {}", shown(path)))
        }
        _ => Ok(()),
    }
}

pub fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).with_context(|| format!("make the folder {}", shown(path)))
}

/// Hashes what something is built from. Each part counts with its length, so that no two lists of parts look alike.
#[derive(Default)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    pub fn add(&mut self, part: impl AsRef<[u8]>) -> &mut Self {
        let part = part.as_ref();
        self.0.update(part.len().to_le_bytes());
        self.0.update(part);
        self
    }

    /// Adds a file's path and content.
    pub fn add_file(&mut self, path: &Path) -> Result<&mut Self> {
        Ok(self.add(shown(path)).add(read(path)?))
    }

    pub fn finish(self) -> String {
        self.0.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_tells_where_a_part_ends() {
        let mut one = Fingerprint::default();
        one.add("ab").add("c");
        let mut other = Fingerprint::default();
        other.add("a").add("bc");
        assert_ne!(one.finish(), other.finish());
    }

    #[test]
    fn a_private_file_is_private_even_if_it_was_there_before() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("musterbook-private-{}", std::process::id()));
        fs::write(&path, "old").unwrap();
        write_private(&path, "new").unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        fs::remove_file(&path).unwrap();
        assert_eq!(mode & 0o777, 0o600);
    }
}
