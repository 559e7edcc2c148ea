//! How bad an anomaly is, from the requests it hurts: their number, and their share of all.
//!
//! ```text
//! critical   at least 20 % and 50 requests hurt, or 2,000 in all with at least 5 %
//! high       at least  5 % and 20 requests hurt, or 500 in all
//! medium     at least 10 requests hurt
//! low        everything else; surges and quicker answers, which hurt nobody; drifts that few feel
//! ```
//!
//! Slow requests weigh half of failed ones, missing ones as much as failed. Client errors are never critical: most
//! are the callers' own.

use hawkeye_model::{AnomalyKind, Severity, Signal};

use crate::case::Case;

pub(crate) fn severity(case: &Case) -> Severity {
    let weight = if case.signal() == Signal::Latency { 0.5 } else { 1.0 };
    let base = match case.kind {
        AnomalyKind::Surge => return Severity::Low,
        AnomalyKind::TrafficDrop | AnomalyKind::Silence => case.expected,
        _ => case.requests as f64,
    };
    let (hurt, share) = (case.hurt * weight, case.hurt * weight / base.max(1.0));
    let severity = if (share >= 0.2 && hurt >= 50.0) || (share >= 0.05 && hurt >= 2_000.0) {
        Severity::Critical
    } else if (share >= 0.05 && hurt >= 20.0) || hurt >= 500.0 {
        Severity::High
    } else if hurt >= 10.0 {
        Severity::Medium
    } else {
        Severity::Low
    };
    if case.signal() == Signal::ClientErrorRate { severity.min(Severity::High) } else { severity }
}
