//! Prints how fast a day of traffic is generated, and what a second of a live run costs. Run it with `--release`.

use std::time::Duration;

use hawkeye_model::Timestamp;
use hawkeye_sim::{Scenario, SimConfig, Simulator};

const HOUR: Duration = Duration::from_secs(3_600);

#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "measuring and telling is what it is for"
)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let start = Timestamp::from_secs(1_700_000_000);
    let end = start.plus(24 * HOUR);
    for requests_per_second in [10.0, 100.0, 1_000.0] {
        let seed = 1;
        let simulator =
            Simulator::new(SimConfig { seed, scenario: Scenario::All, start, end, requests_per_second })?;
        let began = std::time::Instant::now();
        let (mut requests, mut from) = (0, start);
        let day_end = if requests_per_second > 100.0 { start.plus(2 * HOUR) } else { end };
        while from < day_end {
            let to = from.plus(HOUR);
            requests += simulator.requests(from, to).len();
            from = to;
        }
        // One thread that never waits: the wall clock tells CPU time as long as a core is free.
        let secs = began.elapsed().as_secs_f64();
        println!("{requests} requests in {secs:.2} s: {:.0} requests/s", requests as f64 / secs);

        let began = std::time::Instant::now();
        for second in 0..60 {
            let from = end.plus(Duration::from_secs(second));
            std::hint::black_box(simulator.requests(from, from.plus(Duration::from_secs(1))));
        }
        let millis = began.elapsed().as_secs_f64() * 1e3;
        println!("live at {requests_per_second} requests/s: {:.2} ms for each second", millis / 60.0);
    }
    Ok(())
}
