//! The course of a score over time, in bounded room: when it is full, neighbours are merged and steps become wider.

use serde::{Deserialize, Serialize};

/// Points of one course: four hours at a minute each, longer ones in wider steps.
const POINTS_MAX: usize = 240;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Course {
    points: Vec<(f32, f32)>,
    /// Windows in a point.
    stride: u32,
    /// Windows in the newest point.
    filled: u32,
}

impl Course {
    /// Of each point the larger score counts, so that peaks stay.
    pub(crate) fn push(&mut self, score: f64, threshold: f64) {
        let (score, threshold) = (score as f32, threshold as f32);
        self.stride = self.stride.max(1);
        match self.points.last_mut() {
            Some(last) if self.filled < self.stride => {
                *last = (last.0.max(score), threshold);
                self.filled += 1;
            }
            _ => {
                self.points.push((score, threshold));
                self.filled = 1;
            }
        }
        if self.points.len() >= POINTS_MAX {
            self.points = self
                .points
                .chunks(2)
                .map(|pair| pair.iter().copied().fold((0.0, 0.0), |a, b| (f32::max(a.0, b.0), b.1)))
                .collect();
            self.filled += self.stride;
            self.stride *= 2;
        }
    }

    pub(crate) fn points(&self) -> &[(f32, f32)] {
        &self.points
    }

    pub(crate) fn stride(&self) -> u32 {
        self.stride.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_course_keeps_its_peak_and_its_bound() {
        let mut course = Course::default();
        for at in 0..10_000 {
            course.push(if at == 77 { 99.0 } else { 1.0 }, 10.0);
            assert!(course.points().len() < POINTS_MAX);
        }
        assert_eq!(course.points().iter().filter(|(score, _)| *score == 99.0).count(), 1);
        let windows = course.points().len() as u32 * course.stride();
        assert!((10_000..10_000 + course.stride()).contains(&windows), "{windows}");
    }
}
