//! Three-way merge: two people changed the same object, and neither is to lose what the other didn't touch (SPEC X1, X2).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Two changes of one object as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Merge {
    pub merged: Value,
    /// What both changed, each in another way; in `merged` is what was chosen.
    pub conflicts: Vec<Conflict>,
}

/// A value that both changed, each in another way. `None`: it isn't there.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// As Kubernetes writes paths: `metadata.annotations["a.example/b"]`. An element of a keyed list has its key.
    pub path: String,
    pub base: Option<Value>,
    pub mine: Option<Value>,
    pub theirs: Option<Value>,
}

/// Lists of a ServiceAccount whose elements have a key, so that two people may each change another element. In all
/// others a change is a change of the whole list. Without a field the element itself, a string, is the key.
const KEYED: [(&str, Option<&str>); 4] = [
    ("metadata.finalizers", None),
    ("metadata.ownerReferences", Some("uid")),
    ("secrets", Some("name")),
    ("imagePullSecrets", Some("name")),
];

/// Both changes of `base`. Where they contradict each other, `mine` is in the result.
pub fn merge(base: &Value, mine: &Value, theirs: &Value) -> Merge {
    merge_choosing(base, mine, theirs, |_| false)
}

/// As [`merge`]; where they contradict each other, `theirs` is taken if `takes_theirs` says so of the path.
pub fn merge_choosing(base: &Value, mine: &Value, theirs: &Value, takes_theirs: impl Fn(&str) -> bool) -> Merge {
    let mut merging = Merging { takes_theirs: &takes_theirs, conflicts: Vec::new() };
    let merged = merging.value("", Three { base: Some(base), mine: Some(mine), theirs: Some(theirs) });
    Merge { merged: merged.unwrap_or_default(), conflicts: merging.conflicts }
}

struct Merging<'a> {
    takes_theirs: &'a dyn Fn(&str) -> bool,
    conflicts: Vec<Conflict>,
}

/// The same place in the three objects.
struct Three<'a, T: ?Sized = Value> {
    base: Option<&'a T>,
    mine: Option<&'a T>,
    theirs: Option<&'a T>,
}

impl<'a> Three<'a> {
    /// As objects: `mine` and `theirs` both are one, and `base` is one or isn't there.
    fn maps(&self) -> Option<Three<'a, Map<String, Value>>> {
        self.as_kind(Value::as_object)
    }

    fn lists(&self) -> Option<Three<'a, [Value]>> {
        self.as_kind(|value| value.as_array().map(Vec::as_slice))
    }

    fn as_kind<T: ?Sized>(&self, kind: impl Fn(&'a Value) -> Option<&'a T>) -> Option<Three<'a, T>> {
        let base = match self.base {
            Some(base) => Some(kind(base)?),
            None => None,
        };
        Some(Three { base, mine: Some(kind(self.mine?)?), theirs: Some(kind(self.theirs?)?) })
    }
}

impl Merging<'_> {
    fn value(&mut self, path: &str, three: Three<'_>) -> Option<Value> {
        let Three { base, mine, theirs } = three;
        if mine == theirs || theirs == base {
            return mine.cloned();
        }
        if mine == base {
            return theirs.cloned();
        }
        if let Some(maps) = three.maps() {
            return Some(Value::Object(self.map(path, maps)));
        }
        if let Some(lists) = three.lists()
            && let Some((_, field)) = KEYED.iter().find(|(keyed, _)| *keyed == path)
            && let Some(merged) = self.keyed(path, *field, lists)
        {
            return Some(Value::Array(merged));
        }
        let conflict =
            Conflict { path: path.into(), base: base.cloned(), mine: mine.cloned(), theirs: theirs.cloned() };
        self.conflicts.push(conflict);
        if (self.takes_theirs)(path) { theirs.cloned() } else { mine.cloned() }
    }

    fn map(&mut self, path: &str, maps: Three<'_, Map<String, Value>>) -> Map<String, Value> {
        let all = [maps.mine, maps.theirs].into_iter().flatten().flat_map(Map::keys);
        let keys: BTreeSet<&String> = all.collect();
        let at = |map: Option<&'_ Map<String, Value>>, key: &str| map.and_then(|map| map.get(key)).cloned();
        let mut merged = Map::new();
        for key in keys {
            let (base, mine, theirs) = (at(maps.base, key), at(maps.mine, key), at(maps.theirs, key));
            let three = Three { base: base.as_ref(), mine: mine.as_ref(), theirs: theirs.as_ref() };
            if let Some(value) = self.value(&below(path, key), three) {
                merged.insert(key.clone(), value);
            }
        }
        merged
    }

    /// Mine in their order, then what only they added. `None` where a list isn't what its key makes of it: two elements
    /// with one key, or one without.
    fn keyed(&mut self, path: &str, field: Option<&str>, lists: Three<'_, [Value]>) -> Option<Vec<Value>> {
        let of = |list: Option<&[Value]>| by_key(list.unwrap_or_default(), field);
        let (base, mine, theirs) = (of(lists.base)?, of(lists.mine)?, of(lists.theirs)?);
        let find = |list: &[(String, Value)], key: &str| {
            list.iter().find(|(other, _)| other == key).map(|(_, value)| value.clone())
        };
        let only_theirs = theirs.iter().filter(|(key, _)| find(&mine, key).is_none());
        let keys: Vec<&String> = mine.iter().chain(only_theirs).map(|(key, _)| key).collect();
        let mut merged = Vec::new();
        for key in keys {
            let (base, mine, theirs) = (find(&base, key), find(&mine, key), find(&theirs, key));
            let three = Three { base: base.as_ref(), mine: mine.as_ref(), theirs: theirs.as_ref() };
            merged.extend(self.value(&format!("{path}[{}]", Value::from(key.as_str())), three));
        }
        Some(merged)
    }
}

fn by_key(list: &[Value], field: Option<&str>) -> Option<Vec<(String, Value)>> {
    let mut seen = BTreeSet::new();
    list.iter()
        .map(|element| {
            let key = match field {
                Some(field) => element.get(field)?,
                None => element,
            };
            let key = key.as_str()?.to_owned();
            seen.insert(key.clone()).then(|| (key, element.clone()))
        })
        .collect()
}

/// `metadata.labels` for a plain name, `metadata.labels["a/b"]` for any other.
fn below(path: &str, key: &str) -> String {
    let plain = !key.is_empty() && key.chars().all(|char| char.is_ascii_alphanumeric());
    match (plain, path.is_empty()) {
        (true, true) => key.into(),
        (true, false) => format!("{path}.{key}"),
        (false, _) => format!("{path}[{}]", Value::from(key)),
    }
}

#[cfg(test)]
mod tests;
