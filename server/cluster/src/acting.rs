//! One actor at the API server: their calls over the shared pool, and the answers that are kept for them.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use http::Request;
use k8s_openapi::api::{
    authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec},
    rbac::v1::RoleBinding,
};
use kube::client::Body;
use musterbook_core::{
    project::Project,
    role::{Grant, RoleRef},
};
use tower::{BoxError, ServiceBuilder, retry::RetryLayer, service_fn};

use crate::{
    Actor,
    calls::Calls,
    cluster::Shared,
    failure::Failure,
    headers,
    kept::{KEPT, Kept},
    permissions::{Call, GET_PROJECT, REVIEW},
    retry::ReadsOnly,
    written::Written,
};

/// How long a review holds: less than [`KEPT`], as a stream asks every few seconds, and what its actor may not see any
/// longer must be gone within 30 s (SPEC A2).
const REVIEWED: Duration = Duration::from_secs(25);

/// How long the bindings of a project hold that are looked at for each account of many that are deleted.
const SEEN: Duration = Duration::from_secs(5);

/// A question to an access review.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    verb: Cow<'static, str>,
    group: Cow<'static, str>,
    resource: Cow<'static, str>,
    project: Option<String>,
    name: Option<String>,
}

impl Question {
    /// May the actor make this call in `project`?
    pub fn of(call: &Call, project: &str) -> Self {
        Self { project: Some(project.into()), ..Self::everywhere(call) }
    }

    /// May the actor read the namespace itself? RBAC lets a Role in it allow that.
    pub fn of_namespace(name: &str) -> Self {
        Self { name: Some(name.into()), ..Self::of(&GET_PROJECT, name) }
    }

    /// May the actor make this call in all of the cluster?
    pub fn everywhere(call: &Call) -> Self {
        let Call { verb, group, resource, .. } = *call;
        Self { verb: verb.into(), group: group.into(), resource: resource.into(), project: None, name: None }
    }

    /// May the actor do this in `project`, on the object `name` or on all? A `*` is asked as it stands.
    pub fn about(verb: &str, group: &str, resource: &str, name: Option<&str>, project: &str) -> Self {
        let owned = |text: &str| Cow::Owned(text.to_owned());
        Self {
            verb: owned(verb),
            group: owned(group),
            resource: owned(resource),
            project: Some(project.into()),
            name: name.map(Into::into),
        }
    }

    fn attributes(&self) -> ResourceAttributes {
        let (resource, subresource) = self.resource.split_once('/').unwrap_or((&self.resource, ""));
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        ResourceAttributes {
            verb: filled(&self.verb),
            group: filled(&self.group),
            resource: filled(resource),
            subresource: filled(subresource),
            namespace: self.project.clone(),
            name: self.name.clone(),
            ..Default::default()
        }
    }
}

/// Asks the API server, whatever is kept.
pub(crate) async fn ask(calls: &Calls, question: &Question) -> Result<bool, Failure> {
    let spec =
        SelfSubjectAccessReviewSpec { resource_attributes: Some(question.attributes()), non_resource_attributes: None };
    let review = SelfSubjectAccessReview { spec, ..Default::default() };
    let review: SelfSubjectAccessReview = calls.in_cluster::<SelfSubjectAccessReview>(&REVIEW).review(&review).await?;
    Ok(review.status.is_some_and(|status| status.allowed))
}

pub(crate) struct Acting {
    pub actor: Actor,
    pub shared: Arc<Shared>,
    /// Answers of dry runs: may the actor give this role in this project?
    pub grants: Kept<(String, RoleRef), Grant>,
    /// Projects of theirs, or that it is none: searched for at each keystroke.
    pub projects: Kept<String, Option<Project>>,
    /// By project, the bindings that somebody made by hand and gave an owner: they go with it.
    pub by_hand: Kept<String, Arc<Vec<RoleBinding>>>,
    /// What the actor wrote a moment ago, until the caches have it.
    pub written: Arc<Written>,
    reviews: Kept<Question, bool>,
    client: kube::Client,
}

impl Acting {
    fn new(base: &kube::Client, actor: Actor, shared: Arc<Shared>) -> Self {
        let client = impersonating(base, &actor);
        Self {
            actor,
            shared,
            client,
            written: Arc::default(),
            reviews: Kept::new(REVIEWED),
            grants: Kept::new(KEPT),
            projects: Kept::new(KEPT),
            by_hand: Kept::new(SEEN),
        }
    }

    /// Calls for one act or one page.
    pub fn calls(&self) -> Calls {
        Calls::new(self.client.clone(), self.shared.call_timeout, Arc::clone(&self.written))
    }

    /// The API server's answer, at most 30 s old (SPEC A7).
    pub async fn may(&self, calls: &Calls, question: Question) -> Result<bool, Failure> {
        if let Some(known) = self.reviews.peek(&question) {
            return Ok(known);
        }
        // Boxed: a page awaits a dozen of these at once, and asking is the seldom case.
        Box::pin(async move {
            let asked = question.clone();
            self.reviews.get(question, ask(calls, &asked)).await
        })
        .await
    }

    /// What was answered to `question` a moment ago.
    pub fn knows(&self, question: &Question) -> Option<bool> {
        self.reviews.peek(question)
    }
}

/// A client whose every request carries the actor's headers, over `base`'s pool and credentials (SPEC A1).
fn impersonating(base: &kube::Client, actor: &Actor) -> kube::Client {
    let headers = headers::impersonation(actor).map_err(Arc::new);
    let inner = base.clone();
    let service = ServiceBuilder::new().layer(RetryLayer::new(ReadsOnly::default())).map_err(BoxError::from).service(
        service_fn(move |mut request: Request<Body>| {
            let (inner, headers) = (inner.clone(), headers.clone());
            async move {
                // Without its headers a request would be Musterbook's own.
                request.headers_mut().extend(headers.map_err(BoxError::from)?);
                inner.send(request).await.map_err(BoxError::from)
            }
        }),
    );
    kube::Client::new(service, base.default_namespace())
}

/// The actors that were here lately: each has a client, which costs a task, and answers worth keeping.
pub(crate) struct Actors {
    base: kube::Client,
    shared: Arc<Shared>,
    seen: Mutex<HashMap<Actor, (Arc<Acting>, Instant)>>,
}

const MOST_ACTORS: usize = 256;
const FORGOTTEN_AFTER: Duration = Duration::from_secs(600);

impl Actors {
    pub fn new(base: kube::Client, shared: Arc<Shared>) -> Self {
        Self { base, shared, seen: Mutex::new(HashMap::new()) }
    }

    /// The key is the whole actor: who signs in again with other groups is somebody else.
    pub fn acting(&self, actor: &Actor) -> Arc<Acting> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some((acting, used)) = seen.get_mut(actor) {
            *used = now;
            return Arc::clone(acting);
        }
        seen.retain(|_, (_, used)| now.duration_since(*used) < FORGOTTEN_AFTER);
        if seen.len() >= MOST_ACTORS
            && let Some(oldest) = seen.iter().min_by_key(|(_, (_, used))| *used).map(|(actor, _)| actor.clone())
        {
            seen.remove(&oldest);
        }
        let acting = Arc::new(Acting::new(&self.base, actor.clone(), Arc::clone(&self.shared)));
        seen.insert(actor.clone(), (Arc::clone(&acting), now));
        acting
    }
}
