//! Musterbook's own identity (SPEC A5). Private to this crate, and able to do only what stands here: nothing that a
//! person asks for can be done with it.

use std::sync::Arc;

use futures::Stream;
use http::Request;
use http_body::Frame;
use http_body_util::BodyExt;
use k8s_openapi::api::{
    core::v1::{Namespace, ServiceAccount},
    rbac::v1::{Role, RoleBinding},
};
use kube::{
    Api,
    client::Body,
    core::PartialObjectMeta,
    runtime::{
        WatchStreamExt,
        watcher::{self, Event, watcher},
    },
};
use tower::service_fn;

use crate::{cache::Pulse, permissions::GET_KUBESPHERE, trimmed::TrimmedPod};

#[derive(Clone)]
pub(crate) struct Own {
    client: kube::Client,
}

/// How long one watch call lasts, in seconds. One that died in silence is noticed 5 s later (kube-rs).
const WATCH_SECONDS: u32 = 60;

impl Own {
    pub fn new(client: kube::Client) -> Self {
        Self { client }
    }

    /// All objects of a kind as they come and go. Never ends; waits longer after each error. Where the fields that are
    /// used are all metadata, nothing else is sent.
    pub fn accounts(&self, pulse: &Arc<Pulse>) -> impl Events<PartialObjectMeta<ServiceAccount>> + use<> {
        watcher(Api::all(self.watching(pulse)), config()).default_backoff()
    }

    pub fn namespaces(&self, pulse: &Arc<Pulse>) -> impl Events<PartialObjectMeta<Namespace>> + use<> {
        watcher(Api::all(self.watching(pulse)), config()).default_backoff()
    }

    pub fn roles(&self, pulse: &Arc<Pulse>) -> impl Events<PartialObjectMeta<Role>> + use<> {
        watcher(Api::all(self.watching(pulse)), config()).default_backoff()
    }

    pub fn bindings(&self, pulse: &Arc<Pulse>) -> impl Events<RoleBinding> + use<> {
        watcher(Api::all(self.watching(pulse)), config()).default_backoff()
    }

    pub fn pods(&self, pulse: &Arc<Pulse>) -> impl Events<TrimmedPod> + use<> {
        watcher(Api::all(self.watching(pulse)), config()).default_backoff()
    }

    /// A client for one watch, which notes each sign of life. The watch itself tells of events and errors only: in a
    /// quiet cluster it would never say that it is well again.
    fn watching(&self, pulse: &Arc<Pulse>) -> kube::Client {
        let (inner, pulse) = (self.client.clone(), Arc::clone(pulse));
        let service = service_fn(move |request: Request<Body>| {
            let (inner, pulse) = (inner.clone(), Arc::clone(&pulse));
            async move {
                let response = inner.send(request).await?;
                let well = response.status().is_success();
                let beat = move || {
                    if well {
                        pulse.beat();
                    }
                };
                beat();
                Ok::<_, kube::Error>(response.map(|body| {
                    body.map_frame(move |frame: Frame<_>| {
                        beat();
                        frame
                    })
                }))
            }
        });
        kube::Client::new(service, self.client.default_namespace())
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

/// What a watch brings.
pub(crate) trait Events<K>: Stream<Item = watcher::Result<Event<K>>> + Send {}

impl<K, S: Stream<Item = watcher::Result<Event<K>>> + Send> Events<K> for S {}

/// Pages are listed one after the other: with 500 to a page, as is usual, the round trips take longer than the rest. With
/// 5,000, what an answer takes while it is read was 100 MB, and the allocator keeps that.
const PAGE: u32 = 1_000;

fn config() -> watcher::Config {
    watcher::Config::default().timeout(WATCH_SECONDS).page_size(PAGE)
}

fn found(answer: Result<String, kube::Error>) -> Result<bool, kube::Error> {
    match answer {
        Ok(_) => Ok(true),
        Err(kube::Error::Api(status)) if status.is_not_found() || status.code == 404 => Ok(false),
        Err(error) => Err(error),
    }
}
