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

/// How the other side's requests come: some before the first look, and so many with each request here.
#[derive(Clone, Copy)]
struct Pace {
    there_before: u64,
    there_per_here: f64,
}

const EVEN: Pace = Pace { there_before: 0, there_per_here: 1.0 };

/// Walks a path with a look after every ten requests here. Stops when `stop` says so and gives the requests here then.
fn walk(
    dice: &mut Dice,
    (here, there): (Side, Side),
    pace: Pace,
    requests: u64,
    mut stop: impl FnMut(&[Stratum]) -> bool,
) -> Option<u64> {
    let mut strata = vec![Stratum::default(); here.mix.len()];
    let mut owed = pace.there_before as f64;
    for request in 1..=requests {
        let at = dice.index(here.mix);
        strata[at].here.add(dice.unit() < here.bad[at]);
        owed += pace.there_per_here;
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
fn missed(seed: u64, sides: (Side, Side), pace: Pace) -> f64 {
    let mut dice = Dice(seed);
    let (here, there) = sides;
    let missed = (0..PATHS)
        .filter(|_| walk(&mut dice, sides, pace, 5_000, |strata| misses(strata, here, there)).is_some())
        .count();
    missed as f64 / PATHS as f64
}

const ONE: &[f64] = &[1.0];

/// Enough to tell 5 % from much more. With 2,000 each, the worst of these cases missed in 4.1 %
/// of the paths.
const PATHS: u64 = 200;

#[test]
fn whole_paths_are_covered() {
    let cases: &[(f64, f64, u64, f64)] = &[
        (0.0005, 0.0005, 0, 1.0),
        (0.005, 0.005, 0, 1.0),
        (0.05, 0.05, 0, 1.0),
        (0.5, 0.5, 0, 1.0),
        (0.001, 0.001, 0, 8.0),
        (0.01, 0.01, 0, 0.2),
        (0.02, 0.02, 0, 8.0),
        (0.1, 0.005, 0, 1.0),
        (0.1, 0.005, 0, 8.0),
        (0.9, 0.3, 0, 0.5),
        // Against a past that stands still.
        (0.005, 0.005, 20_000, 0.0),
        (0.05, 0.05, 2_000, 0.0),
        (0.05, 0.05, 30, 0.0),
    ];
    for (seed, &(here, there, there_before, there_per_here)) in cases.iter().enumerate() {
        let (here, there) = ([here], [there]);
        let sides = (Side { mix: ONE, bad: &here }, Side { mix: ONE, bad: &there });
        let missed = missed(seed as u64 + 1, sides, Pace { there_before, there_per_here });
        println!("{} {} {there_before} {there_per_here}: {missed}", here[0], there[0]);
        assert!(missed <= 0.05, "{} {} {there_before} {there_per_here}: {missed}", here[0], there[0]);
    }
}

#[test]
fn whole_paths_of_many_endpoints_are_covered() {
    let shares = [0.001, 0.01, 0.05, 0.3];
    for (seed, endpoints, is_other_mix, there_per_here, times) in
        [(1, 12, true, 1.0, 1.0), (2, 12, true, 4.0, 0.3), (3, 60, false, 1.0, 0.3), (4, 60, true, 0.2, 1.0)]
    {
        let bad: Vec<f64> = (0..endpoints).map(|at| shares[at % shares.len()]).collect();
        let here: Vec<f64> = (0..endpoints).map(|at| 1.0 / (1.0 + at as f64)).collect();
        let mut there = here.clone();
        if is_other_mix {
            there.reverse();
        }
        let bad_there: Vec<f64> = bad.iter().map(|share| share * times).collect();
        let sides = (Side { mix: &here, bad: &bad }, Side { mix: &there, bad: &bad_there });
        let missed = missed(seed, sides, Pace { there_before: 0, there_per_here });
        println!("{endpoints} endpoints, {there_per_here}: {missed}");
        assert!(missed <= 0.05, "{endpoints} {there_per_here}: {missed}");
    }
}

#[test]
fn equal_sides_are_hardly_ever_evident() {
    let mut dice = Dice(77);
    let side = Side { mix: &[5.0, 3.0, 1.0], bad: &[0.002, 0.02, 0.1] };
    let paths = 300;
    let wrong = (0..paths)
        .filter(|_| {
            // The interval leaves zero out.
            let evident = |strata: &[Stratum]| {
                Sides::of(strata).is_some_and(|sides| sides.evidence_against(0.0) > sides.boundary())
            };
            walk(&mut dice, (side, side), EVEN, 5_000, evident).is_some()
        })
        .count();
    println!("wrongly evident: {wrong} of {paths}");
    assert!(wrong * 20 <= paths, "{wrong} of {paths}");
}

/// Requests on each side until evident, in half and in nine tenths of the paths.
fn detection(here: f64, there: f64, pace: Pace, paths: usize) -> (u64, u64) {
    let mut dice = Dice(5);
    let (here, there) = ([here], [there]);
    let sides = (Side { mix: ONE, bad: &here }, Side { mix: ONE, bad: &there });
    let evident = |strata: &[Stratum]| {
        Sides::of(strata).is_some_and(|sides| {
            sides.share_here - sides.share_there > LEAST_ERROR_RATE
                && sides.evidence_against(LEAST_ERROR_RATE) > sides.boundary()
        })
    };
    let mut sizes: Vec<u64> =
        (0..paths).map(|_| walk(&mut dice, sides, pace, 20_000, evident).unwrap_or(u64::MAX)).collect();
    sizes.sort_unstable();
    (sizes[paths / 2], sizes[paths * 9 / 10])
}

#[test]
fn detection_sizes() {
    let past = Pace { there_before: 6_000, there_per_here: 0.0 };
    for (here, there, most, most_past) in [
        (1.0, 0.0, 20, 10),
        (0.5, 0.005, 30, 20),
        (0.2, 0.005, 60, 50),
        (0.1, 0.005, 120, 120),
        (0.05, 0.005, 400, 400),
        (0.03, 0.005, 1_500, 1_500),
        (0.1, 0.05, 1_500, 1_500),
    ] {
        let even = detection(here, there, EVEN, 201);
        let past = detection(here, there, past, 201);
        println!("{:>5} % {:>5} % {even:?} {past:?}", here * 100.0, there * 100.0);
        assert!(even.0 <= most && past.0 <= most_past, "{here} {there}: {even:?} {past:?}");
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
        if let (Some(shares), Some(sides)) = (compare_shares(&strata), Sides::of(&strata)) {
            let is_out = sides.evidence_against(0.0) > sides.boundary();
            prop_assert_eq!(is_out, shares.lower > 0.0 || shares.upper < 0.0);
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
