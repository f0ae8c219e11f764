//! Who manages an account besides the people: tools that made it from a source of theirs, by the marks that they leave
//! (SPEC E4).

use std::{collections::BTreeMap, fmt};

pub const HELM: &str = "Helm";
pub const ARGO_CD: &str = "Argo CD";
pub const FLUX: &str = "Flux";
pub const OLM: &str = "OLM";

/// A tool, and what the account belongs to there: a release, an application, an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manager {
    pub name: String,
    pub source: Option<String>,
}

impl fmt::Display for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(source) => write!(f, "{} ({source})", self.name),
            None => f.write_str(&self.name),
        }
    }
}

impl From<&str> for Manager {
    /// As it is written.
    fn from(written: &str) -> Self {
        match written.strip_suffix(')').and_then(|written| written.split_once(" (")) {
            Some((name, source)) => named(name, Some(source.into())),
            None => named(written, None),
        }
    }
}

type Marks = BTreeMap<String, String>;

/// The tools that apply what others made come first: Argo CD and Flux install charts whose objects say Helm.
pub fn manager(labels: &Marks, annotations: &Marks) -> Option<Manager> {
    argo_cd(labels, annotations)
        .or_else(|| flux(labels))
        .or_else(|| olm(labels))
        .or_else(|| helm(labels, annotations))
        .or_else(|| filled(labels, "app.kubernetes.io/managed-by").map(|name| named(name, None)))
}

/// A tracking id is `APPLICATION:GROUP/KIND:NAMESPACE/NAME`.
fn argo_cd(labels: &Marks, annotations: &Marks) -> Option<Manager> {
    let tracked = annotations.get("argocd.argoproj.io/tracking-id").map(|id| id.split(':').next().unwrap_or_default());
    let labelled = filled(labels, "argocd.argoproj.io/instance");
    let is_its = tracked.is_some() || any(labels, "argocd.argoproj.io/");
    is_its.then(|| named(ARGO_CD, tracked.filter(|name| !name.is_empty()).or(labelled).map(Into::into)))
}

fn flux(labels: &Marks) -> Option<Manager> {
    ["kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/"].into_iter().find(|kind| any(labels, kind)).map(|kind| {
        let part = |part| filled(labels, &format!("{kind}{part}"));
        named(FLUX, placed(part("namespace"), part("name")))
    })
}

fn olm(labels: &Marks) -> Option<Manager> {
    let is_its = any(labels, "olm.owner") || any(labels, "operators.coreos.com/") || labels.contains_key("olm.managed");
    is_its.then(|| named(OLM, placed(filled(labels, "olm.owner.namespace"), filled(labels, "olm.owner"))))
}

fn helm(labels: &Marks, annotations: &Marks) -> Option<Manager> {
    let release = filled(annotations, "meta.helm.sh/release-name");
    let labelled = filled(labels, "app.kubernetes.io/managed-by") == Some(HELM);
    (labelled || release.is_some())
        .then(|| named(HELM, placed(filled(annotations, "meta.helm.sh/release-namespace"), release)))
}

fn named(name: &str, source: Option<String>) -> Manager {
    Manager { name: name.into(), source }
}

fn placed(namespace: Option<&str>, name: Option<&str>) -> Option<String> {
    name.map(|name| namespace.map_or_else(|| name.into(), |namespace| format!("{namespace}/{name}")))
}

fn any(marks: &Marks, prefix: &str) -> bool {
    marks.keys().any(|key| key.starts_with(prefix))
}

fn filled<'a>(marks: &'a Marks, key: &str) -> Option<&'a str> {
    marks.get(key).map(|value| value.trim()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(pairs: &[(&str, &str)]) -> Marks {
        pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
    }

    fn who(labels: &[(&str, &str)], annotations: &[(&str, &str)]) -> Option<(String, Option<String>)> {
        let manager = manager(&marks(labels), &marks(annotations))?;
        assert_eq!(Manager::from(manager.to_string().as_str()), manager);
        Some((manager.name, manager.source))
    }

    fn is(name: &str, source: Option<&str>) -> Option<(String, Option<String>)> {
        Some((name.into(), source.map(Into::into)))
    }

    const BY_HELM: (&str, &str) = ("app.kubernetes.io/managed-by", "Helm");

    #[test]
    fn e4_each_tool_is_known_by_its_marks_and_what_it_made_the_account_from() {
        let release = [("meta.helm.sh/release-name", "redis"), ("meta.helm.sh/release-namespace", "demo")];
        assert_eq!(who(&[BY_HELM], &release), is(HELM, Some("demo/redis")));
        assert_eq!(who(&[], &release[..1]), is(HELM, Some("redis")));
        assert_eq!(who(&[BY_HELM], &[]), is(HELM, None));
        let tracking = [("argocd.argoproj.io/tracking-id", "shop:/ServiceAccount:demo/ci")];
        assert_eq!(who(&[], &tracking), is(ARGO_CD, Some("shop")));
        assert_eq!(who(&[("argocd.argoproj.io/instance", "shop")], &[]), is(ARGO_CD, Some("shop")));
        let kustomization =
            [("kustomize.toolkit.fluxcd.io/name", "apps"), ("kustomize.toolkit.fluxcd.io/namespace", "flux-system")];
        assert_eq!(who(&kustomization, &[]), is(FLUX, Some("flux-system/apps")));
        assert_eq!(who(&[("helm.toolkit.fluxcd.io/name", "redis")], &[]), is(FLUX, Some("redis")));
        let owner = [("olm.owner", "etcd.v1"), ("olm.owner.namespace", "operators")];
        assert_eq!(who(&owner, &[]), is(OLM, Some("operators/etcd.v1")));
        assert_eq!(who(&[("operators.coreos.com/etcd.operators", "")], &[]), is(OLM, None));
        assert_eq!(who(&[("app.kubernetes.io/managed-by", "Terraform")], &[]), is("Terraform", None));
    }

    #[test]
    fn e4_who_applies_a_chart_comes_before_the_chart() {
        let tracking =
            [("argocd.argoproj.io/tracking-id", "shop:/ServiceAccount:demo/ci"), ("meta.helm.sh/release-name", "x")];
        assert_eq!(who(&[BY_HELM], &tracking), is(ARGO_CD, Some("shop")));
        assert_eq!(who(&[BY_HELM, ("helm.toolkit.fluxcd.io/name", "x")], &[]), is(FLUX, Some("x")));
    }

    #[test]
    fn e4_nobody_is_named_without_a_mark() {
        assert_eq!(who(&[("app.kubernetes.io/managed-by", " "), ("app.kubernetes.io/instance", "x")], &[]), None);
        assert_eq!(who(&[], &[]), None);
    }
}
