//! What Musterbook relies on in Kubernetes, tried on a real control plane. `cargo verify` starts one and runs these.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod account;
mod acts;
mod apply;
mod beside;
mod cases;
mod conformance;
mod export;
mod facts;
mod faults;
mod interleavings;
mod itself;
mod kubeconfig;
mod plane;
mod proxy;
mod roles;
mod round_trip;
mod settings;
mod undo;
mod watching;
