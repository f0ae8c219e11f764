//! The cluster, and the two ways to ask it something: both need an actor (SPEC A1).

use std::{sync::Arc, time::Duration};

use musterbook_core::{credential::Endpoint, fields::Field};

use crate::{
    Actor, ActorClient, ConnectOptions, EndpointConfig, Reads,
    acting::Actors,
    cache::Caches,
    calls::chain,
    kept::Kept,
    kubesphere::Detector,
    own::Own,
    reads::{ActorReads, CachedReads},
};

/// KubeSphere's name for the cluster that it runs in; ours is always that one.
const NAME: &str = "local";

/// One Kubernetes cluster.
pub struct Cluster {
    actors: Actors,
    own: Own,
    shared: Arc<Shared>,
}

/// What every actor's calls share.
pub(crate) struct Shared {
    pub endpoints: Vec<EndpointConfig>,
    pub call_timeout: Duration,
    /// A client without any credentials (SPEC K1, `cluster-info`).
    pub anonymous: kube::Client,
    pub caches: Option<Caches>,
    pub kubesphere: Detector,
    /// What Kubernetes says about an account's fields. It is the same for everybody, and tells nothing of the cluster.
    pub fields: Kept<(), Arc<Vec<Field>>>,
}

/// How long [`Shared::fields`] is kept: it changes when the cluster is upgraded.
const FIELDS_KEPT: Duration = Duration::from_secs(600);

/// Why Musterbook is not ready for requests.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    #[error("the API server is not ready: {0}")]
    ApiServer(String),
    #[error("the caches are not filled yet")]
    Caches,
}

impl Cluster {
    pub(crate) fn over(
        base: kube::Client,
        anonymous: kube::Client,
        endpoints: Vec<EndpointConfig>,
        options: &ConnectOptions,
    ) -> Self {
        let own = Own::new(base.clone());
        let caches = options.caches.then(|| Caches::watch(&own));
        let told = caches.as_ref().map(Caches::controller);
        let tell = move |controller| told.iter().for_each(|told| told(controller));
        let shared = Arc::new(Shared {
            endpoints,
            call_timeout: options.call_timeout,
            anonymous,
            caches,
            kubesphere: Detector::start(options.kubesphere, own.clone(), options.call_timeout, tell),
            fields: Kept::new(FIELDS_KEPT),
        });
        Self { actors: Actors::new(base, Arc::clone(&shared)), own, shared }
    }

    /// What pages show, as the actor may see it. Call it in a tokio runtime.
    pub fn reads(&self, actor: &Actor) -> Arc<dyn Reads> {
        let acting = self.actors.acting(actor);
        match self.shared.caches {
            Some(_) => Arc::new(CachedReads::new(acting)),
            None => Arc::new(ActorReads::new(acting)),
        }
    }

    /// The actor's writes. Call it in a tokio runtime.
    pub fn acting_as(&self, actor: &Actor) -> ActorClient {
        ActorClient::new(self.actors.acting(actor))
    }

    pub fn name(&self) -> &str {
        NAME
    }

    /// The API server addresses that a kubeconfig may be issued for; the first is the default.
    pub fn endpoints(&self) -> Vec<Endpoint> {
        self.shared.endpoints.iter().map(Endpoint::from).collect()
    }

    /// Whether pages can be served: the API server answers, and what is cached has been listed.
    pub async fn ready(&self) -> Result<(), NotReady> {
        match tokio::time::timeout(self.shared.call_timeout, self.own.ready()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(NotReady::ApiServer(chain(&error))),
            Err(_) => return Err(NotReady::ApiServer("no answer in time".into())),
        }
        match &self.shared.caches {
            Some(caches) if !caches.is_settled() => Err(NotReady::Caches),
            _ => Ok(()),
        }
    }

    /// How long ago each watch last heard from the API server (`None`: never); empty where there are no caches.
    pub fn cache_ages(&self) -> Vec<(&'static str, Option<Duration>)> {
        self.shared.caches.as_ref().map(|caches| caches.ages().to_vec()).unwrap_or_default()
    }
}

pub(crate) fn name() -> &'static str {
    NAME
}
