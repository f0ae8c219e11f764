//! What pages show.

mod accounts;
mod actor_reads;
mod cached_reads;
mod credentials;
mod impact;
mod port;
mod projects;
mod rights;
mod roles;
mod settings;
mod standing;

pub(crate) use actor_reads::ActorReads;
pub(crate) use cached_reads::CachedReads;
pub(crate) use credentials::{TOKEN_TYPE, belongs_to};
pub use port::{Changes, Reads};
