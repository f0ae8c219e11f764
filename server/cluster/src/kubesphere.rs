//! Whether KubeSphere's controller binds roles in this cluster, and which (SPEC D4). Where that can't be found out, Musterbook
//! changes no roles: what it bound, KubeSphere might delete.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use musterbook_core::{AppError, role::Controller};
use tokio::task::JoinSet;

use crate::{calls::chain, own::Own};

/// What to assume about KubeSphere (`--kubesphere`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KubeSphere {
    /// Find out.
    #[default]
    Auto,
    V3,
    V4,
    Off,
}

impl std::str::FromStr for KubeSphere {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "v3" => Ok(Self::V3),
            "v4" => Ok(Self::V4),
            "off" => Ok(Self::Off),
            _ => Err("expected auto, v3, v4 or off".into()),
        }
    }
}

/// What a write may rely on: KubeSphere is seldom installed, but a role given meanwhile would be taken away again.
const HOLDS: Duration = Duration::from_secs(60);
/// How often is looked, so that a write seldom waits…
const EVERY: Duration = Duration::from_secs(30);
/// …and after the API server didn't answer.
const SOON: Duration = Duration::from_secs(5);

pub(crate) struct Detector {
    finder: Arc<Finder>,
    _looking: JoinSet<()>,
}

struct Finder {
    own: Own,
    limit: Duration,
    tell: Box<dyn Fn(Option<Controller>) + Send + Sync>,
    last: Mutex<Last>,
}

#[derive(Default)]
struct Last {
    controller: Option<Controller>,
    holds: Holds,
}

#[derive(Default)]
enum Holds {
    /// It was never found out.
    #[default]
    Never,
    Since(Instant),
    /// It was said at the start.
    Always,
}

impl Detector {
    /// Looks now and then, unless it is said what to assume, and lets `tell` know what is found.
    pub fn start(
        assumed: KubeSphere,
        own: Own,
        limit: Duration,
        tell: impl Fn(Option<Controller>) + Send + Sync + 'static,
    ) -> Self {
        let finder = Arc::new(Finder { own, limit, tell: Box::new(tell), last: Mutex::default() });
        let mut looking = JoinSet::new();
        let said = match assumed {
            KubeSphere::Auto => {
                looking.spawn(keep_looking(Arc::clone(&finder)));
                return Self { finder, _looking: looking };
            }
            KubeSphere::V3 => Some(Controller::V3),
            KubeSphere::V4 => Some(Controller::V4),
            KubeSphere::Off => None,
        };
        finder.note(said, Holds::Always);
        Self { finder, _looking: looking }
    }

    /// Who binds roles beside Musterbook, as it was found last. Nothing is waited for: pages ask this.
    pub fn known(&self) -> Option<Controller> {
        self.finder.last().controller
    }

    /// The same for a write, which is refused where it isn't known.
    pub async fn sure(&self) -> Result<Option<Controller>, AppError> {
        {
            let last = self.finder.last();
            match last.holds {
                Holds::Always => return Ok(last.controller),
                Holds::Since(when) if when.elapsed() < HOLDS => return Ok(last.controller),
                Holds::Since(_) | Holds::Never => {}
            }
        }
        self.finder.look().await
    }
}

async fn keep_looking(finder: Arc<Finder>) {
    loop {
        let pause = if finder.look().await == Err(AppError::Unavailable) { SOON } else { EVERY };
        tokio::time::sleep(pause).await;
    }
}

impl Finder {
    async fn look(&self) -> Result<Option<Controller>, AppError> {
        let look = async {
            if self.own.serves("iam.kubesphere.io/v1beta1").await? {
                return Ok(Some(Controller::V4));
            }
            Ok::<_, kube::Error>(self.own.kubesphere_deployment().await?.then_some(Controller::V3))
        };
        match tokio::time::timeout(self.limit, look).await {
            Ok(Ok(found)) => {
                self.note(found, Holds::Since(Instant::now()));
                Ok(found)
            }
            Ok(Err(error @ kube::Error::Api(_))) => {
                tracing::warn!(error = chain(&error), "can't tell whether KubeSphere runs here; --kubesphere says it");
                Err(AppError::RolesElsewhere)
            }
            // The cluster is away: that says nothing about KubeSphere.
            Ok(Err(error)) => {
                tracing::warn!(error = chain(&error), "looking for KubeSphere");
                Err(AppError::Unavailable)
            }
            Err(_) => Err(AppError::Unavailable),
        }
    }

    fn note(&self, controller: Option<Controller>, holds: Holds) {
        *self.last() = Last { controller, holds };
        (self.tell)(controller);
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
