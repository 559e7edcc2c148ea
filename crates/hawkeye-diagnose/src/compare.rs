//! Two shares of the same endpoints, adjusted to the same mix, and a difference that may be looked at as often as one likes.
//!
//! Direct standardization: both shares are weighed by the mix of requests here, over the endpoints that both have.
//!
//! ```text
//! share_here = sum(w_k h_k)    share_there = sum(w_k t_k)    w_k = n_k / N, requests here
//! ```
//!
//! The interval is a confidence sequence. Of the 95 % that it promises, a path of looks uses up its 5 % once, not at each
//! look. It holds every difference `d` whose profile likelihood ratio stays below the boundary of Robbins' normal mixture
//! ("Statistical methods related to the law of the iterated logarithm", 1970; as an asymptotic confidence sequence:
//! Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, 2021):
//!
//! ```text
//! min over t of  2 N KL(share_here | t + d) + 2 M KL(share_there | t)  <=  (v + 1) / v * (ln(v + 1) + 2 ln(1 / 0.05))
//! v = PACE / (1 / N + 1 / M)
//! ```
//!
//! `KL` is that of two Bernoulli shares, so that nothing needs a variance: 0 of 3 gives a wide interval and no interval
//! leaves -1 to 1. `M` is the number of requests there that tells as much as those there do after the adjustment:
//! `sum(w v) / sum(w^2 v / m)` with `v` the variance of an endpoint, of both sides together and drawn towards that of
//! all endpoints. With one endpoint, or with the same mix, it is the number of requests there.
//!
//! Requests here until the interval lies beyond [`LEAST_ERROR_RATE`], in half and in nine tenths of all paths with a look
//! after every 10; as many come there meanwhile, or 6,000 came before (`detection_sizes` in the tests):
//!
//! ```text
//!                     as many there         6,000 there
//!  here     there     half  nine tenths     half  nine tenths
//! 100 %       0 %       10           10       10           10
//!  50 %     0.5 %       20           30       10           20
//!  20 %     0.5 %       50           70       20           40
//!  10 %     0.5 %       90          170       50          100
//!   5 %     0.5 %      280          620      170          370
//!   3 %     0.5 %    1,070        2,260      690        2,030
//!  10 %       5 %      620        1,400      380          980
//! ```

use crate::{Against, ComparedMeasure, Comparison, Subject};

/// A difference of error rates below this, one request in a hundred, is not worth a verdict: a handful of failures more
/// among a thousand requests is what a retry or a restart costs.
pub const LEAST_ERROR_RATE: f64 = 0.01;

/// A difference of slow shares below this is not worth a verdict. By definition about one request in twenty is slow on a
/// good day, and that share wanders with load; users feel it when it doubles.
pub const LEAST_SLOW_SHARE: f64 = 0.05;

/// The chance that the interval ever misses, over all looks together.
const MISS: f64 = 0.05;

/// Where the sequence is tightest: at about 5 / PACE requests in harmony, that is 100 on each side.
const PACE: f64 = 0.1;

/// The variance of an endpoint is drawn towards that of all endpoints as if by so many requests.
const SHRINK_REQUESTS: f64 = 10.0;

/// Halvings of an interval: enough for 12 digits.
const HALVINGS: usize = 40;

/// Requests, and those of them that failed or were slow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub requests: u64,
    pub bad: u64,
}

/// One endpoint on both sides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stratum {
    pub here: Count,
    pub there: Count,
}

/// Two shares and their difference, here minus there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    pub share_here: f64,
    /// Weighed by the mix here.
    pub share_there: f64,
    pub difference: f64,
    pub lower: f64,
    pub upper: f64,
    /// Of the same endpoints, each side with its own mix.
    pub difference_raw: f64,
    pub requests_here: u64,
    pub requests_there: u64,
    pub strata: u64,
}

impl Count {
    #[must_use]
    pub const fn new(requests: u64, bad: u64) -> Self {
        Self { requests, bad }
    }

    pub fn add(&mut self, is_bad: bool) {
        self.requests += 1;
        self.bad += u64::from(is_bad);
    }

    fn share(self) -> f64 {
        self.bad as f64 / self.requests as f64
    }
}

/// Compares the endpoints that both sides have; `None` when there is none.
#[must_use]
pub fn compare_shares(strata: &[Stratum]) -> Option<Shares> {
    let sides = Sides::of(strata)?;
    let bound = sides.boundary();
    let difference = sides.share_here - sides.share_there;
    Some(Shares {
        share_here: sides.share_here,
        share_there: sides.share_there,
        difference,
        lower: farthest(difference, -1.0, |d| sides.evidence_against(d) <= bound),
        upper: farthest(difference, 1.0, |d| sides.evidence_against(d) <= bound),
        difference_raw: sides.here.share() - sides.there.share(),
        requests_here: sides.here.requests,
        requests_there: sides.there.requests,
        strata: sides.strata,
    })
}

/// The comparison as it is shown. It is evident when its interval lies wholly beyond `least`, in either direction: see
/// [`Comparison::is_worse`].
#[must_use]
pub fn comparison(
    measure: ComparedMeasure,
    here: Subject,
    against: Against,
    there: String,
    shares: &Shares,
    least: f64,
) -> Comparison {
    Comparison {
        measure,
        here,
        against,
        there,
        share_here: shares.share_here,
        share_there: shares.share_there,
        difference: shares.difference,
        lower: shares.lower,
        upper: shares.upper,
        difference_raw: shares.difference_raw,
        requests_here: shares.requests_here,
        requests_there: shares.requests_there,
        endpoints: shares.strata,
        is_evident: shares.lower > least || shares.upper < -least,
    }
}

impl Comparison {
    /// Evident, and to the harm of here.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.is_evident && self.difference > 0.0
    }
}

/// Both sides, each summed up to a share and the number of requests that it stands on.
struct Sides {
    here: Count,
    there: Count,
    share_here: f64,
    share_there: f64,
    /// Requests there, as far as they tell of the mix here.
    telling_there: f64,
    strata: u64,
}

impl Sides {
    fn of(strata: &[Stratum]) -> Option<Self> {
        // A count cannot hold more bad requests than requests; a caller's slip must not become a share above 1.
        let checked = |count: Count| Count::new(count.requests, count.bad.min(count.requests));
        let shared: Vec<Stratum> = strata
            .iter()
            .filter(|stratum| stratum.here.requests > 0 && stratum.there.requests > 0)
            .map(|stratum| Stratum { here: checked(stratum.here), there: checked(stratum.there) })
            .collect();
        if shared.is_empty() {
            return None;
        }
        let (mut here, mut there) = (Count::default(), Count::default());
        for stratum in &shared {
            here = Count::new(here.requests + stratum.here.requests, here.bad + stratum.here.bad);
            there = Count::new(there.requests + stratum.there.requests, there.bad + stratum.there.bad);
        }
        let requests = here.requests as f64;
        // Half a bad and half a good request keep the variance off zero.
        let overall = ((here.bad + there.bad) as f64 + 0.5) / (requests + there.requests as f64 + 1.0);
        let (mut share_there, mut within, mut spread) = (0.0, 0.0, 0.0);
        for Stratum { here, there } in &shared {
            let weight = here.requests as f64 / requests;
            let both = ((here.bad + there.bad) as f64, (here.requests + there.requests) as f64);
            let share = (both.0 + SHRINK_REQUESTS * overall) / (both.1 + SHRINK_REQUESTS);
            let variance = share * (1.0 - share);
            share_there += weight * there.share();
            within += weight * variance;
            spread += weight * weight * variance / there.requests as f64;
        }
        let (share_here, strata) = (here.share(), shared.len() as u64);
        let share_there = share_there.clamp(0.0, 1.0);
        Some(Self { here, there, share_here, share_there, telling_there: within / spread, strata })
    }

    fn boundary(&self) -> f64 {
        let v = PACE / (1.0 / self.here.requests as f64 + 1.0 / self.telling_there);
        (v + 1.0) / v * (v.ln_1p() - 2.0 * MISS.ln())
    }

    /// Twice the log likelihood ratio against the true difference being `d`, at the best shares that differ by `d`.
    fn evidence_against(&self, d: f64) -> f64 {
        let (n, m) = (self.here.requests as f64, self.telling_there);
        // The likelihood is concave in the share there: its slope has one zero.
        let (mut low, mut high) = ((-d).max(0.0), (1.0 - d).min(1.0));
        for _ in 0..HALVINGS {
            let t = (low + high) / 2.0;
            let slope = n * pull(self.share_here, t + d) + m * pull(self.share_there, t);
            if slope > 0.0 { high = t } else { low = t }
        }
        let t = (low + high) / 2.0;
        2.0 * (n * divergence(self.share_here, t + d) + m * divergence(self.share_there, t))
    }
}

/// The slope of [`divergence`] in its second share.
fn pull(seen: f64, share: f64) -> f64 {
    (share - seen) / (share * (1.0 - share)).max(f64::MIN_POSITIVE)
}

/// `KL(seen | share)` of two Bernoulli shares.
fn divergence(seen: f64, share: f64) -> f64 {
    let part = |seen: f64, share: f64| if seen > 0.0 { seen * (seen / share.max(1e-300)).ln() } else { 0.0 };
    (part(seen, share) + part(1.0 - seen, 1.0 - share)).max(0.0)
}

/// The point farthest from `inside` towards `end` that still `holds`; everything between holds too.
fn farthest(inside: f64, end: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut good, mut bad) = (inside, end);
    for _ in 0..HALVINGS {
        let middle = (good + bad) / 2.0;
        if holds(middle) { good = middle } else { bad = middle }
    }
    good
}

#[cfg(test)]
mod tests;
