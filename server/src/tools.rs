//! What the binary does besides serving.

use std::io::{IsTerminal, Read};

use musterbook_cluster::permissions::{Account, identity_yaml};

use crate::{config::Permissions, users};

pub fn hash_password() -> Result<(), String> {
    let mut input = std::io::stdin();
    if input.is_terminal() {
        eprintln!("Type the password, then Enter and Ctrl-D:");
    }
    let mut password = String::new();
    input.read_to_string(&mut password).map_err(|error| format!("standard input: {error}"))?;
    let password = password.strip_suffix('\n').unwrap_or(&password);
    let password = password.strip_suffix('\r').unwrap_or(password);
    if password.is_empty() {
        return Err("the password is empty".into());
    }
    println!("{}", users::hash_password(password)?);
    Ok(())
}

pub fn permissions(wanted: &Permissions) -> Result<(), String> {
    let Permissions { people, groups, projects, namespace, account } = wanted;
    if people.is_empty() && groups.is_empty() {
        return Err("--people or --groups is needed: there is nobody to act as".into());
    }
    print!("{}", identity_yaml(people, groups, projects, Account { namespace, name: account }));
    Ok(())
}
