//! A table of numbers, one row an origin and one column a step ahead, in one allocation.

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Grid {
    steps: usize,
    values: Vec<f64>,
}

impl Grid {
    pub(crate) fn new(rows: usize, steps: usize, value: f64) -> Self {
        Self { steps, values: vec![value; rows * steps] }
    }

    /// One row for each origin, in the order of the origins.
    pub(crate) fn of(origins: &[usize], steps: usize, mut row: impl FnMut(usize, &mut [f64])) -> Self {
        let mut grid = Self::new(origins.len(), steps, 0.0);
        if steps > 0 {
            for (&origin, out) in origins.iter().zip(grid.values.chunks_exact_mut(steps)) {
                row(origin, out);
            }
        }
        grid
    }

    pub(crate) fn rows(&self) -> usize {
        self.values.len().checked_div(self.steps).unwrap_or(0)
    }

    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    pub(crate) fn row(&self, index: usize) -> &[f64] {
        &self.values[index * self.steps..(index + 1) * self.steps]
    }

    pub(crate) fn row_mut(&mut self, index: usize) -> &mut [f64] {
        &mut self.values[index * self.steps..(index + 1) * self.steps]
    }

    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }

    pub(crate) fn map(mut self, change: impl Fn(f64) -> f64) -> Self {
        for value in &mut self.values {
            *value = change(*value);
        }
        self
    }
}
