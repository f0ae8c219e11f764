//! Musterbook as a browser meets it: requests in, responses out, through the real router. The API server is away here;
//! what it answers is tested in `server/cluster` and on the real control plane.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should say where")]
#![recursion_limit = "512"]

mod arrival;
mod bulk;
mod delete;
mod export;
mod forms;
mod fuzz;
mod headers;
mod limits;
mod list;
mod live;
mod locked;
mod log;
mod missing;
mod origin;
mod pkg;
mod preferences;
mod probes;
mod sessions;
mod sign_in;
mod support;
mod undo;
