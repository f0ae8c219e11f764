//! Signing in and out.

mod again;
pub mod api;
mod page;

pub use again::SignInAgain;
pub use page::SignInPage;
