//! Credentials without their values: what lets somebody be the account. Values have their own, unprintable types.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::form::{
    Field, FieldError, LIFETIME_MAX_SECONDS, LIFETIME_MIN_SECONDS, Problem, check_description, check_name,
};

/// A Secret of type `kubernetes.io/service-account-token` of an account (SPEC E3). Values never come along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenSecret {
    pub name: String,
    pub created: Timestamp,
    pub keys: Vec<SecretKey>,
    /// Label `kubernetes.io/legacy-token-last-used`: a date.
    pub last_used: Option<String>,
    /// Label `kubernetes.io/legacy-token-invalid-since`: a date.
    pub invalid_since: Option<String>,
}

/// What a list says of an account's credentials (SPEC L1): token Secrets and handles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialSummary {
    pub count: usize,
    /// The soonest end of those that end.
    pub expires: Option<Timestamp>,
    /// The worst of them.
    pub risk: Option<Risk>,
}

/// What is wrong with a credential; later ones are worse (SPEC K6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Risk {
    /// Kubernetes has marked it as invalid; it can be made valid again.
    Invalid,
    NeverExpires,
    /// Never expires, and was last used so many days ago, as Kubernetes noted: [`UNUSED_DAYS`] or more.
    Unused {
        days: u32,
    },
}

/// What a list's cell says of an account's credentials: the worst of them, else the soonest end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    None,
    Risk(Risk),
    Ends(TimeLeft),
}

/// A time to come, as exact as it helps. What is left of an hour or a day isn't counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeLeft {
    Minutes(i64),
    Hours(i64),
    Days(i64),
}

impl CredentialSummary {
    pub fn standing(&self, now: Timestamp) -> Standing {
        match (self.count, self.risk, self.expires) {
            (0, ..) => Standing::None,
            (_, Some(risk), _) => Standing::Risk(risk),
            (_, None, Some(expires)) => Standing::Ends(TimeLeft::until(expires, now)),
            (_, None, None) => Standing::Risk(Risk::NeverExpires),
        }
    }
}

impl TimeLeft {
    fn until(end: Timestamp, now: Timestamp) -> Self {
        let minutes = (end.as_millisecond() - now.as_millisecond()).max(0) / 60_000;
        match minutes {
            ..60 => Self::Minutes(minutes),
            60..2_880 => Self::Hours(minutes / 60),
            _ => Self::Days(minutes / 1_440),
        }
    }

    /// Less than a day: time to issue another one.
    pub fn is_short(self) -> bool {
        matches!(self, Self::Minutes(_) | Self::Hours(..24))
    }
}

/// A credential that was used since is in use (SPEC K6).
pub const UNUSED_DAYS: u32 = 90;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretKey {
    pub key: String,
    pub bytes: usize,
}

/// An API server that a kubeconfig may name (SPEC K1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    pub name: String,
    pub server: String,
    pub tls_server_name: Option<String>,
    pub ca: Ca,
}

/// Whose certificate an API server is checked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ca {
    /// That of the project's `kube-root-ca.crt`.
    OfTheProject,
    /// PEM in base64.
    Given(String),
    /// The client's own roots.
    SystemRoots,
}

/// What the Issue kubeconfig form sends (SPEC K1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IssueInput {
    /// `1h`, `8h`, `7d`, or `custom` with `minutes`.
    pub lifetime: String,
    pub minutes: String,
    /// Empty: the API server's own audience.
    pub audience: String,
    /// Empty: the account's project.
    pub namespace: String,
    /// Empty: `ACCOUNT@CLUSTER`.
    pub context: String,
    /// Name of an [`Endpoint`]; empty: the first.
    pub endpoint: String,
}

/// A checked [`IssueInput`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueWish {
    pub seconds: i64,
    pub audience: Option<String>,
    pub namespace: Option<String>,
    pub context: Option<String>,
    pub endpoint: Option<String>,
}

impl IssueInput {
    /// Lifetimes are from 10 minutes ([`LIFETIME_MIN_SECONDS`]) to 2^32 seconds; the server may still give another one.
    pub fn check(&self) -> Result<IssueWish, Vec<FieldError>> {
        let mut errors = Vec::new();
        let seconds = self.seconds().unwrap_or_else(|problem| {
            errors.push(FieldError { field: Field::Lifetime, problem });
            0
        });
        let namespace = filled(&self.namespace);
        if let Some(Err(problem)) = namespace.as_deref().map(check_name) {
            errors.push(FieldError { field: Field::Namespace, problem });
        }
        for (field, text) in [(Field::Context, &self.context), (Field::Audience, &self.audience)] {
            if let Err(problem) = check_description(text.trim()) {
                errors.push(FieldError { field, problem });
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(IssueWish {
            seconds,
            audience: filled(&self.audience),
            namespace,
            context: filled(&self.context),
            endpoint: filled(&self.endpoint),
        })
    }

    fn seconds(&self) -> Result<i64, Problem> {
        match self.lifetime.as_str() {
            "" | "1h" => Ok(3_600),
            "8h" => Ok(8 * 3_600),
            "7d" => Ok(7 * 86_400),
            "custom" => {
                let minutes: i64 = self.minutes.trim().parse().map_err(|_| Problem::NotANumber)?;
                let seconds = minutes.checked_mul(60).ok_or(Problem::TooLarge { max: LIFETIME_MAX_SECONDS / 60 })?;
                match seconds {
                    ..LIFETIME_MIN_SECONDS => Err(Problem::TooShort { min_seconds: LIFETIME_MIN_SECONDS }),
                    LIFETIME_MIN_SECONDS..=LIFETIME_MAX_SECONDS => Ok(seconds),
                    _ => Err(Problem::TooLarge { max: LIFETIME_MAX_SECONDS / 60 }),
                }
            }
            _ => Err(Problem::NotOffered),
        }
    }
}

fn filled(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom(minutes: &str) -> Result<i64, Problem> {
        let input = IssueInput { lifetime: "custom".into(), minutes: minutes.into(), ..Default::default() };
        input.check().map(|wish| wish.seconds).map_err(|mut errors| errors.remove(0).problem)
    }

    #[test]
    fn k1_a_custom_lifetime_is_at_least_ten_minutes() {
        assert_eq!(custom("10"), Ok(600));
        assert_eq!(custom("9"), Err(Problem::TooShort { min_seconds: 600 }));
        assert_eq!(custom("-1"), Err(Problem::TooShort { min_seconds: 600 }));
        assert_eq!(custom("soon"), Err(Problem::NotANumber));
        assert_eq!(custom("9223372036854775807"), Err(Problem::TooLarge { max: 71_582_788 }));
    }

    #[test]
    fn l1_the_worst_is_said_else_the_soonest_end() {
        let now = Timestamp::from_second(1_000_000);
        let standing = |count, seconds: Option<i64>, risk| {
            let expires = seconds.map(|seconds| Timestamp::from_second(1_000_000 + seconds));
            CredentialSummary { count, expires, risk }.standing(now)
        };
        assert_eq!(standing(0, None, None), Standing::None);
        assert_eq!(standing(2, Some(60), Some(Risk::NeverExpires)), Standing::Risk(Risk::NeverExpires));
        assert_eq!(standing(1, None, None), Standing::Risk(Risk::NeverExpires));
        assert_eq!(standing(2, Some(6 * 3_600 + 59), None), Standing::Ends(TimeLeft::Hours(6)));
    }

    #[test]
    fn l1_time_left_is_never_rounded_up() {
        let left = |seconds| TimeLeft::until(Timestamp::from_second(seconds), Timestamp::UNIX_EPOCH);
        for (seconds, expected, short) in [
            (-5, TimeLeft::Minutes(0), true),
            (40 * 60 + 59, TimeLeft::Minutes(40), true),
            (3_600, TimeLeft::Hours(1), true),
            (86_399, TimeLeft::Hours(23), true),
            (86_400, TimeLeft::Hours(24), false),
            (2 * 86_400, TimeLeft::Days(2), false),
            (30 * 86_400 - 1, TimeLeft::Days(29), false),
        ] {
            assert_eq!((left(seconds), left(seconds).is_short()), (expected, short), "{seconds}");
        }
    }

    #[test]
    fn k1_the_offered_lifetimes() {
        for (lifetime, seconds) in [("1h", 3_600), ("8h", 28_800), ("7d", 604_800)] {
            let input = IssueInput { lifetime: lifetime.into(), ..Default::default() };
            assert_eq!(input.check().unwrap().seconds, seconds);
        }
        let input = IssueInput { lifetime: "forever".into(), ..Default::default() };
        assert_eq!(input.check().unwrap_err()[0].problem, Problem::NotOffered);
    }
}
