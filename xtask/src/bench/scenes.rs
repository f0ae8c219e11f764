//! The clusters that are measured, and what is measured in each.

use anyhow::{Result, bail};

/// Accounts of a project, in a cluster of any size.
const IN_A_PROJECT: usize = 50;

/// Sizes that figures are about.
const SMALL: usize = 1_000;
const LARGE: usize = 20_000;

/// By the names of end2end/bench/measure/all.ts, in the order in which they are taken: memory first, before anybody asked
/// the server for anything.
const MEASURES: [&str; 11] =
    ["memory", "start", "list", "cold", "credentials", "search", "throughput", "switcher", "idle", "browser", "change"];

/// A cluster.
pub struct Scene {
    pub name: String,
    /// Flags of `control-plane fill`.
    pub fill: Vec<String>,
    pub measures: Vec<&'static str>,
    /// Reviews are counted in the audit log. Elsewhere the API server is spared it: it is measured, too.
    pub audit: bool,
}

impl Scene {
    fn new(name: impl Into<String>, fill: &[(&str, &str)], measures: &[&'static str]) -> Self {
        let fill = fill.iter().flat_map(|(flag, value)| [format!("--{flag}"), (*value).to_owned()]).collect();
        Self { name: name.into(), fill, measures: measures.to_vec(), audit: false }
    }

    fn with_audit(mut self) -> Self {
        self.audit = true;
        self
    }

    /// Accounts spread over projects, with all that belongs to them.
    fn spread(accounts: usize, largest: usize) -> Self {
        let mut measures = vec!["memory", "list"];
        if accounts == LARGE {
            measures.extend(["cold", "credentials", "throughput"]);
        }
        if accounts == largest {
            measures.push("start");
        }
        let projects = accounts.div_ceil(IN_A_PROJECT).max(1).to_string();
        Self::new(accounts.to_string(), &[("accounts", &accounts.to_string()), ("projects", &projects)], &measures)
    }

    /// Nothing but accounts in the projects of the large cluster: the difference of two is what an account costs.
    fn accounts_only(accounts: usize) -> Self {
        let (all, projects) = (accounts.to_string(), (LARGE / IN_A_PROJECT).to_string());
        Self::new(
            format!("accounts-{accounts}"),
            &[("accounts", &all), ("projects", &projects), ("bindings", "0"), ("pods", "0")],
            &["memory"],
        )
    }

    /// All in one project, as a list with very many rows, and ten in another.
    fn one_project(accounts: usize, measures: &[&'static str]) -> Self {
        let in_a_project = IN_A_PROJECT.to_string();
        let large = format!("bench-large={accounts}");
        Self::new(
            format!("one-{accounts}"),
            &[("accounts", &in_a_project), ("projects", "1"), ("one-project", &large), ("one-project", "bench-ten=10")],
            measures,
        )
    }
}

/// All clusters for these sizes; only those, with only these measures, where some are named.
pub fn scenes(sizes: &[usize], only: &[String]) -> Result<Vec<Scene>> {
    if let Some(unknown) = only.iter().find(|name| !MEASURES.contains(&name.as_str())) {
        bail!("there is no measure {unknown}, only {}", MEASURES.join(", "));
    }
    let largest = sizes.iter().copied().max().unwrap_or_default();
    let mut all: Vec<_> = sizes.iter().map(|size| Scene::spread(*size, largest)).collect();
    if sizes.contains(&SMALL) {
        all.push(Scene::one_project(SMALL, &["idle", "browser"]).with_audit());
    }
    if sizes.contains(&LARGE) {
        all.extend([100, LARGE].map(Scene::accounts_only));
        all.push(Scene::one_project(LARGE, &["search", "browser", "change"]));
    }
    all.push(
        Scene::new("namespaces", &[("accounts", "0"), ("projects", "10000"), ("members-in", "50")], &["switcher"])
            .with_audit(),
    );
    for scene in &mut all {
        scene.measures.retain(|name| only.is_empty() || only.iter().any(|wanted| wanted == name));
        scene.measures.sort_by_key(|name| MEASURES.iter().position(|known| known == name));
    }
    all.retain(|scene| !scene.measures.is_empty());
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [usize; 4] = [100, SMALL, LARGE, 100_000];

    #[test]
    fn each_measure_is_taken_somewhere_and_has_a_known_name() {
        let all = scenes(&SIZES, &[]).unwrap();
        let taken: Vec<_> = all.iter().flat_map(|scene| scene.measures.iter().copied()).collect();
        for name in MEASURES {
            assert!(taken.contains(&name), "{name}");
        }
        assert!(taken.iter().all(|name| MEASURES.contains(name)));
    }

    #[test]
    fn only_what_is_asked_for_is_filled() {
        let names = |only: &str| -> Vec<String> {
            scenes(&SIZES, &[only.to_owned()]).unwrap().into_iter().map(|scene| scene.name).collect()
        };
        assert_eq!(names("switcher"), ["namespaces"]);
        assert_eq!(names("start"), ["100000"]);
        assert_eq!(names("search"), ["one-20000"]);
        assert!(scenes(&SIZES, &["speed".to_owned()]).is_err());
    }
}
