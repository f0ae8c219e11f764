//! What all processes must know at once: which sessions were ended, who is locked out (SPEC S1, O3).
//!
//! It is a file beside the session key, replaced as a whole under a lock, so that a reader never sees half of it.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{clock::Seconds, watched_file::WatchedFile};

/// Holds hashes only: the file gives away neither sessions nor what was typed as a user name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shared {
    /// Hash of the session's id → when it would have ended anyway.
    pub signed_out: BTreeMap<String, Seconds>,
    /// Hash of account and source → the failures there.
    pub failures: BTreeMap<String, Failures>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Failures {
    pub at: Vec<Seconds>,
    pub locked_until: Seconds,
}

#[derive(Clone)]
pub struct SharedState(Arc<WatchedFile<Shared>>);

impl SharedState {
    pub fn open(path: &Path) -> Result<Self, String> {
        let file = WatchedFile::open(path, parse)?;
        let state = Self(Arc::new(file));
        // A folder that can't be written to should stop the start, not the first sign-out.
        state.write(|_| ()).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(state)
    }

    /// At most a second old.
    pub fn current(&self) -> Arc<Shared> {
        self.0.current()
    }

    /// Changes the file for every process. It is on the disk when this returns.
    pub async fn change<R: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Shared) -> R + Send + 'static,
    ) -> io::Result<R> {
        let state = self.clone();
        tokio::task::spawn_blocking(move || state.write(change)).await.map_err(io::Error::other)?
    }

    fn write<R>(&self, change: impl FnOnce(&mut Shared) -> R) -> io::Result<R> {
        let _lock = lock(self.0.path())?;
        let mut shared = Shared::clone(&self.0.fresh());
        let before = shared.clone();
        let result = change(&mut shared);
        if shared != before || !self.0.path().exists() {
            replace(self.0.path(), &serde_json::to_vec(&shared)?)?;
            self.0.fresh();
        }
        Ok(result)
    }
}

fn parse(text: &str) -> Result<Shared, String> {
    if text.is_empty() { Ok(Shared::default()) } else { serde_json::from_str(text).map_err(|error| error.to_string()) }
}

/// Locks a file beside it, because the file itself is replaced. Ends when the handle is dropped.
fn lock(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create(true).append(true).open(beside(path, "lock"))?;
    file.lock()?;
    Ok(file)
}

fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let next = beside(path, "next");
    let mut file = File::create(&next)?;
    file.write_all(text)?;
    file.sync_all()?;
    std::fs::rename(&next, path)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_processes_that_write_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let replicas = [SharedState::open(&path).unwrap(), SharedState::open(&path).unwrap()];
        let writes = (0..40).map(|n| {
            replicas[n % 2].change(move |shared| {
                shared.signed_out.insert(n.to_string(), 1);
            })
        });
        for result in futures::future::join_all(writes).await {
            result.unwrap();
        }
        assert_eq!(SharedState::open(&path).unwrap().current().signed_out.len(), 40);
    }

    #[test]
    fn a_damaged_file_stops_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        std::fs::write(&path, "{").unwrap();
        assert!(SharedState::open(&path).err().unwrap().contains("state.json"));
    }
}
