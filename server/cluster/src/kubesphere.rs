//! Whether KubeSphere's controller owns the bindings of this cluster (SPEC D4). Where it does, and where that can't be
//! found out, Musterbook changes no roles.

use std::time::Duration;

use musterbook_core::AppError;

use crate::{calls::chain, kept::Kept, own::Own};

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

/// An answer holds for a minute: KubeSphere is seldom installed, but a role given meanwhile would be taken away again.
const HOLDS: Duration = Duration::from_secs(60);

pub(crate) struct Detector {
    assumed: KubeSphere,
    own: Own,
    found: Kept<(), bool>,
    limit: Duration,
}

impl Detector {
    pub fn new(assumed: KubeSphere, own: Own, limit: Duration) -> Self {
        Self { assumed, own, found: Kept::new(HOLDS), limit }
    }

    /// Refuses where KubeSphere owns the bindings, or may do so.
    pub async fn roles_are_ours(&self) -> Result<(), AppError> {
        let found = match self.assumed {
            KubeSphere::Off => return Ok(()),
            KubeSphere::V3 | KubeSphere::V4 => true,
            KubeSphere::Auto => self.found.get((), self.look()).await?,
        };
        if found { Err(AppError::RolesElsewhere { certain: true }) } else { Ok(()) }
    }

    async fn look(&self) -> Result<bool, AppError> {
        let look = async {
            Ok::<_, kube::Error>(
                self.own.serves("iam.kubesphere.io/v1beta1").await? || self.own.kubesphere_deployment().await?,
            )
        };
        match tokio::time::timeout(self.limit, look).await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error @ kube::Error::Api(_))) => {
                tracing::warn!(error = chain(&error), "can't tell whether KubeSphere runs here; --kubesphere says it");
                Err(AppError::RolesElsewhere { certain: false })
            }
            // The cluster is away: that says nothing about KubeSphere.
            Ok(Err(error)) => {
                tracing::warn!(error = chain(&error), "looking for KubeSphere");
                Err(AppError::Unavailable)
            }
            Err(_) => Err(AppError::Unavailable),
        }
    }
}
