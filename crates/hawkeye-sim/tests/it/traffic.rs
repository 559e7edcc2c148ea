//! Healthy traffic looks like traffic: rate, seasons, statuses, latencies, journeys.

use std::collections::{BTreeMap, HashMap, HashSet};

use hawkeye_model::{Histogram, Outcome, Request, Timestamp};
use hawkeye_sim::Scenario;

use crate::{DAY, HOUR, MINUTE, START, simulator};

fn share(requests: &[Request], is: impl Fn(&Request) -> bool) -> f64 {
    requests.iter().filter(|request| is(request)).count() as f64 / requests.len().max(1) as f64
}

#[test]
fn the_mean_rate_is_the_configured_one() {
    for (seed, scenario, rate) in [(1, Scenario::Healthy, 0.3), (2, Scenario::All, 1.0)] {
        let requests = simulator(seed, scenario, 7 * DAY, rate).requests(START, START.plus(7 * DAY));
        let measured = requests.len() as f64 / (7.0 * 86_400.0);
        assert!((measured / rate - 1.0).abs() < 0.1, "{measured} instead of {rate}");
    }
}

#[test]
fn days_are_busier_than_nights() {
    let simulator = simulator(1, Scenario::Healthy, 7 * DAY, 10.0);
    let at =
        |hour: u32| simulator.requests(START.plus(hour * HOUR), START.plus(hour * HOUR + 20 * MINUTE)).len();
    assert!(at(11) > 2 * at(3), "{} and {}", at(11), at(3));
}

#[test]
fn statuses_have_a_plausible_mix() {
    let requests = simulator(4, Scenario::Healthy, 7 * DAY, 30.0).requests(START, START.plus(HOUR));
    let rejected = share(&requests, |it| it.outcome == Outcome::ClientError);
    let failed = share(&requests, |it| it.outcome == Outcome::ServerError);
    let unmodified = share(&requests, |it| it.status_code == 304);
    assert!((0.005..0.03).contains(&rejected), "{rejected}");
    assert!((0.001..0.004).contains(&failed), "{failed}");
    assert!((0.005..0.05).contains(&unmodified), "{unmodified}");
    assert!(requests.iter().all(|it| (it.outcome == Outcome::ServerError) != it.error_type.is_empty()));
}

#[test]
fn environments_and_endpoints_have_their_own_latency() {
    let requests =
        simulator(4, Scenario::Healthy, 7 * DAY, 60.0).requests(START.plus(9 * HOUR), START.plus(10 * HOUR));
    let mut environments: HashMap<String, Histogram> = HashMap::new();
    let mut endpoints: HashMap<String, Histogram> = HashMap::new();
    for request in &requests {
        let endpoint = request.series.endpoint().to_string();
        if endpoint == "search GET /search" && request.outcome == Outcome::Ok {
            let name = request.series.environment().to_string();
            environments.entry(name).or_default().record(request.duration_us);
        }
        endpoints.entry(endpoint).or_default().record(request.duration_us);
    }
    let median = |histograms: &HashMap<String, Histogram>, name: &str| {
        histograms[name].quantile(0.5).expect("it was called")
    };
    let aws = median(&environments, "aws/production/eu-west-1");
    let azure = median(&environments, "azure/production/westeurope");
    let local = median(&environments, "on_premises/production/dc-frankfurt");
    assert!((1.1..1.45).contains(&(azure / aws)), "azure {azure}, aws {aws}");
    assert!((0.65..1.0).contains(&(local / aws)), "on-premises {local}, aws {aws}");
    assert!(median(&endpoints, "catalog GET /categories") < 7_000.0);
    assert!(median(&endpoints, "payments POST /charges") > 250_000.0);
    let suggest = &endpoints["search GET /suggest"];
    assert!(suggest.quantile(0.99) > suggest.quantile(0.5).map(|median| 2.0 * median), "no tail");
}

#[test]
fn some_endpoints_are_called_a_few_times_an_hour() {
    let requests = simulator(6, Scenario::Healthy, 7 * DAY, 10.0).requests(START, START.plus(DAY / 2));
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for request in &requests {
        *counts.entry(request.series.to_string()).or_default() += 1;
    }
    let rare = counts.values().filter(|count| (10..=150).contains(*count)).count();
    assert!(rare >= 8, "{counts:#?}");
    assert!(counts.len() > 250, "{}", counts.len());
}

#[test]
fn probes_are_marked_and_few() {
    let requests = simulator(6, Scenario::Healthy, 7 * DAY, 10.0).requests(START, START.plus(HOUR));
    let synthetic = share(&requests, |it| it.synthetic);
    assert!((0.005..0.2).contains(&synthetic), "{synthetic}");
    assert!(requests.iter().all(|it| it.synthetic == (&*it.consumer == "uptime-probe")));
}

#[test]
fn a_journeys_step_needs_the_one_before() {
    let simulator = simulator(8, Scenario::All, DAY, 25.0);
    let requests = simulator.requests(START, START.plus(6 * HOUR));
    let journeys = simulator.journeys();
    let checkout = journeys.iter().find(|journey| journey.name == "Checkout").expect("it exists");
    let mut done: HashSet<(&str, &str)> = HashSet::new();
    let mut counts = vec![0; checkout.steps.len()];
    let warm: Timestamp = START.plus(6 * MINUTE); // sessions that began before the window are over
    for request in requests.iter().filter(|it| it.parent_span_id.is_empty()) {
        let Some(step) = checkout.steps.iter().position(|step| step == request.series.endpoint()) else {
            continue;
        };
        // The steps before the cart are also called by others.
        if (3..=4).contains(&step) && request.start > warm {
            let before: &str = &checkout.steps[step - 1].route;
            assert!(done.contains(&(&*request.consumer, before)), "{} without {before}", request.series);
        }
        counts[step] += 1;
        if request.outcome == Outcome::Ok {
            done.insert((&*request.consumer, &*checkout.steps[step].route));
        }
    }
    assert!(counts[4] > 50 && counts[3] > counts[4] && counts[2] > counts[3], "{counts:?}");
}
