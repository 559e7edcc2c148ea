//! A crash between two snapshots, a snapshot that cannot be read, and a time in which nobody listened.

use hawkeye_catalog::{AnomalyQuery, Catalog, Verdict};
use hawkeye_engine::Action;
use hawkeye_model::Dataset;

use crate::harness::{Harness, MINUTE};

#[test]
fn windows_since_the_snapshot_are_looked_at_again_with_the_same_outcome() {
    let harness = Harness::new();
    let running = harness.run();
    harness.append(&running, 0..200, 0..0);
    harness.pass_to(&running, 200);
    // Stored after the first catching-up; what follows is not.
    harness.append(&running, 200..230, 205..230);
    harness.pass_to(&running, 230);
    let before = harness.wait_for_one(&running);
    running.engine.act(&[before.anomaly.id], &Action::Acknowledge, "ann", None).expect("acts");
    harness.crash(running);

    let running = harness.run();
    harness.pass_to(&running, 230);
    let after = harness.found(&running);
    assert_eq!(after.len(), 1, "{after:?}");
    assert_eq!(after[0].anomaly, before.anomaly);
    assert_eq!(after[0].acknowledged.as_ref().map(|it| it.by.as_str()), Some("ann"));
    harness.stop(running);
}

#[test]
fn a_snapshot_that_cannot_be_read_is_learnt_again_without_doubles() {
    let harness = Harness::new();
    let running = harness.run();
    harness.append(&running, 0..230, 205..230);
    harness.pass_to(&running, 230);
    let before = harness.wait_for_one(&running);
    let judge = Action::Judge { verdict: Verdict::Confirmed, reason: None };
    running.engine.act(&[before.anomaly.id], &judge, "ann", None).expect("acts");
    harness.stop(running);
    let catalog = Catalog::open(harness.folder.path()).expect("opens");
    let watermark = catalog.read(|read| read.watermark(Dataset::Live)).expect("reads").snapshot;
    let damaged = [vec![255, 1, 2]];
    catalog
        .write(|write| write.put_snapshot(Dataset::Live, watermark.expect("stored"), &damaged))
        .expect("writes");
    drop(catalog);

    let running = harness.run();
    harness.pass_to(&running, 231);
    let after = harness.found(&running);
    assert_eq!(after.len(), 1, "{after:?}");
    assert_eq!((after[0].anomaly.id, after[0].verdict), (before.anomaly.id, Some(Verdict::Confirmed)));
    assert!(after[0].anomaly.is_open(), "{after:?}");
    harness.stop(running);
}

#[test]
fn silence_while_nobody_listened_means_nothing() {
    let harness = Harness::new();
    let running = harness.run();
    harness.append(&running, 0..400, 0..0);
    harness.pass_to(&running, 400);
    harness.stop(running);
    harness.clock.advance(MINUTE * 60);
    let running = harness.run();
    harness.append(&running, 461..470, 0..0);
    harness.pass_to(&running, 470);
    let query = AnomalyQuery { limit: 100, ..AnomalyQuery::default() };
    let found = running.engine.anomalies(&query).expect("answers").page.items;
    assert!(found.is_empty(), "{found:?}");
    harness.stop(running);
}
