//! The bench's people: those of the sample, and twenty more, since each person has rights of their own to be asked for.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    files,
    people::{People, Person},
};

const CROWD: usize = 20;
const OPERATOR: &str = "project-regular";

/// The people of the last run, or new ones.
pub fn in_folder(folder: &Path) -> Result<People> {
    let sample = People::in_folder(folder)?;
    let (file, users_file) = (folder.join("bench-people.json"), folder.join("bench-users.json"));
    // One password for all of them: hashing one takes a moment.
    let password = sample.list.first().context("the sample has no people")?.password.clone();
    let crowd = (0..CROWD).map(|number| Person {
        name: format!("bench-{number:02}"),
        password: password.clone(),
        groups: Vec::new(),
        about: "operator of the bench's projects".into(),
    });
    let mut users: Vec<Value> = serde_json::from_slice(&files::read(&sample.users_file)?)?;
    let mut list = sample.list;
    let hash = users.first().map(|user| user["password-hash"].clone()).context("the sample has no users")?;
    for person in crowd {
        users.push(json!({ "name": person.name, "password-hash": hash, "groups": person.groups }));
        list.push(person);
    }
    files::write_private(&users_file, serde_json::to_vec_pretty(&users)?)?;
    files::write_private(&file, serde_json::to_vec_pretty(&list)?)?;
    Ok(People { list, file, users_file })
}

/// Who is an operator of the bench's projects.
pub fn members(people: &People) -> impl Iterator<Item = &str> {
    people.list.iter().map(|person| person.name.as_str()).filter(|name| *name == OPERATOR || name.starts_with("bench-"))
}
