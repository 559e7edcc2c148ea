//! Laws of the comparison: whole paths of looks hold what the interval promises, a mix is no fault, and real faults are
//! seen early. Seeds are fixed.

use proptest::prelude::*;

use super::*;

/// Splitmix64: small, and good enough for simulations.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn index(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (at, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return at;
            }
        }
        weights.len() - 1
    }
}

/// One side's endpoints: how often each is called, and the share of it that is bad.
#[derive(Clone, Copy)]
struct Side<'a> {
    mix: &'a [f64],
    bad: &'a [f64],
}

const LOOK_EVERY: u64 = 10;

/// Walks a path with a look after every ten requests here; `there_per_here` come there meanwhile.
/// Stops when `stop` says so and gives the requests here at that time.
fn walk(
    dice: &mut Dice,
    here: Side,
    there: Side,
    there_per_here: f64,
    requests: u64,
    mut stop: impl FnMut(&[Stratum]) -> bool,
) -> Option<u64> {
    let mut strata = vec![Stratum::default(); here.mix.len()];
    let mut owed = 0.0;
    for request in 1..=requests {
        let at = dice.index(here.mix);
        strata[at].here.add(dice.unit() < here.bad[at]);
        owed += there_per_here;
        while owed >= 1.0 {
            owed -= 1.0;
            let at = dice.index(there.mix);
            strata[at].there.add(dice.unit() < there.bad[at]);
        }
        if request.is_multiple_of(LOOK_EVERY) && stop(&strata) {
            return Some(request);
        }
    }
    None
}

/// Whether the interval misses the true difference of the strata, weighed as the comparison weighs them.
fn misses(strata: &[Stratum], here: Side, there: Side) -> bool {
    let Some(sides) = Sides::of(strata) else { return false };
    let mut truth = 0.0;
    for (at, stratum) in strata.iter().enumerate() {
        if stratum.there.requests > 0 {
            truth += stratum.here.requests as f64 * (here.bad[at] - there.bad[at]);
        }
    }
    sides.evidence_against(truth / sides.here.requests as f64) > sides.boundary()
}

/// The share of paths that ever miss.
fn missed(seed: u64, here: Side, there: Side, there_per_here: f64, paths: u64, requests: u64) -> f64 {
    let mut dice = Dice(seed);
    let missed = (0..paths)
        .filter(|_| {
            walk(&mut dice, here, there, there_per_here, requests, |strata| misses(strata, here, there))
                .is_some()
        })
        .count();
    missed as f64 / paths as f64
}

const ONE: &[f64] = &[1.0];

#[test]
fn whole_paths_are_covered() {
    let cases: &[(f64, f64, f64)] = &[
        (0.0005, 0.0005, 1.0),
        (0.005, 0.005, 1.0),
        (0.05, 0.05, 1.0),
        (0.5, 0.5, 1.0),
        (0.001, 0.001, 8.0),
        (0.01, 0.01, 0.2),
        (0.02, 0.02, 8.0),
        (0.1, 0.005, 1.0),
        (0.1, 0.005, 8.0),
        (0.9, 0.3, 0.5),
    ];
    for (seed, &(here, there, there_per_here)) in cases.iter().enumerate() {
        let (here, there) = ([here], [there]);
        let (here, there) = (Side { mix: ONE, bad: &here }, Side { mix: ONE, bad: &there });
        let missed = missed(seed as u64 + 1, here, there, there_per_here, 400, 5_000);
        println!("{} {} {there_per_here}: {missed}", here.bad[0], there.bad[0]);
        assert!(missed <= 0.05, "{} {} {there_per_here}: {missed}", here.bad[0], there.bad[0]);
    }
}

#[test]
fn whole_paths_of_many_endpoints_with_another_mix_are_covered() {
    let bad: Vec<f64> = (0..12).map(|at| [0.001, 0.01, 0.05, 0.3][at % 4]).collect();
    let here: Vec<f64> = (0..12).map(|at| 1.0 / (1.0 + at as f64)).collect();
    let there: Vec<f64> = here.iter().rev().copied().collect();
    for (seed, there_per_here) in [(1, 1.0), (2, 4.0)] {
        let (here, there) = (Side { mix: &here, bad: &bad }, Side { mix: &there, bad: &bad });
        let missed = missed(seed, here, there, there_per_here, 400, 5_000);
        println!("12 endpoints, {there_per_here}: {missed}");
        assert!(missed <= 0.05, "{there_per_here}: {missed}");
    }
}

#[test]
fn equal_sides_are_hardly_ever_evident() {
    let mut dice = Dice(77);
    let side = Side { mix: &[5.0, 3.0, 1.0], bad: &[0.002, 0.02, 0.1] };
    let paths = 300;
    let wrong = (0..paths)
        .filter(|_| {
            let evident = |strata: &[Stratum]| {
                compare_shares(strata).is_some_and(|shares| shares.lower > 0.0 || shares.upper < 0.0)
            };
            walk(&mut dice, side, side, 1.0, 5_000, evident).is_some()
        })
        .count();
    println!("wrongly evident: {wrong} of {paths}");
    assert!(wrong * 20 <= paths, "{wrong} of {paths}");
}

/// Requests on each side until evident, in half and in nine tenths of the paths.
fn detection(here: f64, there: f64, paths: usize) -> (u64, u64) {
    let mut dice = Dice(5);
    let (here, there) = ([here], [there]);
    let (here, there) = (Side { mix: ONE, bad: &here }, Side { mix: ONE, bad: &there });
    let evident = |strata: &[Stratum]| {
        Sides::of(strata).is_some_and(|sides| {
            sides.share_here - sides.share_there > LEAST_ERROR_RATE
                && sides.evidence_against(LEAST_ERROR_RATE) > sides.boundary()
        })
    };
    let mut sizes: Vec<u64> =
        (0..paths).map(|_| walk(&mut dice, here, there, 1.0, 20_000, evident).unwrap_or(u64::MAX)).collect();
    sizes.sort_unstable();
    (sizes[paths / 2], sizes[paths * 9 / 10])
}

#[test]
fn detection_sizes() {
    for (here, there, most) in [
        (1.0, 0.0, 20),
        (0.5, 0.005, 30),
        (0.2, 0.005, 60),
        (0.1, 0.005, 120),
        (0.05, 0.005, 400),
        (0.03, 0.005, 1_500),
        (0.1, 0.05, 1_500),
    ] {
        let (half, nine_tenths) = detection(here, there, 201);
        println!("{:>5} %   {:>5} %   {half:>6}   {nine_tenths:>6}", here * 100.0, there * 100.0);
        assert!(half <= most, "{here} {there}: {half} {nine_tenths}");
    }
}

#[test]
fn another_mix_is_no_fault() {
    // Reports always fail often; only here they are most of the traffic.
    let strata = [
        Stratum { here: Count::new(1_000, 2), there: Count::new(9_000, 18) },
        Stratum { here: Count::new(9_000, 900), there: Count::new(1_000, 100) },
    ];
    let shares = compare_shares(&strata).expect("both sides have both");
    assert!(shares.difference.abs() < 1e-12, "{shares:?}");
    assert!(shares.difference_raw > 0.07, "{shares:?}");
    assert!(shares.lower < 0.0 && shares.upper > 0.0, "{shares:?}");
}

#[test]
fn hardly_any_requests_tell_hardly_anything() {
    let shares = compare_shares(&[Stratum { here: Count::new(3, 0), there: Count::new(3, 0) }])
        .expect("both sides have it");
    assert!(shares.lower < -0.8 && shares.upper > 0.8, "{shares:?}");
    let shares = compare_shares(&[Stratum { here: Count::new(1, 1), there: Count::new(100_000, 10) }])
        .expect("both sides have it");
    assert!(shares.lower < 0.0, "{shares:?}");
}

#[test]
fn what_only_one_side_has_does_not_count() {
    let both = Stratum { here: Count::new(50, 5), there: Count::new(80, 1) };
    let only_here = Stratum { here: Count::new(1_000, 1_000), there: Count::default() };
    let only_there = Stratum { here: Count::default(), there: Count::new(1_000, 1_000) };
    assert_eq!(compare_shares(&[both, only_here, only_there]), compare_shares(&[both]));
    assert_eq!(compare_shares(&[only_here, only_there]), None);
    assert_eq!(compare_shares(&[]), None);
}

#[test]
fn a_comparison_is_evident_beyond_the_least_difference_only() {
    let shares = compare_shares(&[Stratum { here: Count::new(1_000, 100), there: Count::new(1_000, 5) }])
        .expect("both sides have it");
    let compare = |least| {
        let there = "2.13.0".to_owned();
        comparison(ComparedMeasure::ErrorRate, Subject::default(), Against::Before, there, &shares, least)
    };
    assert!(compare(LEAST_ERROR_RATE).is_worse());
    assert!(!compare(0.09).is_evident);
    let better = compare_shares(&[Stratum { here: Count::new(1_000, 5), there: Count::new(1_000, 100) }])
        .expect("both sides have it");
    let there = String::new();
    let better = comparison(
        ComparedMeasure::ErrorRate,
        Subject::default(),
        Against::Before,
        there,
        &better,
        LEAST_ERROR_RATE,
    );
    assert!(better.is_evident && !better.is_worse());
}

fn count() -> impl Strategy<Value = Count> {
    (0u64..500, 0.0..=1.0f64)
        .prop_map(|(requests, share)| Count::new(requests, (requests as f64 * share).round() as u64))
}

fn strata() -> impl Strategy<Value = Vec<Stratum>> {
    prop::collection::vec((count(), count()).prop_map(|(here, there)| Stratum { here, there }), 1..8)
}

proptest! {
    #[test]
    fn shares_and_intervals_are_in_order(strata in strata()) {
        if let Some(shares) = compare_shares(&strata) {
            prop_assert!((0.0..=1.0).contains(&shares.share_here) && (0.0..=1.0).contains(&shares.share_there));
            prop_assert!(-1.0 <= shares.lower && shares.lower <= shares.difference, "{shares:?}");
            prop_assert!(shares.difference <= shares.upper && shares.upper <= 1.0, "{shares:?}");
        }
    }

    #[test]
    fn the_order_of_endpoints_does_not_matter(strata in strata(), by in 0usize..8) {
        let mut other = strata.clone();
        other.rotate_left(by % strata.len());
        if let (Some(left), Some(right)) = (compare_shares(&strata), compare_shares(&other)) {
            prop_assert!((left.difference - right.difference).abs() < 1e-9);
            prop_assert!((left.lower - right.lower).abs() < 1e-6 && (left.upper - right.upper).abs() < 1e-6);
            prop_assert_eq!(left.requests_there, right.requests_there);
        }
    }

    #[test]
    fn swapping_the_sides_flips_the_sign_when_the_mix_is_the_same(
        counts in prop::collection::vec((1u64..500, 0.0..=1.0f64, 0.0..=1.0f64), 1..6),
    ) {
        let strata: Vec<Stratum> = counts.iter().map(|&(requests, here, there)| {
            let bad = |share: f64| (requests as f64 * share) as u64;
            Stratum { here: Count::new(requests, bad(here)), there: Count::new(requests, bad(there)) }
        }).collect();
        let swapped: Vec<Stratum> =
            strata.iter().map(|stratum| Stratum { here: stratum.there, there: stratum.here }).collect();
        let (left, right) = (compare_shares(&strata).expect("shared"), compare_shares(&swapped).expect("shared"));
        prop_assert!((left.difference + right.difference).abs() < 1e-9);
        prop_assert!((left.lower + right.upper).abs() < 1e-6, "{left:?} {right:?}");
    }

    #[test]
    fn the_same_shares_differ_by_nothing(
        counts in prop::collection::vec((1u64..40, 1u64..40, 0u64..=20), 1..6),
    ) {
        let strata: Vec<Stratum> = counts.iter().map(|&(here, there, bad)| Stratum {
            here: Count::new(here * 20, here * bad),
            there: Count::new(there * 20, there * bad),
        }).collect();
        let shares = compare_shares(&strata).expect("shared");
        prop_assert!(shares.difference.abs() < 1e-9);
        prop_assert!(shares.lower <= 1e-9 && shares.upper >= -1e-9);
    }
}
