use serde_json::json;

use super::*;

fn paths(merge: &Merge) -> Vec<&str> {
    merge.conflicts.iter().map(|conflict| conflict.path.as_str()).collect()
}

fn account(annotations: Value) -> Value {
    json!({ "kind": "ServiceAccount", "metadata": { "name": "ci", "annotations": annotations } })
}

#[test]
fn x2_changes_of_different_fields_are_both_kept() {
    let base = account(json!({ "a": "1", "b": "1", "gone": "1", "theirs.gone": "1" }));
    let mine = account(json!({ "a": "2", "b": "1", "new": "mine", "theirs.gone": "1" }));
    let mut theirs = account(json!({ "a": "1", "b": "2", "gone": "1", "other": "theirs" }));
    theirs["metadata"]["resourceVersion"] = "8".into();
    let merge = merge(&base, &mine, &theirs);
    let mut expected = account(json!({ "a": "2", "b": "2", "new": "mine", "other": "theirs" }));
    expected["metadata"]["resourceVersion"] = "8".into();
    assert_eq!(merge, Merge { merged: expected, conflicts: vec![] });
}

#[test]
fn x2_what_both_changed_is_a_conflict_with_its_path_and_all_three_values() {
    let key = "kubesphere.io/alias-name";
    let (base, mine, theirs) =
        (account(json!({ key: "A" })), account(json!({ key: "B" })), account(json!({ key: "C" })));
    let merge = merge(&base, &mine, &theirs);
    assert_eq!(merge.merged, mine);
    let path = r#"metadata.annotations["kubesphere.io/alias-name"]"#;
    let (base_value, mine_value, theirs_value) = (Some("A".into()), Some("B".into()), Some("C".into()));
    let conflict = Conflict { path: path.into(), base: base_value, mine: mine_value, theirs: theirs_value };
    assert_eq!(merge.conflicts, [conflict]);
    assert_eq!(merge_choosing(&base, &mine, &theirs, |at| at == path).merged, theirs);
}

#[test]
fn x2_removed_here_and_changed_there_is_a_conflict_and_removed_twice_is_none() {
    let base = account(json!({ "a": "1", "b": "1" }));
    let mine = account(json!({}));
    let theirs = account(json!({ "a": "2" }));
    let merge = merge(&base, &mine, &theirs);
    assert_eq!((paths(&merge), &merge.merged), (vec!["metadata.annotations.a"], &mine));
    assert_eq!(merge.conflicts[0].mine, None);
    assert_eq!(merge_choosing(&base, &mine, &theirs, |_| true).merged, theirs);
}

#[test]
fn x2_the_same_change_twice_is_none() {
    let (base, both) = (account(json!({ "a": "1" })), account(json!({ "a": "2" })));
    assert_eq!(merge(&base, &both, &both), Merge { merged: both.clone(), conflicts: vec![] });
}

#[test]
fn x2_maps_that_both_made_are_merged_too() {
    let base = json!({ "metadata": { "name": "ci" } });
    let (mine, theirs) = (account(json!({ "a": "1" })), account(json!({ "b": "2" })));
    let merge = merge(&base, &mine, &theirs);
    assert_eq!(merge, Merge { merged: account(json!({ "a": "1", "b": "2" })), conflicts: vec![] });
}

#[test]
fn x2_lists_with_a_key_are_merged_by_it() {
    let owner = |uid: &str, controller: bool| json!({ "uid": uid, "controller": controller });
    let object = |owners: Value, finalizers: Value, secrets: Value| json!({ "metadata": { "ownerReferences": owners, "finalizers": finalizers }, "secrets": secrets });
    let base = object(json!([owner("a", false), owner("b", false)]), json!(["f1", "f2"]), json!([{ "name": "s" }]));
    let mine = object(
        json!([owner("a", true), owner("b", false), owner("mine", false)]),
        json!(["f2"]),
        json!([{ "name": "s" }, { "name": "t" }]),
    );
    let theirs = object(json!([owner("theirs", false), owner("a", false)]), json!(["f1", "f2", "f3"]), json!([]));
    let merge = merge(&base, &mine, &theirs);
    let merged = object(
        json!([owner("a", true), owner("mine", false), owner("theirs", false)]),
        json!(["f2", "f3"]),
        json!([{ "name": "t" }]),
    );
    assert_eq!(merge, Merge { merged, conflicts: vec![] });
}

#[test]
fn x2_an_element_that_both_changed_is_named_by_its_key() {
    let object = |kind: &str| json!({ "metadata": { "ownerReferences": [{ "uid": "u-1", "kind": kind }] } });
    let merge = merge(&object("A"), &object("B"), &object("C"));
    assert_eq!(paths(&merge), [r#"metadata.ownerReferences["u-1"].kind"#]);
    assert_eq!(merge.merged, object("B"));
}

#[test]
fn x2_other_lists_and_lists_with_a_key_twice_are_taken_whole() {
    let twice = json!([{ "name": "s" }, { "name": "s" }]);
    for (base, mine, theirs, path) in [
        (json!({ "futureList": [1] }), json!({ "futureList": [1, 2] }), json!({ "futureList": [0, 1] }), "futureList"),
        (json!({ "secrets": [] }), json!({ "secrets": twice }), json!({ "secrets": [{ "name": "x" }] }), "secrets"),
        (json!({ "secrets": [] }), json!({ "secrets": [{}] }), json!({ "secrets": [{ "name": "x" }] }), "secrets"),
    ] {
        let merge = merge(&base, &mine, &theirs);
        assert_eq!((paths(&merge), &merge.merged), (vec![path], &mine));
    }
}

#[test]
fn x2_another_kind_of_value_is_a_conflict_of_the_whole() {
    let (base, mine, theirs) = (json!({ "a": "text" }), json!({ "a": { "b": 1 } }), json!({ "a": { "c": 1 } }));
    assert_eq!(paths(&merge(&base, &mine, &theirs)), ["a"]);
    let (mine, theirs) = (json!([1]), json!({}));
    assert_eq!(merge(&base, &mine, &theirs).conflicts[0].path, "");
}

/// Small random objects, with keys that often meet.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn value(&mut self, depth: u64) -> Value {
        match self.below(if depth == 0 { 3 } else { 5 }) {
            0 => Value::from(self.below(3)),
            1 => Value::from(["x", "预", "a/b"][self.below(3) as usize]),
            2 => (0..self.below(3)).map(|_| Value::from(self.below(3))).collect(),
            _ => Value::Object(self.map(depth - 1)),
        }
    }

    fn map(&mut self, depth: u64) -> Map<String, Value> {
        let keys = ["a", "b.c", "metadata", "finalizers"];
        (0..self.below(4)).map(|_| (keys[self.below(4) as usize].into(), self.value(depth))).collect()
    }
}

#[test]
fn x2_whatever_the_objects_nothing_of_one_side_is_lost_but_to_a_conflict() {
    let mut random = Random(0x5eed);
    for _ in 0..20_000 {
        let [base, mine, theirs] = [(); 3].map(|()| Value::Object(random.map(3)));
        assert_eq!(merge(&base, &mine, &base).merged, mine);
        assert_eq!(merge(&base, &base, &theirs).merged, theirs);
        let (one, other) = (merge(&base, &mine, &theirs), merge(&base, &theirs, &mine));
        assert_eq!(paths(&one), paths(&other), "{base} {mine} {theirs}");
        if one.conflicts.is_empty() {
            assert_eq!(one.merged, other.merged, "{base} {mine} {theirs}");
        }
        // Taking theirs here is taking mine there.
        assert_eq!(merge_choosing(&base, &mine, &theirs, |_| true).merged, other.merged, "{base} {mine} {theirs}");
        // What was merged and is merged again with theirs stays as it is.
        assert_eq!(merge(&theirs, &one.merged, &theirs).merged, one.merged);
    }
}
