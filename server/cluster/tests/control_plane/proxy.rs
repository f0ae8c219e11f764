//! Stands between Musterbook and the API server, and spoils one call of one act (SPEC Z5), or holds it up.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use kube::{Client, client::Body};
use serde_json::json;
use tokio::{
    net::TcpListener,
    sync::oneshot,
    task::{JoinHandle, JoinSet},
};

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 403, as RBAC says it.
    Denied,
    /// 500.
    Broken,
    /// 409.
    Conflict,
    /// 429 with Retry-After.
    Busy,
    /// 503.
    Away,
    /// The connection breaks before the call arrives.
    CutBefore,
    /// The call arrives, and the connection breaks before its answer.
    CutAfter,
    /// The call arrives, and somebody in between answers 504.
    GivenUp,
    /// The call arrives, and its answer never comes.
    Silent,
    /// The call arrives when nobody waits for it any longer.
    Late(Duration),
}

#[derive(Default)]
pub struct Plan {
    /// The number of the call, from 0.
    pub at: usize,
    pub fault: Option<Fault>,
    /// All later calls as well.
    pub lasts: bool,
    pub pause: Option<Pause>,
}

/// Holds the call up, before its fault.
pub struct Pause {
    reached: oneshot::Sender<()>,
    go: oneshot::Receiver<()>,
}

impl Pause {
    /// With the ends for who waits until the call is reached, and lets it go on.
    pub fn new() -> (Self, oneshot::Receiver<()>, oneshot::Sender<()>) {
        let ((reached, at), (goes, go)) = (oneshot::channel(), oneshot::channel());
        (Self { reached, go }, at, goes)
    }
}

pub struct Proxy {
    pub url: String,
    inner: Arc<Inner>,
    task: JoinHandle<()>,
}

struct Inner {
    upstream: Client,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    calls: Vec<String>,
    plan: Plan,
    late: JoinSet<()>,
}

impl Proxy {
    pub async fn to(upstream: Client, plan: Plan) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let inner = Arc::new(Inner { upstream, state: Mutex::new(State { plan, ..Default::default() }) });
        let served = Arc::clone(&inner);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inner = Arc::clone(&served);
                let service = service_fn(move |request| Arc::clone(&inner).answer(request));
                // An error of the service is a connection that breaks: that is what it is for.
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { url: format!("http://{address}"), inner, task }
    }

    /// What was asked, in the order of its arrival.
    pub fn calls(&self) -> Vec<String> {
        self.inner.state.lock().unwrap().calls.clone()
    }

    /// From now on nothing is spoilt. Waits for what arrives late.
    pub async fn heal(&self) {
        let late = {
            let mut state = self.inner.state.lock().unwrap();
            state.plan = Plan { at: usize::MAX, ..Default::default() };
            std::mem::take(&mut state.late)
        };
        late.join_all().await;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug, thiserror::Error)]
#[error("cut")]
struct Cut;

impl Inner {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Cut> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        let (fault, pause) = {
            let mut state = self.state.lock().unwrap();
            let number = state.calls.len();
            state.calls.push(format!("{} {}", parts.method, parts.uri));
            let (at, lasts, fault) = (state.plan.at, state.plan.lasts, state.plan.fault);
            let hit = number == at || (lasts && number > at);
            (fault.filter(|_| hit), if number == at { state.plan.pause.take() } else { None })
        };
        if let Some(Pause { reached, go }) = pause {
            let _ = reached.send(());
            let _ = go.await;
        }
        let forward = Arc::clone(&self).forward(parts, body);
        match fault {
            None => forward.await,
            Some(Fault::Denied) => {
                let message = "x is forbidden: User \"project-regular\" cannot do resource \"x\" in API group \"\"";
                Ok(status(403, "Forbidden", message))
            }
            Some(Fault::Broken) => Ok(status(500, "InternalError", "etcd is away")),
            Some(Fault::Conflict) => Ok(status(409, "Conflict", "Operation cannot be fulfilled: try again")),
            Some(Fault::Busy) => Ok(status(429, "TooManyRequests", "too many requests")),
            Some(Fault::Away) => Ok(status(503, "ServiceUnavailable", "not now")),
            Some(Fault::CutBefore) => Err(Cut),
            Some(Fault::CutAfter) => forward.await.and(Err(Cut)),
            Some(Fault::GivenUp) => forward.await.map(|_| status(504, "Timeout", "took too long")),
            Some(Fault::Silent) => {
                let _ = forward.await;
                std::future::pending().await
            }
            Some(Fault::Late(after)) => {
                let late = async move {
                    tokio::time::sleep(after).await;
                    let _ = forward.await;
                };
                self.state.lock().unwrap().late.spawn(late);
                std::future::pending().await
            }
        }
    }

    async fn forward(self: Arc<Self>, parts: http::request::Parts, body: Bytes) -> Result<Response<Full<Bytes>>, Cut> {
        let mut request = Request::new(Body::from(body.to_vec()));
        *request.method_mut() = parts.method;
        *request.uri_mut() = parts.uri;
        *request.headers_mut() = parts.headers;
        for own in [header::HOST, header::CONTENT_LENGTH, header::CONNECTION] {
            request.headers_mut().remove(own);
        }
        let (parts, body) = self.upstream.send(request).await.map_err(|_| Cut)?.into_parts();
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = parts.status;
        if let Some(kind) = parts.headers.get(header::CONTENT_TYPE) {
            response.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
        }
        Ok(response)
    }
}

fn status(code: u16, reason: &str, message: &str) -> Response<Full<Bytes>> {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message,
        "details": { "retryAfterSeconds": 1 },
    });
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = StatusCode::from_u16(code).unwrap();
    response.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::RETRY_AFTER, http::HeaderValue::from_static("1"));
    response
}
