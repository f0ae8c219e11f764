//! A control plane with projects that last for one test, and an identity of Musterbook that may act in them.

use std::{
    net::SocketAddr,
    panic::AssertUnwindSafe,
    path::PathBuf,
    time::{Duration, Instant},
};

use futures::FutureExt;
use k8s_openapi::api::{
    authentication::v1::{TokenRequest, TokenRequestSpec},
    core::v1::{ConfigMap, Namespace, ServiceAccount},
};
use kube::{
    Api, Client, Config,
    api::{DeleteParams, ListParams, PostParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use musterbook_cluster::{
    Actor, Cluster, ConnectOptions, KubeSphere, Reads,
    permissions::{Account, identity_yaml},
};
use musterbook_core::{
    Answer, AppError,
    list::{ListQuery, Row, Scope},
};
use serde_json::{Value, json};

use crate::apply::{apply, documents};

/// Where the identity under test lives. Its ClusterRoles have names of their own: a console may be using the real ones.
const HOME: &str = "musterbook-test";
const PEOPLE: [&str; 5] = ["project-admin", "project-regular", "project-viewer", "outsider", "lister"];
const TEAM: &str = "test-team";

/// A control plane, and one project in it.
pub struct Plane {
    pub admin: Client,
    pub project: String,
    token: String,
    config: Config,
}

/// Runs `test` in a project of its own, in which the sample's people have the sample's roles.
pub async fn in_project(test: impl AsyncFnOnce(&Plane)) {
    let (admin, config) = admin().await;
    let project = project_name();
    prepare(&admin, &project).await;
    let token = token(&admin).await;
    let plane = Plane { admin, project, token, config };
    plane.until_ready().await;
    let outcome = AssertUnwindSafe(test(&plane)).catch_unwind().await;
    let namespaces: Api<Namespace> = Api::all(plane.admin.clone());
    let _ = std::fs::remove_file(plane.kubeconfig_path());
    let deleted = namespaces.delete(&plane.project, &DeleteParams::background()).await;
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
    match deleted {
        Err(kube::Error::Api(status)) if status.is_not_found() => {}
        other => drop(other.unwrap()),
    }
}

impl Plane {
    /// Musterbook's identity as an HTTP client.
    pub fn stolen(&self) -> Client {
        Client::try_from(self.as_holder_of(&self.token)).unwrap()
    }

    pub fn as_holder_of(&self, token: &str) -> Config {
        let mut config = self.config.clone();
        config.auth_info = kube::config::AuthInfo { token: Some(token.to_owned().into()), ..Default::default() };
        config
    }

    /// Musterbook, running with that identity.
    pub async fn cluster(&self) -> Cluster {
        self.cluster_with(false).await
    }

    pub async fn cluster_with(&self, caches: bool) -> Cluster {
        self.cluster_beside(KubeSphere::Off, caches).await
    }

    /// The same, with this said about KubeSphere. Other tests leave KubeSphere 4's marks in the cluster.
    pub async fn cluster_beside(&self, kubesphere: KubeSphere, caches: bool) -> Cluster {
        let options =
            ConnectOptions { kubeconfig: Some(self.kubeconfig_file()), kubesphere, caches, ..Default::default() };
        Cluster::connect(options).await.unwrap()
    }

    /// The same, with the API server at another address.
    pub async fn cluster_at(&self, server: &str) -> Cluster {
        let file = self.kubeconfig_file();
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace(self.config.cluster_url.to_string().trim_end_matches('/'), server)).unwrap();
        let options = ConnectOptions { kubeconfig: Some(file), kubesphere: KubeSphere::Off, ..Default::default() };
        Cluster::connect(options).await.unwrap()
    }

    /// The same, with the API server behind a proxy that speaks plain HTTP, and no caches.
    pub async fn cluster_through(&self, proxy: &str, call_timeout: Duration) -> Cluster {
        let file = std::env::temp_dir().join(format!("{}.{}", self.project, proxy.rsplit(':').next().unwrap()));
        std::fs::write(&file, self.kubeconfig(proxy)).unwrap();
        let options = ConnectOptions {
            kubeconfig: Some(file.clone()),
            kubesphere: KubeSphere::Off,
            call_timeout,
            caches: false,
            ..Default::default()
        };
        let cluster = Cluster::connect(options).await.unwrap();
        std::fs::remove_file(file).unwrap();
        cluster
    }

    /// A client without any identity, for requests that carry their own.
    pub fn bare(&self) -> Client {
        let mut config = self.config.clone();
        config.auth_info = kube::config::AuthInfo::default();
        config.default_retry = false;
        Client::try_from(config).unwrap()
    }

    /// Where the API server listens.
    pub fn server(&self) -> SocketAddr {
        let url = &self.config.cluster_url;
        format!("{}:{}", url.host().unwrap(), url.port_u16().unwrap()).parse().unwrap()
    }

    /// The project as a list's address names it.
    pub fn scope(&self) -> Scope {
        Scope::Project { workspace: "test".into(), project: self.project.clone() }
    }

    /// What a list of the project shows.
    pub async fn rows(&self, reads: &dyn Reads) -> Result<Answer<Vec<Row>>, AppError> {
        reads.all(&self.scope(), &ListQuery::default()).await
    }

    pub fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.admin.clone(), &self.project)
    }

    pub async fn make_account(&self, name: &str) -> ServiceAccount {
        let object = serde_json::from_value(json!({ "metadata": { "name": name } })).unwrap();
        self.api::<ServiceAccount>().create(&PostParams::default(), &object).await.unwrap()
    }

    fn kubeconfig_file(&self) -> PathBuf {
        let file = self.kubeconfig_path();
        std::fs::write(&file, self.kubeconfig(self.config.cluster_url.to_string().trim_end_matches('/'))).unwrap();
        file
    }

    fn kubeconfig(&self, server: &str) -> String {
        let admin = Kubeconfig::read_from(variable("MUSTERBOOK_TEST_KUBECONFIG")).unwrap();
        let cluster = admin.clusters[0].cluster.clone().unwrap();
        musterbook_core::kubeconfig::Kubeconfig {
            account: "musterbook",
            cluster: "test",
            server,
            ca_data: cluster.certificate_authority_data.as_deref(),
            tls_server_name: None,
            namespace: HOME,
            context: None,
            token: &self.token,
        }
        .to_yaml()
    }

    fn kubeconfig_path(&self) -> PathBuf {
        std::env::temp_dir().join(format!("{}.kubeconfig", self.project))
    }

    async fn until_ready(&self) {
        eventually("the project is ready", async || {
            let ca = self.api::<ConfigMap>().get_opt("kube-root-ca.crt").await.unwrap();
            let default = self.api::<ServiceAccount>().get_opt("default").await.unwrap();
            let acts = self.rows(&*self.cluster().await.reads(&person("project-viewer"))).await;
            ca.is_some() && default.is_some() && acts.is_ok()
        })
        .await;
    }
}

pub fn person(user: &str) -> Actor {
    Actor { user: user.into(), groups: vec![TEAM.into()], uid: None, extra: Default::default() }
}

/// Waits up to 20 s for what the control plane does in its own time.
pub async fn eventually(what: &str, check: impl AsyncFn() -> bool) {
    within(Duration::from_secs(20), what, check).await;
}

pub async fn within(limit: Duration, what: &str, check: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while began.elapsed() < limit {
        if check().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("did not happen: {what}");
}

#[expect(clippy::disallowed_methods, reason = "a test has no flags")]
pub fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: these tests need a control plane; run `cargo verify cluster`"))
}

async fn admin() -> (Client, Config) {
    let kubeconfig = Kubeconfig::read_from(variable("MUSTERBOOK_TEST_KUBECONFIG")).unwrap();
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
    (Client::try_from(config.clone()).unwrap(), config)
}

fn project_name() -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    format!("musterbook-test-{:08x}", RandomState::new().build_hasher().finish() >> 32)
}

/// The namespace with the sample's roles and members, the fence, and the identity.
async fn prepare(admin: &Client, project: &str) {
    for name in [HOME, project] {
        let labels = if name == project { json!({ "kubesphere.io/workspace": "test" }) } else { json!({}) };
        apply(
            admin,
            &json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name, "labels": labels } }),
        )
        .await;
    }
    apply(
        admin,
        &json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": "musterbook", "namespace": HOME } }),
    )
    .await;
    for object in documents(include_str!("../../../../deploy/policy.yaml")) {
        apply(admin, &object).await;
    }
    for mut role in documents(include_str!("../../../../end2end/sample/20-roles.yaml")) {
        if role["kind"] == "Role" && role["metadata"]["namespace"] == "demo-project" {
            role["metadata"]["namespace"] = project.into();
            apply(admin, &role).await;
        }
    }
    for (user, role) in [("project-admin", "admin"), ("project-regular", "operator"), ("project-viewer", "viewer")] {
        apply(admin, &member(project, user, role)).await;
    }
    for object in documents(&identity(project)) {
        apply(admin, &object).await;
    }
}

fn member(project: &str, user: &str, role: &str) -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": { "name": format!("{user}-{role}"), "namespace": project, "labels": { "iam.kubesphere.io/user-ref": user } },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role },
        "subjects": [{ "kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": user }],
    })
}

fn identity(project: &str) -> String {
    let account = Account { namespace: HOME, name: "musterbook" };
    let yaml = identity_yaml(&PEOPLE.map(Into::into), &[TEAM.into()], &[project.into()], account);
    yaml.replace("name: musterbook-", "name: musterbook-test-")
}

async fn token(admin: &Client) -> String {
    let accounts: Api<ServiceAccount> = Api::namespaced(admin.clone(), HOME);
    let spec = TokenRequestSpec { expiration_seconds: Some(3600), ..Default::default() };
    let request = TokenRequest { spec: Some(spec), ..Default::default() };
    let issued = accounts.create_token_request("musterbook", &PostParams::default(), &request).await.unwrap();
    issued.status.unwrap().token.unwrap()
}

/// Names of the project's objects of a kind.
pub async fn names<K>(plane: &Plane) -> Vec<String>
where
    K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType = ()>
        + Clone
        + std::fmt::Debug
        + serde::de::DeserializeOwned,
{
    let list = plane.api::<K>().list(&ListParams::default()).await.unwrap();
    list.items.iter().filter_map(|object| object.meta().name.clone()).collect()
}
