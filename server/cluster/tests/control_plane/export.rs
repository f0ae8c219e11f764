//! What is exported can be applied to another namespace, and means the same there (SPEC L7).

use futures::TryStreamExt;
use k8s_openapi::api::{
    authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec},
    core::v1::{Namespace, ServiceAccount},
    rbac::v1::RoleBinding,
};
use kube::{
    Api,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use musterbook_cluster::ToExport;
use musterbook_core::form::CreateInput;
use serde_json::{Value, json};

use crate::{
    apply::documents,
    plane::{Plane, eventually, in_project, person},
};

#[tokio::test]
async fn l7_the_yaml_is_applied_to_another_namespace_and_gives_its_accounts_the_same() {
    in_project(async |plane| {
        let cluster = plane.cluster().await;
        let operator = cluster.acting_as(&person("project-regular"));
        let input = CreateInput {
            name: "ci".into(),
            alias: "on: yes".into(),
            role: "ClusterRole/view".into(),
            ..Default::default()
        };
        operator.create_account(&plane.project, &input).await.unwrap();
        let wanted = ToExport {
            project: plane.project.clone(),
            accounts: ["ci", "default"].map(String::from).into(),
            bindings: true,
            says_project: false,
        };
        let text: String = operator.export(vec![wanted]).try_collect().await.unwrap();
        let copy = Copy::make(plane).await;
        let objects = documents(&text);
        assert_eq!(objects.len(), 3, "{text}");
        for object in &objects {
            copy.apply(object).await;
        }
        eventually("the copy is bound", async || copy.may_list_pods("ci").await).await;
        assert!(!copy.may_list_pods("default").await);
        // The original gained nothing there.
        assert!(!copy.may_list_pods_as(&plane.project, "ci").await);
        copy.remove().await;
    })
    .await;
}

struct Copy<'a> {
    plane: &'a Plane,
    name: String,
}

impl<'a> Copy<'a> {
    async fn make(plane: &'a Plane) -> Self {
        let name = format!("{}-copy", plane.project);
        let namespace = serde_json::from_value(json!({ "metadata": { "name": name } })).unwrap();
        let namespaces: Api<Namespace> = Api::all(plane.admin.clone());
        namespaces.create(&PostParams::default(), &namespace).await.unwrap();
        Self { plane, name }
    }

    /// As `kubectl apply --server-side --namespace` does.
    async fn apply(&self, object: &Value) {
        let name = object["metadata"]["name"].as_str().unwrap();
        let (params, patch) = (PatchParams::apply("test").force(), Patch::Apply(object));
        let admin = self.plane.admin.clone();
        match object["kind"].as_str().unwrap() {
            "ServiceAccount" => {
                let accounts: Api<ServiceAccount> = Api::namespaced(admin, &self.name);
                drop(accounts.patch(name, &params, &patch).await.unwrap());
            }
            "RoleBinding" => {
                let bindings: Api<RoleBinding> = Api::namespaced(admin, &self.name);
                drop(bindings.patch(name, &params, &patch).await.unwrap());
            }
            other => panic!("{other}"),
        }
    }

    async fn may_list_pods(&self, account: &str) -> bool {
        self.may_list_pods_as(&self.name, account).await
    }

    async fn may_list_pods_as(&self, namespace: &str, account: &str) -> bool {
        let attributes = ResourceAttributes {
            namespace: Some(self.name.clone()),
            verb: Some("list".into()),
            resource: Some("pods".into()),
            ..Default::default()
        };
        let spec = SubjectAccessReviewSpec {
            user: Some(format!("system:serviceaccount:{namespace}:{account}")),
            resource_attributes: Some(attributes),
            ..Default::default()
        };
        let reviews: Api<SubjectAccessReview> = Api::all(self.plane.admin.clone());
        let review = SubjectAccessReview { spec, ..Default::default() };
        reviews.create(&PostParams::default(), &review).await.unwrap().status.unwrap().allowed
    }

    async fn remove(self) {
        let namespaces: Api<Namespace> = Api::all(self.plane.admin.clone());
        namespaces.delete(&self.name, &DeleteParams::background()).await.unwrap();
    }
}
