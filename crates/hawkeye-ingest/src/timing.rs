//! Which start times and durations are believed.

use std::time::Duration;

use hawkeye_model::Timestamp;

use crate::{DURATION_MAX, IngestConfig};

/// The error completes "the start time …".
pub(crate) fn check_start(start: Timestamp, config: &IngestConfig, now: Timestamp) -> Result<(), String> {
    if start < now.minus(config.past_max) {
        Err(format!("is more than {} in the past; raise past_max to import it", human(config.past_max)))
    } else if start > now.plus(config.future_max) {
        Err(format!("is more than {} in the future; check the sender's clock", human(config.future_max)))
    } else {
        Ok(())
    }
}

/// The error completes "the duration …".
pub(crate) fn check_duration(duration_us: u64) -> Result<(), String> {
    if Duration::from_micros(duration_us) > DURATION_MAX {
        Err(format!("is longer than {}; check its unit", human(DURATION_MAX)))
    } else {
        Ok(())
    }
}

/// In the largest unit that is exact.
fn human(duration: Duration) -> String {
    let secs = duration.as_secs();
    let (count, unit) = match secs {
        _ if secs.is_multiple_of(86_400) => (secs / 86_400, "day"),
        _ if secs.is_multiple_of(3_600) => (secs / 3_600, "hour"),
        _ if secs.is_multiple_of(60) => (secs / 60, "minute"),
        _ => (secs, "second"),
    };
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_borders_themselves_are_believed() {
        let (config, now) = (IngestConfig::default(), Timestamp::from_secs(10_000_000));
        let oldest = now.minus(config.past_max);
        let newest = now.plus(config.future_max);
        assert_eq!(check_start(oldest, &config, now), Ok(()));
        assert_eq!(check_start(newest, &config, now), Ok(()));
        let error = check_start(oldest.minus(Duration::from_micros(1)), &config, now).expect_err("too old");
        assert_eq!(error, "is more than 7 days in the past; raise past_max to import it");
        let error = check_start(newest.plus(Duration::from_micros(1)), &config, now).expect_err("too new");
        assert_eq!(error, "is more than 10 minutes in the future; check the sender's clock");
        assert!(check_start(Timestamp::MIN, &config, now).is_err());
        assert!(check_start(Timestamp::MAX, &config, now).is_err());
    }

    #[test]
    fn huge_durations_are_not_believed() {
        assert_eq!(check_duration(7 * 86_400 * 1_000_000), Ok(()));
        assert_eq!(check_duration(u64::MAX), Err("is longer than 7 days; check its unit".into()));
    }
}
