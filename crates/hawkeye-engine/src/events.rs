//! The latest changes of anomalies or alerts, for those who watch. Bounded: who reads too slowly is told what was missed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use hawkeye_catalog::StoredAnomaly;

/// Changes kept for those who watch: a day of them in a bad week.
pub(crate) const EVENTS_MAX: usize = 1_000;

#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub kind: EventKind,
    pub anomaly: StoredAnomaly,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    Opened,
    Updated,
    Closed,
    /// By a person.
    Acted,
}

/// What came after a position.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard<T> {
    pub events: Vec<Arc<T>>,
    /// The position to ask from next.
    pub next: u64,
    /// Events that came, but are no longer kept.
    pub missed: u64,
}

#[derive(Debug)]
pub(crate) struct Events<T>(Mutex<Ring<T>>);

#[derive(Debug)]
struct Ring<T> {
    kept_max: usize,
    /// The number of the next event.
    next: u64,
    latest: VecDeque<Arc<T>>,
}

impl<T> Events<T> {
    pub(crate) fn keeping(kept_max: usize) -> Self {
        Self(Mutex::new(Ring { kept_max, next: 0, latest: VecDeque::new() }))
    }

    pub(crate) fn publish(&self, events: Vec<T>) {
        let mut ring = self.lock();
        for event in events {
            if ring.latest.len() == ring.kept_max {
                ring.latest.pop_front();
            }
            ring.latest.push_back(Arc::new(event));
            ring.next += 1;
        }
    }

    pub(crate) fn since(&self, position: u64) -> Heard<T> {
        let ring = self.lock();
        let oldest = ring.next - ring.latest.len() as u64;
        let from = position.clamp(oldest, ring.next);
        let events = ring.latest.iter().skip((from - oldest) as usize).map(Arc::clone).collect();
        Heard { events, next: ring.next, missed: from.saturating_sub(position) }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Ring<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
