//! The users' file, YAML or JSON: a list of `name`, `password-hash` and `groups`.

use std::collections::BTreeMap;

use argon2::password_hash::PasswordHash;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::password::{cost, nobody};

#[derive(Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct User {
    pub name: String,
    pub password_hash: String,
    #[serde(default)]
    pub groups: Vec<String>,
}

pub struct Users {
    pub by_name: BTreeMap<String, User>,
    /// A hash that no password matches, as costly as the costliest here.
    pub nobody: String,
}

pub fn parse(text: &str) -> Result<Users, String> {
    // A file that is just being written must not end everybody's session.
    if text.trim().is_empty() {
        return Err("is empty".into());
    }
    let list: Vec<User> = serde_saphyr::from_str(text).map_err(|error| first_line(&error.to_string()))?;
    let mut by_name = BTreeMap::new();
    let mut costliest = None;
    for user in list {
        check(&user)?;
        costliest = costliest.max(PasswordHash::new(&user.password_hash).ok().and_then(|hash| cost(&hash)));
        if let Some(twice) = by_name.insert(user.name.clone(), user) {
            return Err(format!("user {} is listed twice", twice.name));
        }
    }
    Ok(Users { by_name, nobody: nobody(costliest.unwrap_or_default()) })
}

/// The lines after it quote the file, hashes and all.
fn first_line(error: &str) -> String {
    error.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

fn check(user: &User) -> Result<(), String> {
    let User { name, .. } = user;
    if name.is_empty() || name.starts_with("system:") {
        return Err(format!("{name:?} can't be a user's name: it is empty, or Kubernetes' own"));
    }
    if user.groups.iter().any(|group| group == "system:masters") {
        return Err(format!("user {name}: the API server lets system:masters do anything, whatever its roles say"));
    }
    match PasswordHash::new(&user.password_hash).ok().as_ref().and_then(cost) {
        Some(_) => Ok(()),
        None => {
            Err(format!("user {name}: password-hash is not an argon2id hash; make one with musterbook hash-password"))
        }
    }
}

impl User {
    /// Changes with anything that is said about the user.
    pub fn proof(&self) -> String {
        let mut hash = Sha256::new();
        for part in [&self.name, &self.password_hash].into_iter().chain(&self.groups) {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21l$UkIPrNMlL8EXOXbPxAkPUXZvWCnuS8nFkB6jK5EJxKs";

    fn error(text: &str) -> String {
        parse(text).err().unwrap()
    }

    #[test]
    fn yaml_and_json_are_read() {
        let yaml = format!("- name: ann\n  password-hash: {HASH}\n  groups: [project-regular]\n");
        assert_eq!(parse(&yaml).unwrap().by_name["ann"].groups, ["project-regular"]);
        let json = format!(r#"[{{"name": "ann", "password-hash": "{HASH}"}}]"#);
        assert!(parse(&json).unwrap().by_name["ann"].groups.is_empty());
    }

    #[test]
    fn what_is_wrong_is_named_without_the_hash() {
        let hashed = |name: &str, rest: &str| format!("- name: {name}\n  password-hash: {HASH}\n{rest}");
        assert!(error("- name: ann\n  password-hash: secret\n").contains("user ann"));
        assert!(!error("- name: ann\n  password-hash: secret\n").contains("secret"));
        assert!(!error("- name: ann\n  password-hash: secret\n  grups: []\n").contains("secret"));
        assert!(error(&hashed("system:admin", "")).contains("system:admin"));
        assert!(error(&hashed("ann", "  groups: [\"system:masters\"]\n")).contains("system:masters"));
        assert!(error(&format!("{}{}", hashed("ann", ""), hashed("ann", ""))).contains("twice"));
    }
}
