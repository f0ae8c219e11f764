//! A cluster over a scripted API server: each test says what is answered, and sees what was asked.

mod noise;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{HeaderMap, Request, Response};
use http_body_util::BodyExt;
use kube::client::Body;
use serde_json::{Value, json};
use tower::{BoxError, service_fn};

pub use self::noise::Noise;
use crate::{Cluster, ConnectOptions, EndpointConfig, KubeSphere};

/// The scripted API server. Answers of a route are given in order; the last one stays. What has no answer is 404.
#[derive(Clone, Default)]
pub struct FakeApi {
    script: Arc<Mutex<Script>>,
}

#[derive(Default)]
struct Script {
    answers: HashMap<String, VecDeque<Reply>>,
    calls: Vec<Asked>,
}

/// What the API server does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    Json(u16, Value),
    /// A body that isn't Kubernetes'.
    Text(u16, String),
    /// Never answers.
    Silence,
    /// The connection breaks.
    Broken,
}

/// A request as the API server saw it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `METHOD /path?query`, without the field manager.
    pub route: String,
    pub headers: HeaderMap,
    /// `null` without a body.
    pub body: Value,
}

impl FakeApi {
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `route` with a JSON object.
    pub fn on(&self, route: &str, code: u16, body: Value) -> &Self {
        self.reply(route, Reply::Json(code, body))
    }

    /// Answers `route` with a list of `items`.
    pub fn list(&self, route: &str, items: Value) -> &Self {
        self.on(route, 200, json!({ "kind": "List", "apiVersion": "v1", "metadata": {}, "items": items }))
    }

    /// Answers `route` with a `Status`.
    pub fn refuse(&self, route: &str, code: u16, reason: &str, message: &str) -> &Self {
        self.on(route, code, status(code, reason, message))
    }

    /// Answers `route` as RBAC does for somebody without the right.
    pub fn deny(&self, route: &str) -> &Self {
        self.refuse(route, 403, "Forbidden", "x is forbidden: User \"jane\" cannot do resource \"x\" in API group \"\"")
    }

    pub fn reply(&self, route: &str, reply: Reply) -> &Self {
        self.script().answers.entry(route.into()).or_default().push_back(reply);
        self
    }

    /// All requests so far, in the order of their arrival.
    pub fn calls(&self) -> Vec<Asked> {
        self.script().calls.clone()
    }

    /// Their routes.
    pub fn routes(&self) -> Vec<String> {
        self.calls().into_iter().map(|asked| asked.route).collect()
    }

    /// The body of the one request to `route`.
    ///
    /// # Panics
    /// Where there was none, or more than one.
    pub fn body(&self, route: &str) -> Value {
        let mut bodies = self.calls().into_iter().filter(|asked| asked.route == route).map(|asked| asked.body);
        match (bodies.next(), bodies.next()) {
            (Some(body), None) => body,
            (first, _) => panic!("{route}: {} of {:#?}", if first.is_some() { "twice" } else { "none" }, self.routes()),
        }
    }

    /// A cluster that asks this API server. No watches, KubeSphere off, calls end after a second.
    pub fn cluster(&self) -> Cluster {
        self.cluster_with(&ConnectOptions {
            caches: false,
            kubesphere: KubeSphere::Off,
            call_timeout: Duration::from_secs(1),
            endpoints: vec![EndpointConfig {
                name: "default".into(),
                server: "https://api.example:6443".into(),
                ..Default::default()
            }],
            ..Default::default()
        })
    }

    pub fn cluster_with(&self, options: &ConnectOptions) -> Cluster {
        Cluster::over(self.client(), self.client(), options.endpoints.clone(), options)
    }

    fn client(&self) -> kube::Client {
        let api = self.clone();
        let service = service_fn(move |request: Request<Body>| {
            let api = api.clone();
            async move { api.answer(request).await }
        });
        kube::Client::new(service, "default")
    }

    async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let (parts, body) = request.into_parts();
        let bytes = body.collect().await?.to_bytes();
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes)? };
        let asked = Asked { route: route(&parts.method, &parts.uri), headers: parts.headers, body };
        let reply = self.script().take(asked);
        let (code, text) = match reply {
            Reply::Json(code, body) => (code, body.to_string()),
            Reply::Text(code, text) => (code, text),
            Reply::Silence => std::future::pending().await,
            Reply::Broken => return Err("connection reset".into()),
        };
        Ok(Response::builder().status(code).body(Body::from(text.into_bytes()))?)
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Script {
    fn take(&mut self, asked: Asked) -> Reply {
        let answers = self.answers.get_mut(&asked.route);
        let reply = match answers {
            Some(answers) if answers.len() > 1 => answers.pop_front(),
            Some(answers) => answers.front().cloned(),
            None => None,
        };
        self.calls.push(asked);
        reply.unwrap_or_else(|| Reply::Json(404, status(404, "NotFound", "not found")))
    }
}

fn route(method: &http::Method, uri: &http::Uri) -> String {
    let query: Vec<_> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("fieldManager="))
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{method} {}{mark}{}", uri.path(), query.join("&"))
}

fn status(code: u16, reason: &str, message: &str) -> Value {
    json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message })
}
