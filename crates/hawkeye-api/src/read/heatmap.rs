//! `GET /api/v1/heatmap`: requests by latency and time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hawkeye_model::Rollup;
use serde::Deserialize;
use utoipa::IntoParams;

use super::steps::step;
use crate::app::App;
use crate::dto::{Heatmap, millis};
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams};

const COLUMNS_DEFAULT: u64 = 120;
const ROWS_DEFAULT: usize = 40;
const ROWS_MAX: usize = 200;

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HeatmapParams {
    /// `auto` or a multiple of ten seconds.
    #[param(default = "auto")]
    step: Option<String>,
    #[param(default = 120, maximum = 5000)]
    max_points: Option<u64>,
    #[param(default = 40, maximum = 200)]
    rows: Option<usize>,
}

/// How many requests took how long, when.
#[utoipa::path(get, path = "/api/v1/heatmap", tag = "read", params(ScopeParams, HeatmapParams),
    responses((status = 200, body = Heatmap), (status = 400, body = Problem)))]
pub(crate) async fn heatmap(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<HeatmapParams>,
) -> Result<Json<Heatmap>, Problem> {
    let scope = Scope::read(&scope, &*app.clock)?;
    let step = step(params.step.as_deref(), params.max_points, COLUMNS_DEFAULT, scope.range)?;
    let rows = params.rows.unwrap_or(ROWS_DEFAULT);
    if !(1..=ROWS_MAX).contains(&rows) {
        return Err(Problem::parameter("rows", format!("must be 1 to {ROWS_MAX}")));
    }
    let cells = app.sum(scope.now, scope.range, Some(step), &scope.filter, &[]).await?;
    let (bounds_ms, counts) = grid(cells.of(0), rows);
    Ok(Json(Heatmap {
        range: scope.range.into(),
        t0_ms: cells.start.millis(),
        step_ms: millis(cells.step),
        n: cells.n as u64,
        bounds_ms,
        max_count: counts.iter().flatten().copied().max().unwrap_or(0),
        counts,
    }))
}

/// Edges in milliseconds, evenly spaced on a logarithmic scale from the fastest to the slowest request,
/// and for each row the counts by time step.
fn grid(rollups: &[Rollup], rows: usize) -> (Vec<f64>, Vec<Vec<u64>>) {
    let present = || rollups.iter().filter(|rollup| rollup.requests() > 0);
    let lowest = present().filter_map(|rollup| rollup.latency.min()).min();
    let highest = present().filter_map(|rollup| rollup.latency.max()).max();
    let (Some(lowest), Some(highest)) = (lowest, highest) else { return (Vec::new(), Vec::new()) };
    // Buckets reach half a step beyond the values in them; so does the grid.
    let low = (lowest.max(1) as f64).log2() - 0.05;
    let high = (highest.max(2) as f64).log2() + 0.05;
    let height = (high - low) / rows as f64;
    let bounds = (0..=rows).map(|row| (low + row as f64 * height).exp2() / 1e3).collect();
    let mut counts = vec![vec![0; rollups.len()]; rows];
    for (column, rollup) in rollups.iter().enumerate() {
        for bucket in rollup.latency.buckets() {
            let middle = ((bucket.lower * bucket.upper).sqrt().max(1.0)).log2();
            let row = ((middle - low) / height).max(0.0) as usize;
            counts[row.min(rows - 1)][column] += bucket.count;
        }
    }
    (bounds, counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_is_in_the_row_of_its_latency() {
        let mut rollup = Rollup::default();
        rollup.latency.record_n(0, 1);
        rollup.latency.record_n(10_000, 3);
        rollup.latency.record_n(1_000_000, 5);
        let (bounds, counts) = grid(&[Rollup::default(), rollup], 10);
        assert_eq!(bounds.len(), 11);
        assert!(bounds.is_sorted());
        assert_eq!(counts.iter().flatten().sum::<u64>(), 9);
        assert_eq!(counts.iter().map(|row| row[0]).sum::<u64>(), 0);
        assert_eq!(counts[9][1], 5);
        let row = bounds.windows(2).position(|edge| edge[0] <= 10.0 && 10.0 < edge[1]).expect("inside");
        assert_eq!(counts[row][1], 3);
    }

    #[test]
    fn without_requests_there_is_no_grid() {
        assert_eq!(grid(&[Rollup::default()], 10), (Vec::new(), Vec::new()));
    }
}
