use super::*;
use crate::{
    Timestamp,
    credential::IssueInput,
    role::{AccountRole, RoleState},
    settings::{Pair, SettingsInput},
};

fn account(bindings: Vec<Binding>) -> Account {
    Account {
        project: "demo".into(),
        name: "ci".into(),
        uid: "u1".into(),
        resource_version: "7".into(),
        alias: Some("CI".into()),
        description: None,
        creator: None,
        created: Timestamp::UNIX_EPOCH,
        role: AccountRole { wish: None, bindings, state: RoleState::None },
        deleting: false,
        federated: false,
        managed_by: None,
        cloud: None,
    }
}

fn bound(name: &str, role: RoleRef, managed: bool) -> Binding {
    Binding { name: name.into(), uid: format!("uid-{name}"), role, managed, shared: false, goes: managed }
}

#[test]
fn u6_create_makes_the_account_as_the_dialog_does() {
    let input = CreateInput {
        name: "ci".into(),
        alias: "Bob's \"CI\"".into(),
        description: "a\r\nb".into(),
        ..Default::default()
    };
    insta::assert_snapshot!(create("demo", &input, "project-regular", Binder::Us), @r#"
    kubectl create -f - <<'EOF'
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: "ci"
      namespace: "demo"
      annotations:
        kubesphere.io/creator: "project-regular"
        kubesphere.io/alias-name: "Bob's \"CI\""
        kubesphere.io/description: "a\nb"
    EOF
    "#);
}

#[test]
fn u6_create_with_a_role_binds_it_or_takes_the_account_away() {
    let input = CreateInput { name: "ci".into(), role: "ClusterRole/$(id)".into(), ..Default::default() };
    insta::assert_snapshot!(create("demo", &input, "ann", Binder::Us), @r#"
    kubectl create -f - <<'EOF' && {
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: "ci"
      namespace: "demo"
      annotations:
        kubesphere.io/creator: "ann"
        musterbook.dev/cluster-role: "$(id)"
    EOF
    uid=$(kubectl get serviceaccount ci -n demo -o 'jsonpath={.metadata.uid}') &&
    kubectl create -f - <<EOF || { kubectl delete serviceaccount ci -n demo; false; }
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata:
      generateName: "ci-\$(id)-"
      namespace: "demo"
      labels:
        musterbook.dev/serviceaccount-uid: "$uid"
      ownerReferences:
      - apiVersion: v1
        kind: ServiceAccount
        name: "ci"
        uid: "$uid"
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: ClusterRole
      name: "\$(id)"
    subjects:
    - kind: ServiceAccount
      name: "ci"
      namespace: "demo"
    EOF
    }
    "#);
}

#[test]
fn u6_edit_patches_what_changed_over_the_version_that_was_seen() {
    let input = EditInput { alias: "It's".into(), uid: "u1".into(), ..Default::default() };
    insta::assert_snapshot!(edit(&account(Vec::new()), &input), @r#"kubectl patch serviceaccount ci -n demo --type=merge -p '{"metadata":{"annotations":{"displayName":null,"kubesphere.io/alias-name":"It'\''s"},"resourceVersion":"7","uid":"u1"}}'"#);
}

#[test]
fn u6_d6_an_edit_leaves_a_text_with_other_line_ends_alone() {
    let account = Account { description: Some("a\r\nb".into()), ..account(Vec::new()) };
    let command = |description: &str| {
        edit(&account, &EditInput { alias: "CI".into(), description: description.into(), ..Default::default() })
    };
    assert!(command("a\nb").contains(r#""annotations":{}"#), "{}", command("a\nb"));
    assert!(command("a\nc").contains(r#""kubesphere.io/description":"a\nc""#), "{}", command("a\nc"));
}

#[test]
fn u6_settings_patch_what_changed_and_null_unsets() {
    let seen = r#"{"metadata":{"labels":{"a":"1"}},"automountServiceAccountToken":false}"#;
    let annotations = vec![Pair { key: "note".into(), value: "It's".into(), keep: false }];
    let input = SettingsInput { annotations, seen: seen.into(), ..Default::default() };
    insta::assert_snapshot!(settings(&account(Vec::new()), &input).unwrap(), @r#"kubectl patch serviceaccount ci -n demo --type=merge -p '{"automountServiceAccountToken":null,"metadata":{"annotations":{"note":"It'\''s"},"labels":{"a":null},"resourceVersion":"7","uid":"u1"}}'"#);
    let wrong = SettingsInput { labels: vec![Pair { key: "-".into(), ..Default::default() }], ..Default::default() };
    assert_eq!(settings(&account(Vec::new()), &wrong), None);
}

#[test]
fn u6_a_role_is_bound_before_the_old_one_goes_by_uid() {
    let bindings =
        vec![bound("ci-viewer-1", RoleRef::role("viewer"), true), bound("by-hand", RoleRef::role("other"), false)];
    insta::assert_snapshot!(change_role(&account(bindings), Some(&RoleRef::role("operator")), Binder::Us), @r#"
    kubectl create -f - <<'EOF' &&
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata:
      generateName: "ci-operator-"
      namespace: "demo"
      labels:
        iam.kubesphere.io/serviceaccount-ref: "ci"
      ownerReferences:
      - apiVersion: v1
        kind: ServiceAccount
        name: "ci"
        uid: "u1"
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: Role
      name: "operator"
    subjects:
    - kind: ServiceAccount
      name: "ci"
      namespace: "demo"
    EOF
    kubectl patch serviceaccount ci -n demo --type=merge -p '{"metadata":{"annotations":{"iam.kubesphere.io/role":"operator","musterbook.dev/cluster-role":null},"uid":"u1"}}' &&
    kubectl delete --raw /apis/rbac.authorization.k8s.io/v1/namespaces/demo/rolebindings/ci-viewer-1 -f - <<'EOF'
    {"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"uid-ci-viewer-1"},"propagationPolicy":"Background"}
    EOF
    "#);
}

#[test]
fn u6_a_role_that_is_bound_is_not_bound_again() {
    let bound = account(vec![bound("ci-viewer-1", RoleRef::role("viewer"), true)]);
    assert_eq!(change_role(&bound, Some(&RoleRef::role("viewer")), Binder::Us).matches("kubectl ").count(), 1);
    let revoked = change_role(&bound, None, Binder::Us);
    assert!(!revoked.contains("kubectl create") && revoked.contains("rolebindings/ci-viewer-1"), "{revoked}");
}

#[test]
fn d4_u6_beside_kubesphere_the_wish_is_written_and_it_replaces_its_own_binding() {
    let input = CreateInput { name: "ci".into(), role: "Role/viewer".into(), ..Default::default() };
    let created = create("demo", &input, "ann", Binder::KubeSphere);
    assert!(created.contains("iam.kubesphere.io/role: \"viewer\"") && !created.contains("RoleBinding"), "{created}");
    let input = CreateInput { role: "ClusterRole/view".into(), ..input };
    assert_eq!(create("demo", &input, "ann", Binder::KubeSphere), create("demo", &input, "ann", Binder::Us));

    let theirs = account(vec![bound("theirs", RoleRef::role("kubesphere:iam:viewer"), true)]);
    let change = |account: &Account, role| change_role(account, role, Binder::KubeSphere);
    let operator = RoleRef::role("operator");
    insta::assert_snapshot!(change(&theirs, Some(&operator)), @r#"kubectl patch serviceaccount ci -n demo --type=merge -p '{"metadata":{"annotations":{"iam.kubesphere.io/role":"operator","musterbook.dev/cluster-role":null},"uid":"u1"}}'"#);
    let revoked = change(&theirs, None);
    assert!(revoked.contains("rolebindings/theirs") && revoked.contains("uid-theirs"), "{revoked}");

    // A ClusterRole is bound by us.
    let view = RoleRef::cluster_role("view");
    let to_ours = change(&theirs, Some(&view));
    assert!(to_ours.starts_with("kubectl create") && to_ours.contains("rolebindings/theirs"), "{to_ours}");
    let ours = account(vec![bound("ours", view.clone(), true)]);
    insta::assert_snapshot!(change(&ours, Some(&operator)), @r#"
    kubectl patch serviceaccount ci -n demo --type=merge -p '{"metadata":{"annotations":{"iam.kubesphere.io/role":"operator","musterbook.dev/cluster-role":null},"uid":"u1"}}' &&
    until [ -n "$(kubectl get rolebindings -n demo -l iam.kubesphere.io/serviceaccount-ref=ci -o name)" ]; do sleep 1; done &&
    kubectl delete --raw /apis/rbac.authorization.k8s.io/v1/namespaces/demo/rolebindings/ours -f - <<'EOF'
    {"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"uid-ours"},"propagationPolicy":"Background"}
    EOF
    "#);

    // Its controller hears of changes only.
    let mut waits = account(Vec::new());
    waits.role.wish = Some(operator.clone());
    assert_eq!(change(&waits, Some(&operator)).matches("kubectl patch").count(), 2);
}

#[test]
fn u6_yaml_keeps_the_version_that_was_loaded() {
    let text = "metadata:\n  name: ci\n  resourceVersion: \"7\"\nEOF\n";
    assert_eq!(
        replace(text, "9"),
        "kubectl replace -f - <<'EOF_'\nmetadata:\n  name: ci\n  resourceVersion: \"9\"\nEOF\nEOF_\n"
    );
    assert_eq!(with_version("metadata:\n  name: ci", "9"), "metadata:\n  resourceVersion: \"9\"\n  name: ci");
}

#[test]
fn u6_a_kubeconfig_is_made_without_its_token_in_any_command() {
    let wish = IssueInput { audience: "it's".into(), context: "$HOME".into(), ..Default::default() }.check().unwrap();
    let endpoint = Endpoint {
        name: "default".into(),
        server: "https://api.example".into(),
        tls_server_name: None,
        ca: Ca::OfTheProject,
    };
    insta::assert_snapshot!(issue("demo", "ci", "local", &wish, &endpoint), @r#"
    (umask 077
    token=$(kubectl create token ci -n demo --duration=3600s --audience='it'\''s') &&
    ca=$(kubectl get configmap kube-root-ca.crt -n demo -o 'jsonpath={.data.ca\.crt}' | base64 | tr -d '\n') &&
    [ -n "$ca" ] &&
    cat > kubeconfig.yaml <<EOF
    apiVersion: v1
    kind: Config
    clusters:
    - name: "ci@local"
      cluster:
        certificate-authority-data: "$ca"
        server: "https://api.example"
    users:
    - name: "ci"
      user:
        token: "$token"
    contexts:
    - name: "\$HOME"
      context:
        cluster: "ci@local"
        namespace: "demo"
        user: "ci"
    current-context: "\$HOME"
    EOF
    )
    "#);
    let roots = issue("demo", "ci", "local", &wish, &Endpoint { ca: Ca::SystemRoots, ..endpoint });
    assert!(!roots.contains("certificate-authority-data") && !roots.contains("$ca"), "{roots}");
}

#[test]
fn u6_yaml_strings_stay_on_their_line() {
    assert_eq!(yaml::string("a\u{2028}\"\u{feff}\n预"), r#""a\u2028\"\ufeff\n预""#);
}

#[test]
fn u6_each_of_many_is_deleted_by_uid_and_its_bindings_after_it() {
    let target =
        |name: &str, bindings| Target { project: "demo".into(), name: name.into(), uid: format!("u-{name}"), bindings };
    let binding = BindingId { name: "a b".into(), uid: "u-binding".into() };
    insta::assert_snapshot!(delete_selected(&[target("ci", vec![binding]), target("cd", Vec::new())]), @r#"
    kubectl delete --raw /api/v1/namespaces/demo/serviceaccounts/ci -f - <<'EOF' &&
    {"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u-ci"},"propagationPolicy":"Background"}
    EOF
    kubectl delete --raw /apis/rbac.authorization.k8s.io/v1/namespaces/demo/rolebindings/a%20b -f - <<'EOF'
    {"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u-binding"},"propagationPolicy":"Background"}
    EOF
    kubectl delete --raw /api/v1/namespaces/demo/serviceaccounts/cd -f - <<'EOF'
    {"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u-cd"},"propagationPolicy":"Background"}
    EOF
    "#);
}
