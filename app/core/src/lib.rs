//! What Musterbook knows about service accounts.
//!
//! Pure and shared: the server and the browser run the same validation, the same list logic and speak the same
//! errors. Knows nothing of Leptos, of Kubernetes' client or of any runtime.

pub mod account;
pub mod answer;
pub mod ask;
pub mod bulk;
pub mod cloud;
pub mod credential;
pub mod csv;
pub mod diff;
pub mod draft;
pub mod error;
pub mod fields;
pub mod form;
pub mod holders;
pub mod kubeconfig;
pub mod kubectl;
pub mod list;
pub mod live;
pub mod managed;
pub mod many;
pub mod merge;
pub mod percent;
pub mod project;
pub mod repair;
pub mod role;
pub mod rules;
pub mod settings;
pub mod standing;
pub mod time;
pub mod undo;
#[cfg(feature = "server-fn")]
pub mod wire;
pub mod yaml;
pub mod yaml_text;

pub use answer::{Answer, Missing};
pub use error::AppError;
pub use time::Timestamp;
