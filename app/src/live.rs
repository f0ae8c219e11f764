//! Keeps a page that is open as the cluster is (SPEC L4): one stream for each tab, none while nobody looks.

mod status;
mod stream;
mod visible;

pub use status::LiveStatus;
pub use stream::{Followed, LiveState, follow};
