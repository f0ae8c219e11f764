//! Points in time, plain enough that the browser needs no calendar of ours: it has its own (Intl).

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const UNIX_EPOCH: Self = Self(0);

    pub const fn from_millisecond(millisecond: i64) -> Self {
        Self(millisecond)
    }

    pub const fn from_second(second: i64) -> Self {
        Self(second.saturating_mul(1_000))
    }

    pub const fn as_millisecond(self) -> i64 {
        self.0
    }

    /// `2026-11-21T09:14:02Z` (RFC 3339), for attributes.
    pub fn rfc3339(self) -> String {
        let [year, month, day, hour, minute, second] = self.utc();
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// `2026-11-21 09:14 UTC`, for people whose browser runs no scripts.
    pub fn utc_text(self) -> String {
        let [year, month, day, hour, minute, _] = self.utc();
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
    }

    /// Year to second. Days to a date in the proleptic Gregorian calendar: eras of 400 years that begin in March.
    fn utc(self) -> [i64; 6] {
        let seconds = self.0.div_euclid(1_000);
        let (days, second_of_day) = (seconds.div_euclid(86_400) + 719_468, seconds.rem_euclid(86_400));
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        [year, month, day, second_of_day / 3_600, second_of_day / 60 % 60, second_of_day % 60]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_the_calendars() {
        // From `date -u -d @SECONDS`.
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_252_442, "2026-11-21T09:14:02Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(Timestamp::from_second(seconds).rfc3339(), text);
        }
    }
}
