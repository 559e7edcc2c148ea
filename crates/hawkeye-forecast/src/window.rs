//! Values kept in order while some enter and others leave, so that each median costs a search and a short move.

#[derive(Debug, Clone, Default)]
pub(crate) struct SortedWindow {
    values: Vec<f64>,
}

impl SortedWindow {
    pub(crate) fn insert(&mut self, value: f64) {
        let at = self.values.partition_point(|it| it.total_cmp(&value).is_lt());
        self.values.insert(at, value);
    }

    /// Nothing happens when the value is not there.
    pub(crate) fn remove(&mut self, value: f64) {
        let at = self.values.partition_point(|it| it.total_cmp(&value).is_lt());
        if self.values.get(at).is_some_and(|it| it.total_cmp(&value).is_eq()) {
            self.values.remove(at);
        }
    }

    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_sorted() {
        let mut window = SortedWindow::default();
        for value in [3.0, 1.0, 2.0, 1.0] {
            window.insert(value);
        }
        assert_eq!(window.values(), [1.0, 1.0, 2.0, 3.0]);
        window.remove(1.0);
        window.remove(7.0);
        assert_eq!(window.values(), [1.0, 2.0, 3.0]);
    }
}
