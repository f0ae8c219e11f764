//! Pages are compressed on their way out (SPEC P3). Only pages: what `/api` answers may hold a token, and compressing that
//! beside something a visitor chose would tell its length (BREACH). Static files are compressed in advance.

use std::cell::RefCell;

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tower_http::{
    CompressionLevel,
    compression::{CompressionLayer, Predicate},
};
use zstd::bulk::Compressor;

use crate::assets::encoding::accepted;

/// Between speed and size: a page is compressed on each request, unlike a static file.
const LEVEL: i32 = 3;

thread_local! {
    /// Its tables take longer to make than a page takes to compress.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

/// For browsers that don't know zstd.
pub fn others() -> CompressionLayer<impl Predicate> {
    let is_page = |_: StatusCode, _, headers: &HeaderMap, _: &_| is_page(headers);
    CompressionLayer::new().no_zstd().quality(CompressionLevel::Precise(LEVEL)).compress_when(is_page)
}

/// A page is whole before it is sent, so it is compressed in one piece, and sent so.
pub async fn pages(request: Request, next: Next) -> Response {
    let knows = accepted(request.headers()).any(|encoding| encoding.name == "zstd");
    let response = next.run(request).await;
    if !knows || !is_page(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(page) = to_bytes(body, usize::MAX).await.inspect_err(|error| tracing::error!(%error, "a page broke off"))
    else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let compressed = match compress(&page) {
        Ok(compressed) => compressed,
        Err(error) => {
            tracing::error!(%error, "a page could not be compressed");
            return Response::from_parts(parts, Body::from(page));
        }
    };
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("zstd"));
    parts.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(compressed))
}

fn compress(page: &[u8]) -> std::io::Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        let compressor = match compressor {
            Some(compressor) => compressor,
            None => compressor.insert(Compressor::new(LEVEL)?),
        };
        compressor.compress(page)
    })
}

fn is_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

#[cfg(test)]
mod tests {
    use super::compress;

    #[test]
    fn p3_a_page_comes_out_as_it_went_in() {
        let page = "<p>服务账户</p>".repeat(1_000);
        for _ in 0..2 {
            let compressed = compress(page.as_bytes()).unwrap();
            assert!(compressed.len() < page.len() / 20);
            assert_eq!(zstd::bulk::decompress(&compressed, page.len()).unwrap(), page.as_bytes());
        }
    }
}
