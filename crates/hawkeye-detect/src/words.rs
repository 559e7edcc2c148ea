//! The one sentence of an anomaly: what, observed, expected, ratio, since when, sample size, harm.

use hawkeye_model::{AnomalyKind, Measure, Series, Timestamp};

use crate::case::Case;

/// A deployment this long before the onset is worth a mention.
pub(crate) const DEPLOYMENT_BEFORE_US: i64 = 30 * 60_000_000;

pub(crate) fn sentence(case: &Case, series: &Series) -> String {
    let endpoint = series.endpoint();
    let place =
        format!("{} {} of {} on {}", endpoint.method, endpoint.route, endpoint.service, series.environment());
    let since = clock(Timestamp::from_micros(case.onset_us));
    let (lower, expected, upper) = case.band;
    let requests = grouped(case.requests as f64);
    let hurt = grouped(case.hurt);
    let ratio = ratio(case.observed, expected);
    let body = match case.kind {
        AnomalyKind::NewErrorCode => format!(
            "answers with {} since {since}, which it did not before: {} of {requests} requests",
            case.code.map_or_else(|| "a new error".into(), |code| code.to_string()),
            grouped(case.hits as f64)
        ),
        AnomalyKind::ErrorBurst | AnomalyKind::ErrorRise | AnomalyKind::ClientErrorRise => {
            let what = match case.kind {
                AnomalyKind::ErrorBurst => "fails",
                AnomalyKind::ErrorRise => "fails more than usual",
                _ => "refuses more requests than usual (4xx)",
            };
            format!(
                "{what}: {} of {requests} requests since {since}, usually {} and at most {}{ratio}; {hurt} more than usual",
                percent(case.observed),
                percent(expected),
                percent(upper)
            )
        }
        AnomalyKind::LatencySpike
        | AnomalyKind::LatencyShift
        | AnomalyKind::LatencyDrift
        | AnomalyKind::PatternChange => {
            let what = match case.kind {
                AnomalyKind::LatencySpike => "is slow",
                AnomalyKind::LatencyShift => "stays slow",
                AnomalyKind::LatencyDrift => "grows slower",
                _ if case.observed < expected => "answers much faster than usual",
                _ => "has more slow requests than usual while the middle hardly moved",
            };
            let number = match case.measure {
                Measure::SlowShare => format!(
                    "{} of {requests} requests are slower than usual since {since}, usually {}{ratio}",
                    percent(case.observed),
                    percent(expected)
                ),
                measure => format!(
                    "{} {} since {since}, usually {} to {}{ratio}; {hurt} of {requests} requests slower than usual",
                    quantile(measure),
                    milliseconds(case.observed),
                    milliseconds(lower),
                    milliseconds(upper)
                ),
            };
            format!("{what}: {number}")
        }
        AnomalyKind::TrafficDrop => format!(
            "gets {} requests a minute since {since}, usually {} to {}{ratio}; about {hurt} are missing",
            short(case.observed),
            short(lower),
            short(upper)
        ),
        AnomalyKind::Silence => format!(
            "is silent since {since}: about {hurt} requests are missing, usually {} a minute",
            short(expected)
        ),
        AnomalyKind::Surge => format!(
            "gets {} requests a minute since {since}, usually {} to {}{ratio}",
            short(case.observed),
            short(lower),
            short(upper)
        ),
    };
    format!("{place} {body}{}", deployment(case))
}

fn deployment(case: &Case) -> String {
    let Some((version, at_us)) = &case.deployment else { return ".".into() };
    let minutes = (case.onset_us - at_us) / 60_000_000;
    match minutes {
        ..=0 => format!(". Version {version} appeared at that time."),
        1 => format!(". Version {version} appeared a minute before."),
        _ => format!(". Version {version} appeared {minutes} minutes before."),
    }
}

fn quantile(measure: Measure) -> &'static str {
    match measure {
        Measure::LatencyMsP50 => "p50",
        Measure::LatencyMsP95 => "p95",
        _ => "p99",
    }
}

fn clock(at: Timestamp) -> String {
    let minutes = at.millis().div_euclid(60_000).rem_euclid(1_440);
    format!("{:02}:{:02} UTC", minutes / 60, minutes % 60)
}

/// ` (2.6x)`, or nothing where a ratio says nothing.
fn ratio(observed: f64, expected: f64) -> String {
    let ratio = observed / expected;
    match ratio {
        _ if !ratio.is_finite() || expected <= 0.0 => String::new(),
        100.0.. => " (over 100x)".into(),
        10.0.. => format!(" ({ratio:.0}x)"),
        1.0.. => format!(" ({ratio:.1}x)"),
        _ => format!(" ({ratio:.2}x)"),
    }
}

fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        10.0.. => format!("{percent:.0} %"),
        1.0.. => format!("{percent:.1} %"),
        _ => format!("{percent:.2} %"),
    }
}

fn milliseconds(ms: f64) -> String {
    match ms {
        10_000.0.. => format!("{:.0} s", ms / 1_000.0),
        1_000.0.. => format!("{:.1} s", ms / 1_000.0),
        100.0.. => format!("{ms:.0} ms"),
        10.0.. => format!("{ms:.0} ms"),
        1.0.. => format!("{ms:.1} ms"),
        _ => format!("{:.0} µs", ms * 1_000.0),
    }
}

fn short(number: f64) -> String {
    if number < 10.0 { format!("{number:.1}") } else { grouped(number) }
}

/// A whole number with its thousands apart: `1,204`.
#[must_use]
pub fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.max(0.0));
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!([7.0, 1_240.0, 1_000_000.0].map(grouped), ["7", "1,240", "1,000,000"]);
    }

    #[test]
    fn numbers_are_as_long_as_they_are_exact() {
        assert_eq!([grouped(0.4), grouped(999.0), grouped(1_234_567.0)], ["0", "999", "1,234,567"]);
        assert_eq!([percent(0.314), percent(0.0123), percent(0.0007)], ["31 %", "1.2 %", "0.07 %"]);
        assert_eq!(
            [milliseconds(0.25), milliseconds(3.25), milliseconds(612.4)],
            ["250 µs", "3.2 ms", "612 ms"]
        );
        assert_eq!([milliseconds(1_540.0), milliseconds(31_000.0)], ["1.5 s", "31 s"]);
        assert_eq!([ratio(6.0, 2.0), ratio(1.0, 0.0), ratio(1.0, 4.0)], [" (3.0x)", "", " (0.25x)"]);
    }
}
