//! What every request passes on its way in, and every response on its way out.

pub mod access_log;
pub mod compression;
pub mod limits;
pub mod origin_check;
pub mod panic;
mod refusal;
pub mod security_headers;
pub mod session;
pub mod strict_cookie_page;

pub use refusal::Asker;
