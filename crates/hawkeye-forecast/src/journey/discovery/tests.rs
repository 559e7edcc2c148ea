//! Journeys are found in sessions with noise, and in nothing else.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

/// A small shop: people walk journeys with noise, retries and other people's calls in between, programs call at random.
struct Shop {
    rng: ChaCha8Rng,
    visits: Vec<Visit>,
    /// How often people do something else between two steps.
    noise: f64,
}

const NOISE_PLACES: std::ops::Range<u32> = 100..110;

impl Shop {
    fn new(noise: f64) -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(5), visits: Vec::new(), noise }
    }

    fn visit(&mut self, key: u64, at_ms: &mut i64, place: u32) {
        *at_ms += self.rng.random_range(500..20_000);
        let is_ok = self.rng.random_bool(0.95);
        self.visits.push(Visit { key, at_ms: *at_ms, place, is_ok });
        if !is_ok {
            *at_ms += 2_000;
            self.visits.push(Visit { key, at_ms: *at_ms, place, is_ok: true });
        }
    }

    fn people(mut self, first_key: u64, count: u64, places: &[u32], goes_on: f64) -> Self {
        for key in first_key..first_key + count {
            let mut at_ms = self.rng.random_range(0..86_400_000);
            for (step, &place) in places.iter().enumerate() {
                if step > 0 && !self.rng.random_bool(goes_on) {
                    break;
                }
                while self.rng.random_bool(self.noise) {
                    let elsewhere = self.rng.random_range(NOISE_PLACES);
                    self.visit(key, &mut at_ms, elsewhere);
                }
                self.visit(key, &mut at_ms, place);
            }
        }
        self
    }

    fn programs(mut self, first_key: u64, count: u64, places: std::ops::Range<u32>) -> Self {
        for key in first_key..first_key + count {
            let mut at_ms = self.rng.random_range(0..86_400_000);
            for _ in 0..self.rng.random_range(2..30) {
                let place = self.rng.random_range(places.clone());
                self.visit(key, &mut at_ms, place);
            }
        }
        self
    }
}

#[track_caller]
fn check(shop: Shop, expected: &[&[u32]]) {
    let found = discover(&shop.visits, &Limits::default());
    let mut places: Vec<&[u32]> = found.iter().map(|candidate| &*candidate.places).collect();
    places.sort_unstable();
    assert_eq!(places, expected, "{found:?}");
    for candidate in &found {
        assert!(candidate.step_support.is_sorted_by(|one, next| one >= next), "{candidate:?}");
        assert_eq!(candidate.step_support.len(), candidate.places.len());
        assert!(candidate.median_gap_ms > 0 && candidate.examples.len() == 3, "{candidate:?}");
    }
}

#[test]
fn journeys_are_found_among_noise_and_retries() {
    let checkout = [1, 2, 3, 4, 5, 6];
    check(Shop::new(0.0).people(0, 500, &checkout, 0.8), &[&checkout]);
    check(Shop::new(0.2).people(0, 800, &checkout, 0.8), &[&checkout]);
    check(Shop::new(0.2).people(0, 800, &checkout, 0.8).programs(5_000, 200, 1..20), &[&checkout]);
}

#[test]
fn journeys_that_share_places_are_told_apart() {
    let shop = Shop::new(0.15)
        .people(0, 900, &[1, 2, 3, 4], 0.8)
        .people(2_000, 900, &[7, 2, 8], 0.8)
        .people(4_000, 300, &[9, 10], 0.8)
        .programs(9_000, 100, 1..20);
    check(shop, &[&[1, 2, 3, 4], &[7, 2, 8], &[9, 10]]);
}

#[test]
fn one_journey_after_another_is_not_one_journey() {
    let mut shop = Shop::new(0.1);
    // Forty keys that begin a journey every few minutes, all day.
    for key in 0..40 {
        let mut at_ms = 0;
        while at_ms < 86_400_000 {
            let journeys: [&[u32]; 3] = [&[1, 2, 3, 4], &[7, 2, 8], &[9, 10]];
            let places = journeys[shop.rng.random_range(0..3)];
            for &place in places {
                if shop.rng.random_bool(0.1) {
                    break;
                }
                let elsewhere = shop.rng.random_range(NOISE_PLACES);
                if shop.rng.random_bool(shop.noise) {
                    shop.visit(key, &mut at_ms, elsewhere);
                }
                shop.visit(key, &mut at_ms, place);
            }
            at_ms += shop.rng.random_range(0..1_500_000);
        }
    }
    check(shop, &[&[1, 2, 3, 4], &[7, 2, 8], &[9, 10]]);
}

#[test]
fn noise_is_no_journey() {
    check(Shop::new(0.0).programs(0, 500, 1..20), &[]);
    check(Shop::new(0.0).people(0, 500, &[1], 1.0), &[]);
    check(Shop::new(0.0).people(0, 15, &[1, 2, 3], 1.0), &[]);
    check(Shop::new(0.0), &[]);
}

#[test]
fn a_part_that_many_more_walk_is_a_journey_of_its_own() {
    let shop = Shop::new(0.0).people(0, 300, &[1, 2, 3, 4], 1.0).people(1_000, 900, &[3, 4], 1.0);
    check(shop, &[&[1, 2, 3, 4], &[3, 4]]);
}

#[test]
fn counts_are_those_of_sessions() {
    let shop = Shop::new(0.0).people(0, 400, &[1, 2, 3], 1.0);
    let found = discover(&shop.visits, &Limits::default());
    assert_eq!((found[0].starts, found[0].support), (400, 400));
    assert_eq!(found[0].step_support, [400, 400, 400]);
}

#[test]
fn steps_are_limited_and_odd_limits_are_survived() {
    let shop = Shop::new(0.0).people(0, 300, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 1.0);
    let found = discover(&shop.visits, &Limits::default());
    assert!(!found.is_empty() && found.iter().all(|it| it.places.len() == 8), "{found:?}");
    let odd = Limits {
        gap_ms: -1,
        between_max: 1_000,
        steps_min: 0,
        steps_max: 0,
        support_min: 0,
        support_share_min: f64::NAN,
        confidence_min: f64::NAN,
        odds_ratio_min: f64::NAN,
        ..Limits::default()
    };
    assert!(discover(&shop.visits, &odd).is_empty());
}
