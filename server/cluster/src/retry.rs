//! Reads are tried again when the API server is busy for a moment. Writes never are: the first one may have arrived. An
//! act that knows what a second one would find may ask again by itself ([`crate::calls::Of::once`]).

use std::time::Duration;

use http::{Method, Request, Response, StatusCode};
use kube::client::Body;
use tower::retry::Policy;

const DELAYS: [Duration; 2] = [Duration::from_millis(150), Duration::from_millis(500)];

#[derive(Debug, Clone, Default)]
pub(crate) struct ReadsOnly {
    tried: usize,
}

impl<E> Policy<Request<Body>, Response<Body>, E> for ReadsOnly {
    type Future = tokio::time::Sleep;

    fn retry(&mut self, _: &mut Request<Body>, result: &mut Result<Response<Body>, E>) -> Option<Self::Future> {
        let busy = result.as_ref().is_ok_and(|response| {
            matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
        });
        let delay = *DELAYS.get(self.tried).filter(|_| busy)?;
        self.tried += 1;
        Some(tokio::time::sleep(delay))
    }

    fn clone_request(&mut self, request: &Request<Body>) -> Option<Request<Body>> {
        if request.method() != Method::GET {
            return None;
        }
        let mut copy = Request::new(Body::empty());
        *copy.method_mut() = Method::GET;
        *copy.uri_mut() = request.uri().clone();
        *copy.headers_mut() = request.headers().clone();
        *copy.extensions_mut() = request.extensions().clone();
        Some(copy)
    }
}
