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
use musterbook_core::percent::escape;
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
/// How much longer than its limit an act may take to end what it has begun: all of it stays below 10 s (SPEC Z5).
const TO_FINISH: Duration = Duration::from_millis(1500);
/// A write that is asked for again has this much of it, so that there is some left for what follows.
const AGAIN: Duration = Duration::from_millis(500);
/// Rows of one answer where a list is read page by page (SPEC K5, L7).
const PAGE: u32 = 500;

pub(crate) struct Calls {
    client: kube::Client,
    deadline: Instant,
    /// Until when what was begun may be ended.
    last: Instant,
    finishes: bool,
    written: Arc<Written>,
}

/// What becomes of an object that is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replace {
    Store,
    /// A dry run.
    Try,
    /// A dry run that refuses fields which the API server doesn't know and would leave out.
    TryStrictly,
}

/// Where a page of a list begins: at its start by default.
#[derive(Default)]
pub(crate) struct Continue(Option<String>);

/// What is asked of one resource in one place. Names are one segment of its path, whatever they are: RBAC's may hold spaces,
/// `?` and `#`, which `kube` would put into the address as they are.
pub(crate) struct Of<'a> {
    calls: &'a Calls,
    call: &'static Call,
    project: Option<&'a str>,
    path: String,
    once: bool,
}

impl Calls {
    pub fn new(client: kube::Client, limit: Duration, written: Arc<Written>) -> Self {
        let deadline = Instant::now() + limit;
        Self { client, deadline, last: deadline + TO_FINISH, finishes: false, written }
    }

    /// The same actor, with the time to end what was begun, or to take it back.
    pub fn to_finish(&self) -> Self {
        let (client, written) = (self.client.clone(), Arc::clone(&self.written));
        Self { client, written, finishes: true, ..*self }
    }

    /// Until when an answer is waited for: of a call that may be asked `again` for, some time is left for that.
    fn until(&self, again: bool) -> Instant {
        let soon = self.last.min(Instant::now() + AGAIN);
        match (self.finishes, again) {
            (false, _) => self.deadline,
            (true, true) => self.deadline.max(soon),
            (true, false) => self.last,
        }
    }

    pub fn in_project<'a, K>(&'a self, call: &'static Call, project: &'a str) -> Of<'a>
    where
        K: Resource<DynamicType = ()>,
    {
        debug_assert_eq!((call.scope, K::plural(&()).as_ref()), (Scope::Project, of(call)));
        Of { calls: self, call, project: Some(project), path: K::url_path(&(), Some(project)), once: false }
    }

    pub fn in_cluster<K>(&self, call: &'static Call) -> Of<'_>
    where
        K: Resource<DynamicType = ()>,
    {
        debug_assert_eq!((call.scope, K::plural(&()).as_ref()), (Scope::Cluster, of(call)));
        Of { calls: self, call, project: None, path: K::url_path(&(), None), once: false }
    }

    /// For what is no resource: the row names its path.
    pub fn at_path(&self, call: &'static Call) -> Of<'_> {
        debug_assert!(call.scope == Scope::Cluster && call.resource.starts_with('/'));
        Of { calls: self, call, project: None, path: call.resource.into(), once: false }
    }
}

/// The resource without its subresource.
fn of(call: &Call) -> &str {
    call.resource.split('/').next().unwrap_or_default()
}

impl Of<'_> {
    /// Says that the write happens once however often it is asked for: its name is fixed, or it carries a version or a
    /// uid. When its answer is lost it is asked for again, which tells what became of it, and keeps a first one that is
    /// still on its way from happening later. [`Failure::again`] marks what the second answer said.
    pub fn once(self) -> Self {
        Self { once: true, ..self }
    }

    pub async fn get<T: DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
        self.asks("get", false, self.request().get(&escape(name), &GetParams::default())).await
    }

    /// What is at the row's path.
    pub async fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let request = http::Request::get(self.path.as_str()).header(http::header::ACCEPT, "application/json");
        let request = request.body(Vec::new());
        self.asks("get", false, request.map_err(request::Error::BuildRequest)).await
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

    /// One page, and where the next one begins.
    pub async fn list_page<T: DeserializeOwned + Clone>(
        &self,
        from: &Continue,
    ) -> Result<(Vec<T>, Option<Continue>), Failure> {
        let params = ListParams { continue_token: from.0.clone(), ..ListParams::default().limit(PAGE) };
        let page: ObjectList<T> = self.asks("list", false, self.request().list(&params)).await?;
        let after = page.metadata.continue_.filter(|token| !token.is_empty());
        Ok((page.items, after.map(|token| Continue(Some(token)))))
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
        let request = self
            .body(object)
            .and_then(|body| self.request().create_subresource(subresource, &escape(name), &params, body));
        self.asks("create", true, request).await
    }

    pub async fn merge<T: DeserializeOwned>(&self, name: &str, patch: &Value) -> Result<T, Failure> {
        let params = PatchParams { field_manager: Some(FIELD_MANAGER.into()), ..Default::default() };
        self.asks("patch", true, self.request().patch(&escape(name), &params, &Patch::Merge(patch))).await
    }

    pub async fn replace(&self, name: &str, object: &Value, how: Replace) -> Result<Value, Failure> {
        let writes = how == Replace::Store;
        let mut request =
            self.body(object).and_then(|body| self.request().replace(&escape(name), &post(!writes), body));
        if how == Replace::TryStrictly {
            request = request.and_then(|request| with_query(request, "fieldValidation=Strict"));
        }
        self.asks("update", writes, request).await
    }

    pub async fn delete(&self, name: &str, params: &DeleteParams) -> Result<Value, Failure> {
        self.asks("delete", !params.dry_run, self.request().delete(&escape(name), params)).await
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
        let fail =
            |cause| Failure { call: self.call, project: self.project.map(Into::into), writes, again: false, cause };
        let request = request.map_err(|error| fail(Cause::NotSent(error.to_string())))?;
        let again = (writes && self.once).then(|| request.clone());
        let answer = match (self.sends(request, self.calls.until(again.is_some())).await, again) {
            (Err(Cause::Lost(lost)), Some(request)) => {
                tracing::warn!(verb, resource = self.call.resource, lost, "asked for again");
                let until = self.calls.last.min(Instant::now() + AGAIN);
                self.sends(request, until).await.map_err(|cause| fail(cause).of_what_was_lost())
            }
            (answer, _) => answer.map_err(fail),
        };
        let text = answer?;
        if writes && let Some(project) = self.project {
            self.calls.written.note(self.call.resource, project, &text);
        }
        serde_json::from_str(&text).map_err(|error| {
            // Line and column only: serde's message may quote a value.
            fail(Cause::Lost(format!("unreadable answer at {}:{}", error.line(), error.column())))
        })
    }

    async fn sends(&self, request: http::Request<Vec<u8>>, deadline: Instant) -> Result<String, Cause> {
        if Instant::now() >= deadline {
            return Err(Cause::NotReached("no time was left to ask".into()));
        }
        // Not `Client::request`: it logs a body that it can't read, and this one may hold a token (SPEC K3).
        match timeout_at(deadline, self.calls.client.request_text(request)).await {
            Ok(Ok(text)) => Ok(text),
            Ok(Err(kube::Error::Api(status))) if is_impersonation(&status) => Err(self.not_acting(status).await),
            Ok(Err(error)) => Err(cause(error)),
            Err(_) => Err(Cause::Lost("time is up".into())),
        }
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

/// For what kube's parameters don't know.
fn with_query(mut request: http::Request<Vec<u8>>, pair: &str) -> Result<http::Request<Vec<u8>>, request::Error> {
    let uri = request.uri();
    let mark = if uri.query().is_none_or(str::is_empty) { "?" } else { "&" };
    let uri = format!("{}{mark}{pair}", uri.to_string().trim_end_matches('?'));
    *request.uri_mut() =
        uri.parse().map_err(|error: http::uri::InvalidUri| request::Error::BuildRequest(error.into()))?;
    Ok(request)
}

fn cause(error: kube::Error) -> Cause {
    match error {
        // Somebody in between stopped waiting: what was asked for may happen all the same.
        kube::Error::Api(status) if matches!(status.code, 502 | 504) => {
            Cause::Lost(format!("{} {}", status.code, status.reason))
        }
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
