//! Every Kubernetes call that Musterbook makes.
//!
//! ```text
//! Cluster ── acting_as(actor) ──▶ ActorClient   writes; can't be had without an actor (SPEC A1)
//!    │    ── reads(actor)     ──▶ dyn Reads     what pages show; as the actor (SPEC P2)
//!    └─ own client, private to this crate: the watch of bindings, health, discovery (SPEC A5), nothing else
//! ```
//!
//! This is the only crate that names `kube` or `k8s_openapi`.

mod actor;
mod reads;

pub use actor::Actor;
pub use reads::Reads;
