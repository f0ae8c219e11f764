//! What the fence and the confined identity allow and refuse (SPEC A4, A8): the token of Musterbook's account, used by
//! whoever has it.

use http::Request;
use k8s_openapi::api::{
    core::v1::{Namespace, ServiceAccount},
    rbac::v1::RoleBinding,
};
use kube::{
    Api, Client,
    api::{DeleteParams, Patch, PatchParams, PostParams},
    client::Body,
};
use serde_json::{Value, json};

use crate::plane::{Plane, eventually, in_project, names};

const MERGE: &str = "application/merge-patch+json";
const JSON: &str = "application/json";

struct Case {
    what: &'static str,
    code: u16,
    method: &'static str,
    path: String,
    body: Value,
    user: Option<&'static str>,
    group: Option<&'static str>,
}

fn case(code: u16, what: &'static str, method: &'static str, path: String, body: Value) -> Case {
    Case { what, code, method, path, body, user: Some("project-regular"), group: None }
}

fn get(code: u16, what: &'static str, path: String) -> Case {
    case(code, what, "GET", path, Value::Null)
}

#[tokio::test]
async fn a4_a8_the_fence_and_the_identity_allow_and_refuse() {
    in_project(async |plane| {
        for name in ["ci", "strong"] {
            plane.make_account(name).await;
        }
        let strong = binding("strong-admin", "admin", &[account(&plane.project, "strong")]);
        plane.api::<RoleBinding>().create(&PostParams::default(), &parsed(strong)).await.unwrap();
        let stolen = plane.stolen();
        let mut wrong = Vec::new();
        let cases = cases(&plane.project);
        assert_eq!(cases.len(), 25);
        for case in cases {
            let code = send(&stolen, &case).await;
            if code != case.code {
                wrong.push(format!("{}: {code}, not {}", case.what, case.code));
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
        the_binding_goes_with_its_account(plane).await;
        a_project_with_members_can_be_deleted(plane).await;
    })
    .await;
}

fn cases(project: &str) -> Vec<Case> {
    let ns = format!("/api/v1/namespaces/{project}");
    let rb = format!("/apis/rbac.authorization.k8s.io/v1/namespaces/{project}/rolebindings");
    let ci = || account(project, "ci");
    let bind = |name: &str, role: &str, subjects: &[Value]| binding(name, role, subjects);
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
        "spec": { "resourceAttributes": { "namespace": project, "verb": "get", "resource": "secrets" } },
    });
    let eve = json!({ "kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "eve" });
    let anonymous = |case: Case| Case { user: None, ..case };
    let as_user = |user, case: Case| Case { user: Some(user), ..case };
    let with_group = |group, case: Case| Case { group: Some(group), ..case };
    let alias = json!({ "metadata": { "annotations": { "kubesphere.io/alias-name": "X" } } });
    vec![
        get(200, "list accounts", format!("{ns}/serviceaccounts")),
        case(
            201,
            "create an account",
            "POST",
            format!("{ns}/serviceaccounts"),
            json!({ "metadata": { "name": "x1" } }),
        ),
        case(200, "patch it", "PATCH", format!("{ns}/serviceaccounts/x1"), alias),
        case(
            201,
            "issue its token",
            "POST",
            format!("{ns}/serviceaccounts/x1/token"),
            json!({ "spec": { "expirationSeconds": 600 } }),
        ),
        get(
            200,
            "list token Secrets by type",
            format!("{ns}/secrets?fieldSelector=type%3Dkubernetes.io%2Fservice-account-token"),
        ),
        case(201, "bind viewer, dry run", "POST", format!("{rb}?dryRun=All"), bind("d", "viewer", &[ci()])),
        case(201, "bind viewer", "POST", rb.clone(), bind("b1", "viewer", &[ci()])),
        case(201, "bind operator", "POST", rb.clone(), bind("b2", "operator", &[ci()])),
        case(403, "bind admin: the API server's escalation check", "POST", rb.clone(), bind("b3", "admin", &[ci()])),
        case(422, "bind a person: the policy", "POST", rb.clone(), bind("b4", "viewer", &[eve])),
        case(
            422,
            "bind an account of another namespace",
            "POST",
            rb.clone(),
            bind("b5", "viewer", &[account("default", "ci")]),
        ),
        case(422, "bind nobody", "POST", rb.clone(), bind("b6", "viewer", &[])),
        case(422, "unbind a member", "DELETE", format!("{rb}/project-regular-operator"), Value::Null),
        case(200, "unbind an account", "DELETE", format!("{rb}/b2"), Value::Null),
        case(200, "delete the account", "DELETE", format!("{ns}/serviceaccounts/x1"), Value::Null),
        case(201, "ask what one may", "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews".into(), review),
        // Not in the table of calls, and so not given: the person themselves may read it.
        get(403, "the API's own description", "/openapi/v3".into()),
        case(
            403,
            "workloads are not touched",
            "DELETE",
            format!("/apis/apps/v1/namespaces/{project}/deployments/x"),
            Value::Null,
        ),
        as_user("project-viewer", get(403, "a viewer has no Secrets", format!("{ns}/secrets"))),
        // The caches watch them; SPEC A8 allows that, where check.sh has an identity without caches.
        anonymous(get(200, "as itself: accounts", format!("{ns}/serviceaccounts"))),
        with_group("system:masters", get(403, "through system:masters", format!("{ns}/serviceaccounts"))),
        with_group("kubeadm:cluster-admins", get(403, "through another admin group", format!("{ns}/secrets"))),
        as_user("eve", get(403, "as an unlisted person", format!("{ns}/serviceaccounts"))),
        case(
            403,
            "a token in kube-system",
            "POST",
            "/api/v1/namespaces/kube-system/serviceaccounts/namespace-controller/token".into(),
            json!({ "spec": {} }),
        ),
        get(403, "in a namespace that is no project", "/api/v1/namespaces/default/serviceaccounts".into()),
    ]
}

#[tokio::test]
async fn a8_a_thief_reads_no_secret_and_writes_nothing_as_musterbook() {
    in_project(async |plane| {
        let stolen = plane.stolen();
        let project = &plane.project;
        let itself = |method, path: String, body| Case { user: None, ..case(0, "", method, path, body) };
        for case in [
            itself("GET", format!("/api/v1/namespaces/{project}/secrets"), Value::Null),
            itself("GET", "/api/v1/secrets".into(), Value::Null),
            itself("GET", "/api/v1/configmaps".into(), Value::Null),
            itself("GET", "/apis/apps/v1/deployments".into(), Value::Null),
            itself("DELETE", format!("/api/v1/namespaces/{project}/serviceaccounts/default"), Value::Null),
            itself(
                "POST",
                format!("/api/v1/namespaces/{project}/serviceaccounts/default/token"),
                json!({ "spec": {} }),
            ),
            itself(
                "POST",
                format!("/api/v1/namespaces/{project}/serviceaccounts"),
                json!({ "metadata": { "name": "x" } }),
            ),
            itself(
                "POST",
                format!("/apis/rbac.authorization.k8s.io/v1/namespaces/{project}/rolebindings"),
                binding("x", "viewer", &[account(project, "default")]),
            ),
        ] {
            assert_eq!(send(&stolen, &case).await, 403, "{} {}", case.method, case.path);
        }
        // What the caches are made of, it may know.
        for path in ["/apis/rbac.authorization.k8s.io/v1/rolebindings", "/api/v1/namespaces", "/api/v1/pods"] {
            assert_eq!(send(&stolen, &itself("GET", path.into(), Value::Null)).await, 200, "{path}");
        }
    })
    .await;
}

async fn the_binding_goes_with_its_account(plane: &Plane) {
    let ci = plane.api::<ServiceAccount>().get("ci").await.unwrap();
    let owner = json!({ "metadata": { "ownerReferences": [
        { "apiVersion": "v1", "kind": "ServiceAccount", "name": "ci", "uid": ci.metadata.uid }
    ] } });
    let bindings = plane.api::<RoleBinding>();
    bindings.patch("b1", &PatchParams::default(), &Patch::Merge(&owner)).await.unwrap();
    plane.api::<ServiceAccount>().delete("ci", &DeleteParams::background()).await.unwrap();
    eventually("the binding went with its account", async || {
        !names::<RoleBinding>(plane).await.contains(&"b1".to_owned())
    })
    .await;
}

async fn a_project_with_members_can_be_deleted(plane: &Plane) {
    let namespaces: Api<Namespace> = Api::all(plane.admin.clone());
    namespaces.delete(&plane.project, &DeleteParams::background()).await.unwrap();
    eventually("the project is gone", async || namespaces.get_opt(&plane.project).await.unwrap().is_none()).await;
}

async fn send(client: &Client, case: &Case) -> u16 {
    let mut request = Request::builder()
        .method(case.method)
        .uri(&case.path)
        .header("content-type", if case.method == "PATCH" { MERGE } else { JSON });
    for (name, value) in [("impersonate-user", case.user), ("impersonate-group", case.group)] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    let body = if case.body.is_null() { Body::empty() } else { Body::from(case.body.to_string().into_bytes()) };
    client.send(request.body(body).unwrap()).await.unwrap().status().as_u16()
}

fn account(namespace: &str, name: &str) -> Value {
    json!({ "kind": "ServiceAccount", "name": name, "namespace": namespace })
}

fn binding(name: &str, role: &str, subjects: &[Value]) -> Value {
    json!({
        "metadata": { "name": name },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role },
        "subjects": subjects,
    })
}

fn parsed(binding: Value) -> RoleBinding {
    serde_json::from_value(binding).unwrap()
}
