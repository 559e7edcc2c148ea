//! The issues of PetShop made harder: weaker effects, a short past, missing measurements, bystanders that act up.
//! With so few issues, this tells more about how sure a ranking is than another issue won or lost.

use hawkeye_diagnose::{NodeEvidence, Readings};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::diagnose_petshop_data::Issue;

/// Draws of what is left to chance, for each issue.
const DRAWS: u64 = 5;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Stress {
    None,
    /// What is beyond the usual shrinks to this share, at every node.
    Weaker(f64),
    /// So many intervals of past.
    ShortPast(usize),
    /// Nothing after the first interval that lies in the issue as a whole.
    FirstInterval,
    /// Nodes without any measurement, neither the target nor the cause.
    NotMeasured(f64),
    /// Nodes that do not count requests.
    NotCounted(f64),
    /// So many others are slower, by a third or so.
    Bystanders(usize),
    /// The cause itself has no measurements.
    CauseNotMeasured,
}

pub(crate) const ALL: [(&str, Stress); 8] = [
    ("as it was", Stress::None),
    ("every effect a quarter", Stress::Weaker(0.25)),
    ("half an hour of past", Stress::ShortPast(6)),
    ("the first five minutes of the issue only", Stress::FirstInterval),
    ("a fifth of the other nodes not measured", Stress::NotMeasured(0.2)),
    ("a third of the nodes without request counts", Stress::NotCounted(1.0 / 3.0)),
    ("five other nodes slower", Stress::Bystanders(5)),
    ("the broken node itself not measured", Stress::CauseNotMeasured),
];

/// Rows of an issue's file that show only the issue, from this on.
const ROWS_UNTIL_FIRST: usize = 3;

impl Stress {
    /// The issue made harder, several times where chance decides how.
    pub(crate) fn on(self, issue: &Issue) -> Vec<Issue> {
        let is_drawn = matches!(self, Self::NotMeasured(_) | Self::NotCounted(_) | Self::Bystanders(_));
        let draws = if is_drawn { DRAWS } else { 1 };
        (0..draws).map(|seed| self.draw(issue, ChaCha8Rng::seed_from_u64(seed))).collect()
    }

    fn draw(self, issue: &Issue, mut random: ChaCha8Rng) -> Issue {
        let mut harder = issue.clone();
        let is_other = |node: usize| node != issue.target && node != issue.truth;
        for node in 0..issue.evidence.len() {
            let factor = match self {
                Self::Bystanders(count) if random.random_bool(count as f64 / issue.evidence.len() as f64) => {
                    random.random_range(1.1..1.6)
                }
                _ => 1.0,
            };
            let is_hit = match self {
                Self::NotMeasured(share) => random.random_bool(share) && is_other(node),
                Self::NotCounted(share) => random.random_bool(share),
                Self::Bystanders(_) => is_other(node),
                Self::CauseNotMeasured => node == issue.truth,
                Self::None | Self::Weaker(_) | Self::ShortPast(_) | Self::FirstInterval => true,
            };
            if is_hit {
                self.change(&mut harder.evidence[node], factor);
                self.change(&mut harder.whole[node], factor);
            }
        }
        if matches!(self, Self::FirstInterval) {
            let dropped = issue.whole[issue.target].latency.present.len().saturating_sub(ROWS_UNTIL_FIRST);
            for it in harder.evidence.iter_mut().chain(&mut harder.whole).flat_map(all) {
                it.present.truncate(it.present.len().saturating_sub(dropped));
            }
        }
        harder
    }

    fn change(self, node: &mut NodeEvidence, factor: f64) {
        match self {
            Self::None | Self::FirstInterval => {}
            Self::Weaker(share) => {
                for it in [&mut node.latency, &mut node.errors] {
                    let mut past: Vec<f64> = it.past.iter().flatten().copied().collect();
                    past.sort_unstable_by(f64::total_cmp);
                    let Some(usual) = past.get(past.len() / 2).copied() else { continue };
                    it.present
                        .iter_mut()
                        .flatten()
                        .for_each(|value| *value = usual + share * (*value - usual));
                }
            }
            Self::ShortPast(count) => {
                for it in all(node) {
                    it.past.drain(..it.past.len().saturating_sub(count));
                }
            }
            Self::NotMeasured(_) | Self::CauseNotMeasured => all(node).into_iter().for_each(forget),
            Self::NotCounted(_) => forget(&mut node.traffic),
            Self::Bystanders(_) => {
                node.latency.present.iter_mut().flatten().for_each(|value| *value *= factor);
            }
        }
    }
}

fn all(node: &mut NodeEvidence) -> [&mut Readings; 3] {
    [&mut node.latency, &mut node.errors, &mut node.traffic]
}

fn forget(readings: &mut Readings) {
    readings.past.fill(None);
    readings.present.fill(None);
}
