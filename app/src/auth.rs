//! Signing in and out.

pub mod api;
mod again;
mod page;

pub use again::SignInAgain;
pub use page::SignInPage;
