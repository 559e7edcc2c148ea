//! Naive2, what the M4 competition divides by: the last value, after a multiplicative season is taken off where the
//! autocorrelation at that lag says so.

const PERIOD: usize = 24;
/// The normal quantile of the competition's 90 % test.
const CRITICAL: f64 = 1.645;

pub(crate) fn naive2(train: &[f64], steps: usize) -> Vec<f64> {
    let n = train.len();
    let Some(&last) = train.last() else { return vec![0.0; steps] };
    if !seasonal(train) {
        return vec![last; steps];
    }
    let season = season(train);
    let level = last / season[(n - 1) % PERIOD];
    (0..steps).map(|step| level * season[(n + step) % PERIOD]).collect()
}

fn seasonal(x: &[f64]) -> bool {
    if x.len() < 3 * PERIOD {
        return false;
    }
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let covariance = |lag: usize| x.iter().zip(&x[lag..]).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    let variance = covariance(0);
    let correlations: Vec<f64> = (1..=PERIOD).map(|lag| covariance(lag) / variance).collect();
    let squares: f64 = correlations[..PERIOD - 1].iter().map(|r| r * r).sum();
    let limit = CRITICAL * ((1.0 + 2.0 * squares) / x.len() as f64).sqrt();
    correlations[PERIOD - 1].abs() > limit
}

/// Classical decomposition: the mean ratio of each phase to a centred day around it; their mean is one.
fn season(x: &[f64]) -> Vec<f64> {
    let half = PERIOD / 2;
    let (mut sums, mut counts) = (vec![0.0; PERIOD], vec![0.0; PERIOD]);
    for t in half..x.len() - half {
        let inner: f64 = x[t + 1 - half..t + half].iter().sum();
        let trend = (0.5 * (x[t - half] + x[t + half]) + inner) / PERIOD as f64;
        sums[t % PERIOD] += x[t] / trend;
        counts[t % PERIOD] += 1.0;
    }
    let means: Vec<f64> = sums.iter().zip(&counts).map(|(sum, count)| sum / f64::max(*count, 1.0)).collect();
    let overall = means.iter().sum::<f64>() / PERIOD as f64;
    means.iter().map(|it| it / overall).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_season_is_repeated_and_a_walk_is_not() {
        let seasonal: Vec<f64> = (0..240).map(|t| 10.0 + f64::from(t % 24)).collect();
        let forecast = naive2(&seasonal, 24);
        assert!(forecast.iter().zip(&seasonal).all(|(a, b)| (a - b).abs() < 0.5), "{forecast:?}");
        assert_eq!(naive2(&[1.0, 2.0, 3.0], 2), [3.0, 3.0]);
    }
}
