//! The key that sessions are encrypted with: from a file, made on the first start, never built in (SPEC Z1).
//!
//! A line is 64 random bytes in base64. New sessions use the first line, every line is accepted: to rotate, add the new
//! key as second line everywhere, then make it the first, and take the old one away twelve hours later.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use cookie::Key;

#[derive(Clone)]
pub struct SessionKeys {
    pub current: Key,
    pub previous: Vec<Key>,
}

impl SessionKeys {
    pub fn open_or_create(path: &Path) -> Result<Self, String> {
        let named = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        create_if_missing(path).map_err(|error| named(&error))?;
        let text = std::fs::read_to_string(path).map_err(|error| named(&error))?;
        let keys = Self::parse(&text).map_err(|error| named(&error))?;
        warn_if_open_to_others(path);
        Ok(keys)
    }

    pub fn parse(text: &str) -> Result<Self, String> {
        let mut keys = Vec::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let key = STANDARD.decode(line.trim()).ok().and_then(|bytes| Key::try_from(bytes.as_slice()).ok());
            keys.push(key.ok_or_else(|| format!("line {}: not 64 bytes in base64", number + 1))?);
        }
        if keys.is_empty() {
            return Err("holds no key; remove it, and one is made".into());
        }
        Ok(Self { current: keys.remove(0), previous: keys })
    }

    pub fn all(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

/// Two processes that start at once must end up with one key: whoever comes second reads the first one's. The file
/// appears with its text in it, never empty.
fn create_if_missing(path: &Path) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    writeln!(file, "{}", STANDARD.encode(Key::generate().master()))?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn warn_if_open_to_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o007 != 0) {
        tracing::warn!(path = %path.display(), "every user of this machine can read the session key: chmod 600");
    }
}

#[cfg(not(unix))]
fn warn_if_open_to_others(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn z1_the_first_start_makes_a_key_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = SessionKeys::open_or_create(&path).unwrap();
        let read = SessionKeys::open_or_create(&path).unwrap();
        assert_eq!(made.current, read.current);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn z1_a_short_or_missing_key_stops_the_start() {
        assert!(SessionKeys::parse("").err().unwrap().contains("no key"));
        let short = format!("{}\n{}", STANDARD.encode([1; 64]), STANDARD.encode([1; 63]));
        assert!(SessionKeys::parse(&short).err().unwrap().contains("line 2"));
    }
}
