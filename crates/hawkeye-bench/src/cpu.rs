//! CPU time of the calling thread, so that a busy machine does not spoil a measurement.

use std::time::Duration;

use anyhow::Context;

/// Linux counts it in nanoseconds, in the first field of the file.
pub(crate) fn cpu_time() -> anyhow::Result<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").context("CPU time needs Linux")?;
    let nanoseconds = text.split_whitespace().next().context("no CPU time")?.parse()?;
    Ok(Duration::from_nanos(nanoseconds))
}
