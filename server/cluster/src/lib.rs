//! Every Kubernetes call that Musterbook makes.
//!
//! ```text
//! Cluster ── acting_as(actor) ──▶ ActorClient   writes; can't be had without an actor (SPEC A1)
//!    │    ── reads(actor)     ──▶ dyn Reads     what pages show; as the actor (SPEC P2)
//!    └─ own client, private to this crate: the watches of `cache`, health, discovery (SPEC A5), nothing else
//! ```
//!
//! All of them share one pool of connections. Every call is a row of the table in [`permissions`]; the identity that
//! Musterbook runs as is rendered from it. This is the only crate that names `kube` or `k8s_openapi`.

mod acting;
mod actor;
mod binding;
mod bulk;
mod cache;
mod calls;
mod client;
mod cluster;
mod connect;
mod convert;
pub mod draft;
mod failure;
mod headers;
mod held;
mod kept;
mod kubesphere;
mod names;
mod own;
pub mod permissions;
mod reads;
mod retry;
#[cfg(feature = "testing")]
pub mod testing;
mod trimmed;
mod undo;
mod written;
mod yaml;

pub use actor::Actor;
pub use bulk::delete_plan;
pub use client::{ActorClient, Deleted, IssuedKubeconfig, ToExport};
pub use cluster::{Cluster, NotReady};
pub use connect::{ConnectError, ConnectOptions, EndpointConfig};
pub use kubesphere::KubeSphere;
pub use reads::{Changes, Reads};
pub use undo::Record;
