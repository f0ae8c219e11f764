//! Answers that no page gives, because it wasn't reached or did not come to an end.

use axum::{
    Json,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use musterbook_app::{explain::error_text, lang::Locale};
use musterbook_core::AppError;

/// Who asks for a page gets one, a program gets the error as server functions answer with it.
#[derive(Debug, Clone, Copy)]
pub enum Asker {
    Browser,
    Program,
}

impl Asker {
    pub fn of(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        if accept.contains("text/html") { Self::Browser } else { Self::Program }
    }

    pub fn refuse(self, error: &AppError) -> Response {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match self {
            Self::Program => (status, Json(error)).into_response(),
            Self::Browser => (status, Html(page(error))).into_response(),
        }
    }

    /// As [`Self::refuse`], for what a person asked of the cluster: the page says what pages say of such an error.
    pub fn explain(self, error: &AppError) -> Response {
        let mut response = self.refuse(error);
        if let Self::Browser = self {
            let said = |locale| escaped(&error_text(locale, error));
            *response.body_mut() = plain(&said(Locale::en), &said(Locale::zh_CN)).into();
        }
        response
    }
}

/// In every language, as nothing is known of the visitor here.
fn page(error: &AppError) -> String {
    let (english, chinese) = match error {
        AppError::Denied(_) => (
            "This form was sent from another address than Musterbook's own. Open Musterbook and try again.".to_owned(),
            "此表单来自其他地址，已被拒绝。请打开 Musterbook 后重试。".to_owned(),
        ),
        AppError::Internal { reference } => (
            format!("Something went wrong in Musterbook. The server's log has it under {reference}."),
            format!("Musterbook 出错了。服务器日志中的编号为 {reference}。"),
        ),
        _ => (
            "Musterbook could not answer in time. Try again in a moment.".to_owned(),
            "Musterbook 未能及时响应。请稍后重试。".to_owned(),
        ),
    };
    plain(&english, &chinese)
}

/// The cluster's own words may be part of an error.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn plain(english: &str, chinese: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>Musterbook</title><h1>Musterbook</h1><p>{english}</p><p lang=\"zh-CN\">{chinese}</p>\
         <p><a href=\"/\">Musterbook</a></p></html>"
    )
}
