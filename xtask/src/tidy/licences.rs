//! What we depend on comes from crates.io and npm, under a licence that deny.toml allows. cargo-deny checks the same of
//! crates and more, where it is installed; this needs nothing to be installed.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Problem;
use crate::{
    console::{Console, cargo, output},
    files, tools,
};

/// What is read of deny.toml.
#[derive(Deserialize)]
struct Deny {
    licenses: Licences,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

/// npm's lock file.
#[derive(Deserialize)]
struct NpmLock {
    packages: BTreeMap<String, NpmPackage>,
}

#[derive(Deserialize)]
struct NpmPackage {
    version: Option<String>,
    license: Option<String>,
    resolved: Option<String>,
}

pub fn check_dependencies() -> Result<Vec<Problem>> {
    let deny: Deny = toml::from_str(&files::read_text(&files::at("deny.toml"))?).context("deny.toml")?;
    let allowed = &deny.licenses.allow;
    let lock = files::read_text(&files::at("end2end/package-lock.json"))?;
    let lock: NpmLock = serde_json::from_str(&lock).context("end2end/package-lock.json")?;
    let mut problems = check(&NPM, &npm_packages(lock), allowed);
    if tools::answers("cargo-deny", &["--version"]) {
        Console::Terminal.run(cargo("deny").args(["check", "bans", "licenses", "sources"]))?;
        return Ok(problems);
    }
    let metadata = output(cargo("metadata").args(["--format-version", "1", "--locked"]))?;
    let metadata: Metadata = serde_json::from_str(&metadata).context("cargo metadata")?;
    problems.extend(check(&CRATES, &metadata.packages, allowed));
    Ok(problems)
}

/// Where packages come from, and the file that says which.
struct Registry {
    name: &'static str,
    address: &'static str,
    lock: &'static str,
}

const CRATES: Registry = Registry {
    name: "crates.io",
    address: "registry+https://github.com/rust-lang/crates.io-index",
    lock: "Cargo.lock",
};
const NPM: Registry =
    Registry { name: "npm", address: "https://registry.npmjs.org/", lock: "end2end/package-lock.json" };

fn npm_packages(lock: NpmLock) -> Vec<Package> {
    lock.packages
        .into_iter()
        // The first is ours.
        .filter(|(path, _)| !path.is_empty())
        .map(|(path, NpmPackage { version, license, resolved })| Package {
            name: path.trim_start_matches("node_modules/").to_owned(),
            version: version.unwrap_or_default(),
            license,
            source: resolved,
        })
        .collect()
}

fn check(registry: &Registry, packages: &[Package], allowed: &[String]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in packages {
        let mut report = |what: String| {
            problems.push(Problem::new(registry.lock, 1, format!("{} {}: {what}", package.name, package.version)));
        };
        match package.license.as_deref() {
            None => report("has no licence".into()),
            Some(licence) if !is_allowed(licence, allowed) => report(format!("deny.toml doesn't allow {licence}")),
            Some(_) => {}
        }
        if let Some(source) = package.source.as_deref().filter(|source| !source.starts_with(registry.address)) {
            report(format!("comes from {source}, not from {}", registry.name));
        }
    }
    problems
}

/// Whether an SPDX expression can be met with allowed licences. `AND` binds closer than `OR`; `/` is an old `OR`.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<_> = spaced.split_whitespace().collect();
    let mut at = 0;
    any(&words, &mut at, allowed) && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = all(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        // Not short-circuited: the words have to be read in any case.
        met |= all(words, at, allowed);
    }
    met
}

fn all(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let met = any(words, at, allowed);
        *at += 1;
        return met;
    }
    let mut licence = (*word).to_owned();
    if words.get(*at) == Some(&"WITH") {
        licence = format!("{licence} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    // An exception only gives more freedom.
    allowed.iter().any(|allowed| *allowed == licence || licence.starts_with(&format!("{allowed} WITH ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> Vec<String> {
        ["MIT", "Apache-2.0", "Unicode-3.0"].map(str::to_owned).to_vec()
    }

    #[test]
    fn expressions_are_read() {
        let allowed = allowed();
        for good in [
            "MIT",
            "MIT OR GPL-3.0",
            "MIT/Apache-2.0",
            "(MIT OR GPL-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR X",
        ] {
            assert!(is_allowed(good, &allowed), "{good}");
        }
        for bad in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR X) AND Y", "", "MIT (", "X OR MIT AND Y"] {
            assert!(!is_allowed(bad, &allowed), "{bad}");
        }
    }

    #[test]
    fn a_licence_or_a_source_that_is_not_allowed_is_found() {
        let package = |license: Option<&str>, source: &str| Package {
            name: "x".into(),
            version: "1.0.0".into(),
            license: license.map(str::to_owned),
            source: Some(source.into()),
        };
        let registry = "registry+https://github.com/rust-lang/crates.io-index";
        let check = |packages: &[Package]| check(&CRATES, packages, &allowed()).len();
        assert_eq!(check(&[package(Some("MIT"), registry)]), 0);
        assert_eq!(check(&[package(Some("GPL-3.0"), registry), package(None, registry)]), 2);
        assert_eq!(check(&[package(Some("MIT"), "git+https://example.com/x")]), 1);
    }

    #[test]
    fn packages_of_npm_are_read_from_its_lock() {
        let lock = r#"{"packages": {"": {"license": "GPL-3.0"},
            "node_modules/@a/b": {"version": "1.0.0", "license": "MIT", "resolved": "https://registry.npmjs.org/@a/b.tgz"},
            "node_modules/c": {"version": "1.0.0", "resolved": "https://example.com/c.tgz"}}}"#;
        let packages = npm_packages(serde_json::from_str(lock).unwrap());
        assert_eq!(packages.iter().map(|package| package.name.as_str()).collect::<Vec<_>>(), ["@a/b", "c"]);
        assert_eq!(check(&NPM, &packages, &allowed()).len(), 2, "no licence, and another source");
    }
}
