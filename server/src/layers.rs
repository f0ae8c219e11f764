//! What every request passes on its way in, and every response on its way out.

pub mod access_log;
pub mod limits;
pub mod origin_check;
pub mod panic;
pub mod security_headers;
pub mod session;
pub mod strict_cookie_page;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use musterbook_core::AppError;

/// An error as server functions answer with one.
pub fn refuse(error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(error)).into_response()
}
