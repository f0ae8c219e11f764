//! The time, passed in, so that a test can let hours go by.

use std::sync::Arc;

/// Seconds since 1970.
pub type Seconds = i64;

#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Seconds + Send + Sync>);

impl Clock {
    pub fn system() -> Self {
        Self::from(|| jiff::Timestamp::now().as_second())
    }

    pub fn now(&self) -> Seconds {
        (self.0)()
    }
}

impl<F: Fn() -> Seconds + Send + Sync + 'static> From<F> for Clock {
    fn from(now: F) -> Self {
        Self(Arc::new(now))
    }
}
