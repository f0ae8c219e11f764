//! The calls of one act, as its actor, with a time limit for all of them together (SPEC Z5). Each is built from its row
//! of [`crate::permissions`], so that none is made that isn't in the table.

use std::{sync::Arc, time::Duration};

use k8s_openapi::{ListableResource, Metadata, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::{
    Resource,
    core::{
        ObjectList, PartialObjectMeta, Request,
        params::{DeleteParams, GetParams, ListParams, Patch, PatchParams, PostParams},
        request,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::{
    failure::{Cause, Failure, is_impersonation},
    headers::Unsendable,
    permissions::{Call, REVIEW, Scope},
    written::Written,
};

/// Who made a change, in `managedFields`.
const FIELD_MANAGER: &str = "musterbook";
/// How much longer than the act itself its taking back may take.
const TAKING_BACK: Duration = Duration::from_millis(1500);
/// Rows of one answer to a list of Secrets (SPEC K5).
const PAGE: u32 = 500;

pub(crate) struct Calls {
    client: kube::Client,
    deadline: Instant,
    written: Arc<Written>,
}

/// What is asked of one resource in one place.
pub(crate) struct Of<'a> {
    calls: &'a Calls,
    call: &'static Call,
    project: Option<&'a str>,
    path: String,
}

impl Calls {
    pub fn new(client: kube::Client, limit: Duration, written: Arc<Written>) -> Self {
        Self { client, deadline: Instant::now() + limit, written }
    }

    /// The same actor, with the time to take back what was begun.
    pub fn to_take_back(&self) -> Self {
        let deadline = self.deadline.max(Instant::now()) + TAKING_BACK;
        Self { client: self.client.clone(), deadline, written: Arc::clone(&self.written) }
    }

    pub fn in_project<'a, K>(&'a self, call: &'static Call, project: &'a str) -> Of<'a>
    where
        K: Resource<DynamicType = ()>,
    {
        debug_assert_eq!((call.scope, K::plural(&()).as_ref()), (Scope::Project, of(call)));
        Of { calls: self, call, project: Some(project), path: K::url_path(&(), Some(project)) }
    }

    pub fn in_cluster<K>(&self, call: &'static Call) -> Of<'_>
    where
        K: Resource<DynamicType = ()>,
    {
        debug_assert_eq!((call.scope, K::plural(&()).as_ref()), (Scope::Cluster, of(call)));
        Of { calls: self, call, project: None, path: K::url_path(&(), None) }
    }
}

/// The resource without its subresource.
fn of(call: &Call) -> &str {
    call.resource.split('/').next().unwrap_or_default()
}

impl Of<'_> {
    pub async fn get<T: DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
        self.asks("get", false, self.request().get(name, &GetParams::default())).await
    }

    /// All of them in one answer, which the API server gives from its cache.
    pub async fn list<T: DeserializeOwned + Clone>(&self) -> Result<Vec<T>, Failure> {
        let list: ObjectList<T> = self.asks("list", false, self.request().list(&ListParams::default())).await?;
        Ok(list.items)
    }

    pub async fn list_labelled<T: DeserializeOwned + Clone>(&self, labels: &str) -> Result<Vec<T>, Failure> {
        let params = ListParams::default().labels(labels);
        let list: ObjectList<T> = self.asks("list", false, self.request().list(&params)).await?;
        Ok(list.items)
    }

    /// Those with these field values, page by page.
    pub async fn list_pages<T: DeserializeOwned + Clone>(&self, fields: &str) -> Result<Vec<T>, Failure> {
        let mut params = ListParams::default().fields(fields).limit(PAGE);
        let mut items = Vec::new();
        loop {
            let page: ObjectList<T> = self.asks("list", false, self.request().list(&params)).await?;
            items.extend(page.items);
            match page.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => params = params.continue_token(&token),
                None => return Ok(items),
            }
        }
    }

    /// Names and labels only: the rest never leaves the API server.
    pub async fn list_metadata<K>(&self, fields: Option<&str>) -> Result<Vec<PartialObjectMeta<K>>, Failure>
    where
        K: Resource<DynamicType = ()> + ListableResource + Metadata<Ty = ObjectMeta> + Clone,
    {
        let params = ListParams { field_selector: fields.map(Into::into), ..ListParams::default() };
        let list: ObjectList<PartialObjectMeta<K>> =
            self.asks("list", false, self.request().list_metadata(&params)).await?;
        Ok(list.items)
    }

    pub async fn create<T: DeserializeOwned>(&self, object: &impl Serialize) -> Result<T, Failure> {
        self.asks("create", true, self.body(object).and_then(|body| self.request().create(&post(false), body))).await
    }

    pub async fn try_create<T: DeserializeOwned>(&self, object: &impl Serialize) -> Result<T, Failure> {
        self.asks("create", false, self.body(object).and_then(|body| self.request().create(&post(true), body))).await
    }

    /// A review: a POST that changes nothing.
    pub async fn review<T: DeserializeOwned>(&self, object: &impl Serialize) -> Result<T, Failure> {
        let request = self.body(object).and_then(|body| self.request().create(&PostParams::default(), body));
        self.asks("create", false, request).await
    }

    pub async fn create_below<T: DeserializeOwned>(&self, name: &str, object: &impl Serialize) -> Result<T, Failure> {
        let (_, subresource) = self.call.resource.split_once('/').unwrap_or_default();
        // TokenRequest knows no field manager.
        let params = PostParams::default();
        let request =
            self.body(object).and_then(|body| self.request().create_subresource(subresource, name, &params, body));
        self.asks("create", true, request).await
    }

    pub async fn merge<T: DeserializeOwned>(&self, name: &str, patch: &Value) -> Result<T, Failure> {
        let params = PatchParams { field_manager: Some(FIELD_MANAGER.into()), ..Default::default() };
        self.asks("patch", true, self.request().patch(name, &params, &Patch::Merge(patch))).await
    }

    pub async fn replace(&self, name: &str, object: &Value, dry_run: bool) -> Result<Value, Failure> {
        let request = self.body(object).and_then(|body| self.request().replace(name, &post(dry_run), body));
        self.asks("update", !dry_run, request).await
    }

    pub async fn delete(&self, name: &str, params: &DeleteParams) -> Result<Value, Failure> {
        self.asks("delete", !params.dry_run, self.request().delete(name, params)).await
    }

    fn request(&self) -> Request {
        Request::new(self.path.as_str())
    }

    fn body(&self, object: &impl Serialize) -> Result<Vec<u8>, request::Error> {
        serde_json::to_vec(object).map_err(request::Error::SerializeBody)
    }

    async fn asks<T: DeserializeOwned>(
        &self,
        verb: &str,
        writes: bool,
        request: Result<http::Request<Vec<u8>>, request::Error>,
    ) -> Result<T, Failure> {
        debug_assert_eq!(verb, self.call.verb, "{:?}", self.call);
        let fail = |cause| Failure { call: self.call, project: self.project.map(Into::into), writes, cause };
        let request = request.map_err(|error| fail(Cause::NotSent(error.to_string())))?;
        // Not `Client::request`: it logs a body that it can't read, and this one may hold a token (SPEC K3).
        let text = match self.in_time(self.calls.client.request_text(request)).await {
            Some(Ok(text)) => text,
            Some(Err(kube::Error::Api(status))) if is_impersonation(&status) => {
                return Err(fail(self.not_acting(status).await));
            }
            Some(Err(error)) => return Err(fail(cause(error))),
            None => return Err(fail(Cause::Lost("time is up".into()))),
        };
        if writes && let Some(project) = self.project {
            self.calls.written.note(self.call.resource, project, &text);
        }
        serde_json::from_str(&text).map_err(|error| {
            // Line and column only: serde's message may quote a value.
            fail(Cause::Lost(format!("unreadable answer at {}:{}", error.line(), error.column())))
        })
    }

    async fn in_time<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        timeout_at(self.calls.deadline, future).await.ok()
    }

    /// Musterbook may act in project namespaces only. Where it may not, the actor mostly may not either, and is to hear
    /// the same as from the API server itself: somebody who types a namespace's name learns nothing (SPEC A6).
    async fn not_acting(&self, status: Box<kube::core::Status>) -> Cause {
        let (Some(project), true) = (self.project, self.call != &REVIEW) else { return Cause::NotActing(status) };
        let question = crate::acting::Question::of(self.call, project);
        match Box::pin(crate::acting::ask(self.calls, &question)).await {
            Ok(false) => Cause::Answered(Box::new(
                kube::core::Status::failure("", kube::core::response::reason::FORBIDDEN).with_code(403),
            )),
            Ok(true) | Err(_) => Cause::NotActing(status),
        }
    }
}

fn post(dry_run: bool) -> PostParams {
    PostParams { dry_run, field_manager: Some(FIELD_MANAGER.into()) }
}

fn cause(error: kube::Error) -> Cause {
    match error {
        kube::Error::Api(status) => Cause::Answered(status),
        kube::Error::BuildRequest(error) => Cause::NotSent(error.to_string()),
        error if caused_by::<Arc<Unsendable>>(&error).is_some() => Cause::NotSent(chain(&error)),
        error if not_connected(&error) => Cause::NotReached(chain(&error)),
        error => Cause::Lost(chain(&error)),
    }
}

fn not_connected(error: &kube::Error) -> bool {
    caused_by::<hyper_util::client::legacy::Error>(error).is_some_and(hyper_util::client::legacy::Error::is_connect)
}

fn caused_by<'a, E: std::error::Error + 'static>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(error), |error| error.source()).find_map(|error| error.downcast_ref())
}

/// The error with all of its causes, for the log.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
        source = error.source();
    }
    text
}
