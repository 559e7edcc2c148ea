//! Whatever happens in whatever order, with a restart at any moment: nothing is lost, nothing is told twice.

use std::collections::{BTreeMap, BTreeSet};

use hawkeye_alert::Status;
use proptest::prelude::*;

use crate::world::{World, routing};

proptest! {
    #[test]
    fn each_transition_is_told_once_and_no_group_too_often(
        events in prop::collection::vec((0..6_usize, any::<bool>(), 1..200_i64, any::<bool>()), 1..60)
    ) {
        let mut world = World::new(routing(&[(0, "a")]));
        let mut firing = BTreeSet::new();
        let mut told = Vec::new();
        for (instance, fires, seconds, restarts) in events {
            let name = format!("service{}/{instance}", instance % 2);
            if fires {
                world.fire(&name);
                firing.insert(name);
            } else {
                world.resolve(&name);
                firing.remove(&name);
            }
            told.extend(world.run(seconds));
            if restarts {
                world.restart();
            }
        }
        for name in &firing {
            world.resolve(name);
        }
        told.extend(world.run(1_000));

        let mut fired: BTreeMap<i64, u64> = BTreeMap::new();
        let mut over = BTreeSet::new();
        let mut last: BTreeMap<&str, i64> = BTreeMap::new();
        let mut keys = BTreeSet::new();
        for (second, told) in &told {
            prop_assert!(keys.insert((told.thread.clone(), told.sequence)), "a key twice");
            if let Some(before) = last.insert(&told.group, *second) {
                prop_assert!(second - before >= 300, "{} after {before}", second);
            }
            for (id, transition, status) in &told.alerts {
                match status {
                    Status::Resolved => {
                        prop_assert!(fired.contains_key(id), "over, but never told to fire");
                        prop_assert!(over.insert(*id), "over twice");
                    }
                    _ => {
                        prop_assert!(!over.contains(id), "fires after it was over");
                        fired.insert(*id, *transition);
                    }
                }
            }
        }
        let fired: BTreeSet<i64> = fired.into_keys().collect();
        prop_assert_eq!(fired, over, "everything that was told to fire is told to be over");
        prop_assert!(world.dispatcher.groups().is_empty());
    }
}
