//! One measure of a new version, compared in every way, and the effect that remains of it.

use std::collections::BTreeMap;

use hawkeye_model::{EndpointId, Request};

use super::sides::Sides;
use super::{DeploymentCase, words};
use crate::{Against, ComparedMeasure, Comparison, Shares, Stratum, Subject, compare_shares, comparison};

/// Fewer requests are no witness: a version that leaves fails the few that it still holds.
const WITNESS_REQUESTS_LEAST: u64 = 50;

/// A difference with its interval.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effect {
    pub(super) value: f64,
    pub(super) lower: f64,
    pub(super) upper: f64,
}

/// Who else got worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Witness {
    Previous,
    Elsewhere,
}

/// One measure, compared in every way.
pub(super) struct Measured {
    pub(super) least: f64,
    pub(super) before: Option<Shares>,
    pub(super) beside: Option<Shares>,
    /// The new version against the others, now.
    pub(super) elsewhere: Option<Shares>,
    /// Who does not run the new version and got worse as well: now against before.
    pub(super) drift: Option<(Witness, Shares)>,
    pub(super) effect: Option<Effect>,
}

impl Measured {
    pub(super) fn of(sides: &Sides, least: f64, bad: impl Fn(&Request) -> Option<bool>) -> Self {
        let before = shares(&sides.new, &sides.before, &bad);
        let beside = shares(&sides.new_beside, &sides.beside, &bad);
        let worse = |now: &[&Request], then: &[&Request]| {
            // Where there is no harm, nobody needs to share it.
            let harm = before.filter(|before| before.upper >= least)?.difference;
            shares(now, then, &bad).filter(|drift| {
                let is_likely = drift.difference > 0.0 && 2.0 * drift.difference >= harm;
                drift.requests_here >= WITNESS_REQUESTS_LEAST && (drift.lower > 0.0 || is_likely)
            })
        };
        let drift =
            worse(&sides.beside, &sides.before).map(|drift| (Witness::Previous, drift)).or_else(|| {
                worse(&sides.elsewhere, &sides.elsewhere_before).map(|drift| (Witness::Elsewhere, drift))
            });
        let effect = match (before, beside, drift) {
            (Some(before), _, Some((Witness::Elsewhere, drift))) => Some(Effect::less(&before, &drift)),
            (_, Some(beside), Some((Witness::Previous, _))) | (None, Some(beside), _) => {
                Some(Effect::of(&beside))
            }
            (before, ..) => before.as_ref().map(Effect::of),
        };
        let elsewhere = shares(&sides.new, &sides.elsewhere, &bad);
        Self { least, before, beside, elsewhere, drift, effect }
    }

    pub(super) fn is_worse_beside(&self) -> bool {
        self.beside.is_some_and(|beside| beside.lower > self.least)
    }

    pub(super) fn is_degraded(&self) -> bool {
        self.is_worse_beside() || self.effect.is_some_and(|effect| effect.lower > self.least)
    }

    pub(super) fn is_healthy(&self) -> bool {
        !self.is_degraded() && self.effect.is_some_and(|effect| effect.upper < self.least)
    }

    pub(super) fn comparisons(
        &self,
        case: &DeploymentCase,
        sides: &Sides,
        measure: ComparedMeasure,
    ) -> Vec<Comparison> {
        let (previous, elsewhere) = (words::previous(sides), words::elsewhere(sides));
        let here = Subject {
            service: Some(case.service.to_owned()),
            environment: Some(case.environment.to_string()),
            version: Some(case.version.to_owned()),
            ..Subject::default()
        };
        let witness = match self.drift {
            Some((Witness::Elsewhere, _)) => {
                Subject { environment: Some(elsewhere.clone()), version: None, ..here.clone() }
            }
            _ => Subject { version: sides.previous.map(str::to_owned), ..here.clone() },
        };
        let drift = self.drift.map(|(_, drift)| drift);
        let ways = [
            (self.before, &here, Against::Before, previous),
            (self.beside, &here, Against::OtherVersions, previous),
            (self.elsewhere, &here, Against::OtherEnvironments, &elsewhere),
            (drift, &witness, Against::Before, "the same before"),
        ];
        ways.into_iter()
            .filter_map(|(shares, here, against, there)| {
                Some(comparison(measure, here.clone(), against, there.to_owned(), &shares?, self.least))
            })
            .collect()
    }
}

impl Effect {
    pub(super) fn of(shares: &Shares) -> Self {
        Self { value: shares.difference, lower: shares.lower, upper: shares.upper }
    }

    /// What remains of a change when what happened anyway is taken off.
    pub(super) fn less(change: &Shares, drift: &Shares) -> Self {
        let value = change.difference - drift.difference;
        let down = (change.difference - change.lower).hypot(drift.upper - drift.difference);
        let up = (change.upper - change.difference).hypot(drift.difference - drift.lower);
        Self { value, lower: value - down, upper: value + up }
    }
}

/// Compares requests per endpoint; `bad` gives `None` for requests that do not count.
fn shares(here: &[&Request], there: &[&Request], bad: impl Fn(&Request) -> Option<bool>) -> Option<Shares> {
    let mut strata: BTreeMap<EndpointId, Stratum> = BTreeMap::new();
    for request in here {
        if let Some(is_bad) = bad(request) {
            strata.entry(request.series.endpoint_id()).or_default().here.add(is_bad);
        }
    }
    for request in there {
        if let (Some(is_bad), Some(stratum)) = (bad(request), strata.get_mut(&request.series.endpoint_id())) {
            stratum.there.add(is_bad);
        }
    }
    let strata: Vec<Stratum> = strata.into_values().collect();
    compare_shares(&strata)
}
