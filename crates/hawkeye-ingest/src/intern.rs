//! A cache that cannot outgrow its limit: two generations, of which the older one is forgotten as a whole.

use std::collections::HashMap;

/// Values by a 64-bit hash. The caller must compare what it gets with what it meant, as hashes can collide.
#[derive(Debug)]
pub(crate) struct Generations<V> {
    current: HashMap<u64, V>,
    previous: HashMap<u64, V>,
    generation_max: usize,
}

impl<V: Clone> Generations<V> {
    /// Holds at most twice `generation_max` values.
    pub(crate) fn new(generation_max: usize) -> Self {
        Self { current: HashMap::new(), previous: HashMap::new(), generation_max }
    }

    /// A value of the older generation moves to the current one, so that what is in use stays.
    pub(crate) fn get(&mut self, key: u64) -> Option<V> {
        if let Some(value) = self.current.get(&key) {
            return Some(value.clone());
        }
        let value = self.previous.remove(&key)?;
        self.insert(key, value.clone());
        Some(value)
    }

    pub(crate) fn insert(&mut self, key: u64, value: V) {
        if self.current.len() >= self.generation_max {
            self.previous = std::mem::take(&mut self.current);
        }
        self.current.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_use_stays_and_the_rest_is_forgotten() {
        let mut cache = Generations::new(10);
        cache.insert(0, "used");
        cache.insert(1, "unused");
        for key in 2..1_000 {
            assert_eq!(cache.get(0), Some("used"));
            cache.insert(key, "other");
            assert!(cache.current.len() + cache.previous.len() <= 20);
        }
        assert_eq!(cache.get(1), None);
    }
}
