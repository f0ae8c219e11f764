//! Local users from a file (SPEC O4). A change of the file counts within a second; passwords are argon2id hashes.

mod file;
mod password;

use std::{path::Path, sync::Arc, time::Duration};

use musterbook_cluster::Actor;
use musterbook_core::AppError;
use tokio::sync::Semaphore;

pub use self::password::hash_password;
use self::{
    file::{User, Users as Listed},
    password::verify,
};
use crate::watched_file::WatchedFile;

/// A hash costs tens of megabytes and all of a core: more at once than there are cores helps nobody but an attacker.
const WAIT_FOR_A_TURN: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub struct Users {
    file: Arc<WatchedFile<Listed>>,
    turns: Arc<Semaphore>,
}

/// Who signed in, and a proof of how they were listed then: when that changes, their sessions end.
pub struct SignedIn {
    pub actor: Actor,
    pub proof: String,
}

impl Users {
    pub fn open(path: &Path) -> Result<Self, String> {
        if !path.exists() {
            return Err(format!("{}: no such file", path.display()));
        }
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let file = Arc::new(WatchedFile::open(path, file::parse)?);
        Ok(Self { file, turns: Arc::new(Semaphore::new(cores)) })
    }

    /// Unknown user and wrong password differ neither in words nor in time: for the unknown a hash is verified too,
    /// one that nothing matches.
    pub async fn verify(&self, name: &str, password: &str) -> Result<SignedIn, AppError> {
        let users = self.file.current();
        let user = users.by_name.get(name).cloned();
        let hash = user.as_ref().map_or(&users.nobody, |user| &user.password_hash).clone();
        let busy = AppError::Busy { retry_after_seconds: WAIT_FOR_A_TURN.as_secs() };
        let turn = tokio::time::timeout(WAIT_FOR_A_TURN, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(busy) };
        let password = password.to_owned();
        let matches = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            verify(&password, &hash)
        });
        match (matches.await, user) {
            (Ok(true), Some(user)) => Ok(SignedIn { actor: user.actor(), proof: user.proof() }),
            (Ok(_), _) => Err(AppError::WrongCredentials),
            (Err(error), _) => Err(crate::failure("a password can't be verified", &error)),
        }
    }

    /// Whether the user is still listed as when they signed in: not removed, same password, same groups.
    pub fn still_listed(&self, name: &str, proof: &str) -> bool {
        self.file.current().by_name.get(name).is_some_and(|user| user.proof() == proof)
    }
}

impl User {
    fn actor(&self) -> Actor {
        Actor { user: self.name.clone(), groups: self.groups.clone(), uid: None, extra: Default::default() }
    }
}
