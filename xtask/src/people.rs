//! The people of the sample projects, and their passwords. end2end/sample gives them their rights.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, SaltString},
};
use rand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::files;

/// The namespaces that the sample makes, in which Musterbook may act for these people.
pub const PROJECTS: [&str; 3] = ["demo-project", "demo-staging", "other-project"];

struct Sample {
    name: &'static str,
    groups: &'static [&'static str],
    about: &'static str,
}

const fn sample(name: &'static str, groups: &'static [&'static str], about: &'static str) -> Sample {
    Sample { name, groups, about }
}

const SAMPLE: [Sample; 9] = [
    sample("project-admin", &[], "admin of demo-project: may give every role of the project"),
    sample("project-regular", &[], "operator of demo-project: makes accounts, gives them roles, issues tokens"),
    sample("project-viewer", &[], "viewer of demo-project: may look, changes nothing"),
    sample("project-auditor", &[], "a custom role in demo-project: sees accounts and bindings, no Secrets"),
    sample("token-issuer", &[], "a custom role in demo-project: issues tokens, reads no Secrets"),
    sample("outsider", &[], "admin of other-project, and of no other"),
    sample("newcomer", &[], "no project yet"),
    sample("workspace-admin", &["demo-workspace-admins"], "admin of each project of demo-workspace, through a group"),
    sample(
        "workspace-viewer",
        &["demo-workspace-viewers"],
        "viewer of each project of demo-workspace, through a group",
    ),
];

/// Somebody who can sign in.
#[derive(Serialize, Deserialize)]
pub struct Person {
    pub name: String,
    pub password: String,
    pub groups: Vec<String>,
    pub about: String,
}

/// The people, and the two files about them.
pub struct People {
    pub list: Vec<Person>,
    /// Names and passwords: for a person at the demo, and for the browser tests.
    pub file: PathBuf,
    /// Names and hashes: for the server.
    pub users_file: PathBuf,
}

impl People {
    /// Reads the people of the last start, or makes new passwords where that list is missing or of other people.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        files::create_folder(folder)?;
        let (file, users_file) = (folder.join("people.json"), folder.join("users.json"));
        let before =
            std::fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str::<Vec<Person>>(&text).ok());
        let list = match before.filter(|list| users_file.exists() && are_the_sample(list)) {
            Some(list) => list,
            None => {
                let list: Vec<_> = SAMPLE.iter().map(Person::new).collect();
                files::write_private(&users_file, serde_json::to_vec_pretty(&users(&list)?)?)?;
                files::write_private(&file, serde_json::to_vec_pretty(&list)?)?;
                list
            }
        };
        Ok(Self { list, file, users_file })
    }

    pub fn names() -> String {
        SAMPLE.map(|person| person.name).join(",")
    }

    pub fn groups() -> String {
        SAMPLE.iter().flat_map(|person| person.groups).copied().collect::<Vec<_>>().join(",")
    }

    /// Names, passwords and what each is, in columns.
    pub fn table(&self) -> String {
        let name_width = self.list.iter().map(|person| person.name.len()).max().unwrap_or(0);
        let password_width = self.list.iter().map(|person| person.password.len()).max().unwrap_or(0);
        let row = |name: &str, password: &str, about: &str| {
            format!("  {name:name_width$}  {password:password_width$}  {about}\n")
        };
        let mut table = row("sign in as", "password", "who is");
        for person in &self.list {
            table += &row(&person.name, &person.password, &person.about);
        }
        table
    }
}

impl Person {
    fn new(sample: &Sample) -> Self {
        Self {
            name: sample.name.into(),
            password: password(),
            groups: sample.groups.iter().map(|group| (*group).into()).collect(),
            about: sample.about.into(),
        }
    }
}

fn are_the_sample(list: &[Person]) -> bool {
    list.len() == SAMPLE.len()
        && list
            .iter()
            .zip(&SAMPLE)
            .all(|(is, should)| is.name == should.name && is.groups == should.groups && is.about == should.about)
}

/// The server's file of users.
fn users(list: &[Person]) -> Result<serde_json::Value> {
    list.iter()
        .map(|person| {
            let hash = hash(&person.password)?;
            Ok(json!({ "name": person.name, "password-hash": hash, "groups": person.groups }))
        })
        .collect()
}

fn hash(password: &str) -> Result<String> {
    let salt = SaltString::encode_b64(&rand::rng().random::<[u8; 16]>()).map_err(|error| anyhow!("{error}"))?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(|error| anyhow!("{error}"))?;
    Ok(hash.to_string())
}

/// Twelve letters and digits that can't be mistaken for one another: 60 bits, easily typed.
fn password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut random = rand::rng();
    let mut part =
        || -> String { (0..4).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])).collect() };
    [part(), part(), part()].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_outlive_a_start_and_stay_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("musterbook-people-{}", std::process::id()));
        let first = People::in_folder(&folder).unwrap();
        let second = People::in_folder(&folder).unwrap();
        let mode = std::fs::metadata(&first.file).unwrap().permissions().mode();
        let users = std::fs::read_to_string(&first.users_file).unwrap();
        files::remove(&folder).unwrap();
        assert_eq!(first.list[0].password, second.list[0].password);
        assert_eq!(mode & 0o777, 0o600);
        assert!(users.contains("$argon2id$") && !users.contains(&first.list[0].password));
    }

    #[test]
    fn the_table_names_everybody() {
        let list: Vec<_> = SAMPLE.iter().map(Person::new).collect();
        let people = People { list, file: PathBuf::new(), users_file: PathBuf::new() };
        let table = people.table();
        assert_eq!(table.lines().count(), 1 + SAMPLE.len());
        assert!(table.contains(&people.list[3].password));
    }
}
