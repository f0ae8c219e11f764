//! A file that others may change while the server runs: read again when it looks different, at most once a second.

use std::{
    fs::Metadata,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

const LOOK_EVERY: Duration = Duration::from_secs(1);

pub type Parse<T> = fn(&str) -> Result<T, String>;

pub struct WatchedFile<T> {
    path: PathBuf,
    parse: Parse<T>,
    held: Mutex<Held<T>>,
}

struct Held<T> {
    value: Arc<T>,
    stamp: Option<Stamp>,
    looked: Instant,
}

/// Enough to notice a rewrite in place, a rename over it, and the symbolic links that the kubelet swaps.
#[derive(PartialEq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

impl<T: Send + Sync + 'static> WatchedFile<T> {
    /// Reads it for the first time, when a fault must stop the start.
    pub fn open(path: &Path, parse: Parse<T>) -> Result<Self, String> {
        let (value, stamp) = read(path, parse)?;
        let held = Held { value: Arc::new(value), stamp, looked: Instant::now() };
        Ok(Self { path: path.to_owned(), parse, held: Mutex::new(held) })
    }

    /// What the file says, at most a second old. If it became unreadable, what it said before, and a line in the log.
    pub fn current(&self) -> Arc<T> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.looked.elapsed() >= LOOK_EVERY {
            held.looked = Instant::now();
            self.look(&mut held);
        }
        held.value.clone()
    }

    /// What the file says now.
    pub fn fresh(&self) -> Arc<T> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        self.look(&mut held);
        held.value.clone()
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    fn look(&self, held: &mut Held<T>) {
        if stamp(&self.path).is_ok_and(|stamp| stamp == held.stamp) {
            return;
        }
        match read(&self.path, self.parse) {
            Ok((value, stamp)) => {
                held.value = Arc::new(value);
                held.stamp = stamp;
            }
            Err(error) => tracing::error!(%error, "changed file can't be used, going on with what it said before"),
        }
    }
}

/// The stamp is taken before the text, so that a change in between is seen the next time.
fn read<T>(path: &Path, parse: Parse<T>) -> Result<(T, Option<Stamp>), String> {
    let named = |error: String| format!("{}: {error}", path.display());
    let stamp = stamp(path).map_err(|error| named(error.to_string()))?;
    let text = match stamp {
        Some(_) => std::fs::read_to_string(path).map_err(|error| named(error.to_string()))?,
        None => String::new(),
    };
    Ok((parse(&text).map_err(named)?, stamp))
}

/// `None` where there is no file: its text is empty then.
fn stamp(path: &Path) -> io::Result<Option<Stamp>> {
    match std::fs::metadata(path) {
        Ok(metadata) => {
            Ok(Some(Stamp { modified: metadata.modified().ok(), length: metadata.len(), inode: inode(&metadata) }))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_change_leaves_what_was_said_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("number");
        std::fs::write(&path, "1").unwrap();
        let file = WatchedFile::open(&path, |text| text.parse::<u32>().map_err(|e| e.to_string())).unwrap();
        std::fs::write(&path, "22").unwrap();
        assert_eq!(*file.fresh(), 22);
        std::fs::write(&path, "broken").unwrap();
        assert_eq!(*file.fresh(), 22);
    }
}
