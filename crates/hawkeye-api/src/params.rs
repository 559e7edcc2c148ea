//! Query parameters: reading them, and saying exactly which one is wrong.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use hawkeye_model::{Clock, EndpointId, Timestamp};
use hawkeye_store::{EnvironmentPattern, Filter, StatusPattern, TimeRange};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::Problem;

/// The widest range of one question: ten years.
const RANGE_MAX: Duration = Duration::from_secs(3_660 * 86_400);

/// Reads `T` from the query string and answers with a [`Problem`] when it cannot.
#[derive(Debug)]
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(Problem::parameter("query", rejection.body_text())),
        }
    }
}

/// What every question has: when, where, which requests, compared to what.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ScopeParams {
    /// `now-1h`, RFC 3339, or milliseconds since 1970.
    #[param(default = "now-1h")]
    from: Option<String>,
    /// As `from`.
    #[param(default = "now")]
    to: Option<String>,
    /// Comma list of environments or their leading parts: `aws,gcp/production`.
    env: Option<String>,
    /// Comma list of endpoint ids.
    endpoint: Option<String>,
    /// Comma list.
    service: Option<String>,
    /// Comma list.
    method: Option<String>,
    /// Comma list of `2xx`, `4xx`, `503`, …
    status: Option<String>,
    /// Comma list.
    version: Option<String>,
    /// Words that must occur in the service, method or route.
    q: Option<String>,
    /// `off`, `prev`, `1d` or `7d`: which earlier range to answer for as well.
    #[param(default = "off")]
    compare: Option<String>,
}

/// [`ScopeParams`], understood.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) range: TimeRange,
    pub(crate) filter: Filter,
    pub(crate) compare: Compare,
    pub(crate) now: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compare {
    Off,
    Previous,
    Day,
    Week,
}

impl Scope {
    pub(crate) fn read(params: &ScopeParams, clock: &dyn Clock) -> Result<Self, Problem> {
        let now = clock.now();
        let at = |field, text: &Option<String>, default| {
            parse_time(text.as_deref().unwrap_or(default), now)
                .map_err(|error| Problem::parameter(field, error))
        };
        let range = TimeRange { from: at("from", &params.from, "now-1h")?, to: at("to", &params.to, "now")? };
        if range.from >= range.to {
            return Err(Problem::parameter("to", "must be after `from`"));
        }
        if range.width() > RANGE_MAX {
            return Err(Problem::parameter("from", "must be at most ten years before `to`"));
        }
        let compare = match params.compare.as_deref().unwrap_or("off") {
            "off" => Compare::Off,
            "prev" => Compare::Previous,
            "1d" => Compare::Day,
            "7d" => Compare::Week,
            other => {
                return Err(Problem::parameter("compare", format!("`{other}` is none of off, prev, 1d, 7d")));
            }
        };
        Ok(Self { range, filter: params.filter()?, compare, now })
    }

    /// The range to compare with, moved by a multiple of `step` so that both fall on the same steps.
    pub(crate) fn previous(&self, step: Duration) -> Option<TimeRange> {
        const DAY: Duration = Duration::from_secs(86_400);
        let offset = match self.compare {
            Compare::Off => return None,
            Compare::Previous => self.range.width(),
            Compare::Day => DAY,
            Compare::Week => 7 * DAY,
        };
        let steps = offset.as_micros().div_ceil(step.as_micros().max(1));
        let micros = steps.saturating_mul(step.as_micros().max(1));
        Some(self.range.earlier(Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))))
    }
}

impl ScopeParams {
    /// Only where: which requests of which time does not matter.
    pub(crate) fn of(env: Option<String>, endpoint: Option<String>, service: Option<String>) -> Self {
        Self { env, endpoint, service, ..Self::default() }
    }

    /// With another start of the range when none is given.
    pub(crate) fn with_default_from(self, from: &str) -> Self {
        Self { from: self.from.or_else(|| Some(from.to_owned())), ..self }
    }

    pub(crate) fn filter(&self) -> Result<Filter, Problem> {
        Ok(Filter {
            environments: list("env", &self.env, |text| {
                EnvironmentPattern::parse(text).ok_or(
                    "is no environment; write aws, azure, gcp, on_premises or other, then /deployment/region",
                )
            })?,
            endpoints: list("endpoint", &self.endpoint, |text| {
                EndpointId::parse(text).ok_or("is no endpoint id; an id has 16 hex digits")
            })?,
            services: list("service", &self.service, owned)?,
            methods: list("method", &self.method, owned)?,
            versions: list("version", &self.version, owned)?,
            statuses: list("status", &self.status, |text| {
                StatusPattern::parse(text).ok_or("is no status; write 5xx or 503")
            })?,
            text: match self.q.as_deref().unwrap_or_default() {
                words if words.split_whitespace().count() > WORDS_MAX => {
                    return Err(Problem::parameter("q", format!("has more than {WORDS_MAX} words")));
                }
                words => words.to_owned(),
            },
        })
    }
}

pub(crate) fn owned(text: &str) -> Result<String, &'static str> {
    Ok(text.to_owned())
}

/// Entries of one list.
const ENTRIES_MAX: usize = 200;

/// Words of a search.
const WORDS_MAX: usize = 16;

/// Reads a comma list; entries that occur twice count once.
pub(crate) fn list<T>(
    field: &str,
    text: &Option<String>,
    read: impl Fn(&str) -> Result<T, &'static str>,
) -> Result<Vec<T>, Problem> {
    let entries = text.as_deref().unwrap_or_default().split(',').filter(|entry| !entry.is_empty());
    let entries: BTreeSet<&str> = entries.collect();
    if entries.len() > ENTRIES_MAX {
        return Err(Problem::parameter(field, format!("has more than {ENTRIES_MAX} entries")));
    }
    let read_one =
        |entry: &str| read(entry).map_err(|error| Problem::parameter(field, format!("`{entry}` {error}")));
    entries.into_iter().map(read_one).collect()
}

/// `now`, `now-90m`, RFC 3339, or milliseconds since 1970.
///
/// # Errors
/// In words that say what to write.
pub fn parse_time(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let wrong =
        || format!("`{text}` is no time; write now-1h, 2026-11-22T13:00:00Z or milliseconds since 1970");
    if let Some(offset) = text.strip_prefix("now") {
        if offset.is_empty() {
            return Ok(now);
        }
        return match offset.split_at_checked(1) {
            Some(("-", offset)) => Ok(now.minus(parse_duration(offset).ok_or_else(wrong)?)),
            Some(("+", offset)) => Ok(now.plus(parse_duration(offset).ok_or_else(wrong)?)),
            _ => Err(wrong()),
        };
    }
    if let Ok(millis) = text.parse::<i64>() {
        return Ok(Timestamp::from_millis(millis));
    }
    let read: jiff::Timestamp = text.parse().map_err(|_| wrong())?;
    Ok(Timestamp::from_micros(read.as_microsecond()))
}

/// `90s`, `5m`, `2h`, `7d` or `4w`.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let units = HashMap::from([("s", 1u64), ("m", 60), ("h", 3_600), ("d", 86_400), ("w", 604_800)]);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let seconds = number.parse::<u64>().ok()?.checked_mul(*units.get(unit)?)?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use hawkeye_model::ManualClock;
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    fn check(text: &str, expected_ms: Option<i64>) {
        assert_eq!(parse_time(text, NOW).ok().map(Timestamp::millis), expected_ms, "{text}");
    }

    #[test]
    fn times_are_relative_absolute_or_numbers() {
        check("now", Some(1_800_000_000_000));
        check("now-90m", Some(1_800_000_000_000 - 5_400_000));
        check("now+1d", Some(1_800_000_000_000 + 86_400_000));
        check("2026-11-22T13:00:00Z", Some(1_795_352_400_000));
        check("2026-11-22T14:00:00+01:00", Some(1_795_352_400_000));
        check("1795352400000", Some(1_795_352_400_000));
        for wrong in ["", "yesterday", "now-", "now-1y", "now*2", "nowé", "2026-13-01T00:00:00Z"] {
            check(wrong, None);
        }
    }

    #[test]
    fn a_wrong_parameter_is_named() {
        let clock = ManualClock::at(NOW);
        let named =
            |params: ScopeParams| Scope::read(&params, &clock).expect_err("wrong").errors[0].field.clone();
        let some = |text: &str| Some(text.to_string());
        assert_eq!(named(ScopeParams { from: some("soon"), ..ScopeParams::default() }), "from");
        assert_eq!(named(ScopeParams { from: some("now"), ..ScopeParams::default() }), "to");
        assert_eq!(named(ScopeParams { from: some("0"), ..ScopeParams::default() }), "from");
        assert_eq!(named(ScopeParams { env: some("aws,mars"), ..ScopeParams::default() }), "env");
        assert_eq!(named(ScopeParams { endpoint: some("17"), ..ScopeParams::default() }), "endpoint");
        assert_eq!(named(ScopeParams { status: some("9xx"), ..ScopeParams::default() }), "status");
        assert_eq!(named(ScopeParams { compare: some("2y"), ..ScopeParams::default() }), "compare");
    }

    #[test]
    fn the_compared_range_falls_on_the_same_steps() {
        let clock = ManualClock::at(NOW);
        let some = |text: &str| Some(text.to_string());
        let params = ScopeParams { from: some("now-100s"), compare: some("prev"), ..ScopeParams::default() };
        let scope = Scope::read(&params, &clock).expect("right");
        let previous = scope.previous(Duration::from_secs(30)).expect("compared");
        assert_eq!(scope.range.from.since(previous.from), Duration::from_secs(120));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            if let Some(duration) = parse_duration(&text) {
                prop_assert_eq!(parse_time(&format!("now-{text}"), NOW).ok(), Some(NOW.minus(duration)));
            }
            drop(parse_time(&text, NOW));
        }
    }
}
