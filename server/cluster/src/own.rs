//! Musterbook's own identity (SPEC A5). Private to this crate, and able to do only what stands here: nothing that a
//! person asks for can be done with it.

use futures::Stream;
use http::Request;
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::{
    Api,
    runtime::{WatchStreamExt, watcher},
};

use crate::permissions::GET_KUBESPHERE;

#[derive(Clone)]
pub(crate) struct Own {
    client: kube::Client,
}

impl Own {
    pub fn new(client: kube::Client) -> Self {
        Self { client }
    }

    /// All RoleBindings of the cluster as they come and go. Never ends; waits longer after each error.
    pub fn bindings(&self) -> impl Stream<Item = watcher::Result<watcher::Event<RoleBinding>>> + Send + use<> {
        watcher(Api::<RoleBinding>::all(self.client.clone()), watcher::Config::default()).default_backoff()
    }

    /// Whether the API server says that it is ready.
    pub async fn ready(&self) -> Result<(), kube::Error> {
        self.text("/readyz").await.map(drop)
    }

    /// Whether the API group version is served.
    pub async fn serves(&self, group_version: &str) -> Result<bool, kube::Error> {
        found(self.text(&format!("/apis/{group_version}")).await)
    }

    /// Whether the Deployment of KubeSphere's controllers is there (SPEC D4).
    pub async fn kubesphere_deployment(&self) -> Result<bool, kube::Error> {
        let name = GET_KUBESPHERE.name.unwrap_or_default();
        found(self.text(&format!("/apis/apps/v1/namespaces/kubesphere-system/deployments/{name}")).await)
    }

    async fn text(&self, path: &str) -> Result<String, kube::Error> {
        let request = Request::get(path).body(Vec::new()).map_err(kube::Error::HttpError)?;
        self.client.request_text(request).await
    }
}

fn found(answer: Result<String, kube::Error>) -> Result<bool, kube::Error> {
    match answer {
        Ok(_) => Ok(true),
        Err(kube::Error::Api(status)) if status.is_not_found() || status.code == 404 => Ok(false),
        Err(error) => Err(error),
    }
}
