//! What pages show.

mod actor_reads;
mod port;

pub(crate) use actor_reads::ActorReads;
pub use port::Reads;
