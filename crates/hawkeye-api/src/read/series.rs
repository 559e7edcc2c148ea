//! `GET /api/v1/series`: the charts.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hawkeye_model::Rollup;
use hawkeye_store::{Cells, Dimension};
use serde::Deserialize;
use utoipa::IntoParams;

use super::steps::step;
use crate::app::App;
use crate::dto::{self, SeriesGroup, millis};
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams};

const POINTS_DEFAULT: u64 = 300;
const GROUPS_DEFAULT: usize = 5;
const GROUPS_MAX: usize = 100;

/// The group that takes all groups beyond the limit.
const OTHER: &str = "__other__";

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeriesParams {
    /// `auto` or a multiple of ten seconds, such as `30s`, `5m`, `1h`.
    #[param(default = "auto")]
    pub(crate) step: Option<String>,
    /// For `auto`.
    #[param(default = 300, maximum = 5000)]
    pub(crate) max_points: Option<u64>,
    /// `none`, `endpoint`, `service`, `environment`, `provider`, `region`, `version` or `status`.
    #[param(default = "none")]
    pub(crate) group_by: Option<String>,
    /// Groups beyond the busiest so many are merged.
    #[param(default = 5, maximum = 100)]
    pub(crate) limit: Option<usize>,
}

/// Traffic, errors and latencies over time, in columns.
#[utoipa::path(get, path = "/api/v1/series", tag = "read", params(ScopeParams, SeriesParams),
    responses((status = 200, body = dto::Series), (status = 400, body = Problem)))]
pub(crate) async fn series(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<SeriesParams>,
) -> Result<Json<dto::Series>, Problem> {
    let scope = Scope::read(&scope, &*app.clock)?;
    Ok(Json(app.series(&scope, &params).await?))
}

impl App {
    pub(crate) async fn series(&self, scope: &Scope, params: &SeriesParams) -> Result<dto::Series, Problem> {
        let step = step(params.step.as_deref(), params.max_points, POINTS_DEFAULT, scope.range)?;
        // What is compared may be so old that only coarser rows are left; then both take wider steps.
        let oldest =
            scope.previous(step).map_or(scope.range.from, |previous| previous.from.min(scope.range.from));
        let step = self.store.step_kept(step, oldest, scope.now);
        let group_by = params.group_by.as_deref().unwrap_or("none");
        let dimensions = dimensions(group_by)?;
        let limit = params.limit.unwrap_or(GROUPS_DEFAULT);
        if !(1..=GROUPS_MAX).contains(&limit) {
            return Err(Problem::parameter("limit", format!("must be 1 to {GROUPS_MAX}")));
        }
        let (cells, previous) = tokio::try_join!(
            self.sum(scope.now, scope.range, Some(step), &scope.filter, &dimensions),
            self.sum_previous(scope, Some(step), &dimensions),
        )?;
        let keys = busiest(&cells, group_by, limit);
        Ok(dto::Series {
            range: scope.range.into(),
            t0_ms: cells.start.millis(),
            step_ms: millis(cells.step),
            n: cells.n as u64,
            source: cells.source.name().into(),
            group_by: group_by.into(),
            groups: grouped(&cells, group_by, &keys),
            previous: previous.map(|previous| grouped(&previous, group_by, &keys)),
        })
    }
}

fn dimensions(group_by: &str) -> Result<Vec<Dimension>, Problem> {
    Ok(match group_by {
        "none" => Vec::new(),
        "endpoint" => vec![Dimension::Endpoint],
        "service" => vec![Dimension::Service],
        "environment" => vec![Dimension::Environment],
        "provider" => vec![Dimension::Provider],
        "region" => vec![Dimension::Region],
        "version" => vec![Dimension::Version],
        "status" => vec![Dimension::Status],
        other => return Err(Problem::parameter("group_by", format!("`{other}` cannot be grouped by"))),
    })
}

/// (key, label) of a group: the key is what the filter of the same name takes.
fn name_of(cells: &Cells, group: usize, group_by: &str) -> (String, String) {
    match group_by {
        "none" => ("all".into(), "all".into()),
        "endpoint" => {
            let endpoint = cells.endpoint(group, 0);
            (endpoint.id().to_string(), format!("{} {}", endpoint.method, endpoint.route))
        }
        "environment" => {
            let id = cells.environment(group, 0).to_string();
            (id.clone(), id)
        }
        _ => {
            let value = cells.groups[group][0].to_string();
            let label = if value.is_empty() { "none".into() } else { value.clone() };
            (value, label)
        }
    }
}

/// The groups to show by themselves, busiest first; equals by name, so that colours do not jump.
fn busiest(cells: &Cells, group_by: &str, limit: usize) -> Vec<(String, String)> {
    let mut ranked: Vec<(u64, (String, String))> = (0..cells.groups.len())
        .map(|group| {
            let requests = cells.of(group).iter().map(Rollup::requests).sum();
            (requests, name_of(cells, group, group_by))
        })
        .collect();
    ranked.sort_by(|(left, left_name), (right, right_name)| {
        right.cmp(left).then_with(|| left_name.cmp(right_name))
    });
    let merged = ranked.len() > limit;
    let mut names: Vec<_> = ranked.into_iter().take(limit).map(|(_, name)| name).collect();
    if merged {
        names.push((OTHER.into(), "others".into()));
    }
    names
}

fn grouped(cells: &Cells, group_by: &str, keys: &[(String, String)]) -> Vec<SeriesGroup> {
    let position: HashMap<&str, usize> =
        keys.iter().enumerate().map(|(at, (key, _))| (key.as_str(), at)).collect();
    let mut columns = vec![vec![Rollup::default(); cells.n]; keys.len()];
    for group in 0..cells.groups.len() {
        let (key, _) = name_of(cells, group, group_by);
        let at = position.get(key.as_str()).or_else(|| position.get(OTHER));
        if let Some(&at) = at {
            for (sum, rollup) in columns[at].iter_mut().zip(cells.of(group)) {
                sum.merge(rollup);
            }
        }
    }
    let named = keys.iter().zip(&columns);
    named
        .map(|((key, label), rollups)| SeriesGroup::of(key.clone(), label.clone(), cells.step, rollups))
        .collect()
}
