//! Incidents, deployments, and what sets requests or environments apart. The engine does the work.

pub(crate) mod comparison;
pub(crate) mod conversions;
pub(crate) mod deployments;
pub(crate) mod differences;
pub(crate) mod list;

use hawkeye_diagnose::VerdictKind;

/// What a list of verdicts may hold.
pub(crate) fn verdict(text: &str) -> Result<VerdictKind, &'static str> {
    VerdictKind::parse(text).ok_or("is no verdict, such as version_fault")
}
