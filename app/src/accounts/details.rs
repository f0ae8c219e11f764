//! One account's page (SPEC E): its card, and what its tabs show.

pub mod api;
mod card;
mod page;

pub use page::DetailsPage;
