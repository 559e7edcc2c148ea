//! `GET /api/v1/facets`: which values occur, for the filters.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hawkeye_store::Dimension;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::dto::{FacetValue, Facets};
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams};

const FIELDS: [&str; 9] =
    ["service", "environment", "provider", "region", "deployment", "method", "version", "status", "endpoint"];
const VALUES_MAX: usize = 5_000;

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FacetParams {
    /// Comma list of `service`, `environment`, `provider`, `region`, `deployment`, `method`, `version`, `status`,
    /// `endpoint`; all when left out.
    fields: Option<String>,
    /// Values a field, busiest first.
    #[param(default = 50, maximum = 5000)]
    limit: Option<usize>,
}

/// The values of each field with their requests.
#[utoipa::path(get, path = "/api/v1/facets", tag = "read", params(ScopeParams, FacetParams),
    responses((status = 200, body = Facets), (status = 400, body = Problem)))]
pub(crate) async fn facets(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<FacetParams>,
) -> Result<Json<Facets>, Problem> {
    let scope = Scope::read(&scope, &*app.clock)?;
    let asked = params.fields.as_deref().unwrap_or_default().split(',').filter(|field| !field.is_empty());
    let mut fields: Vec<&str> = asked.collect();
    if fields.is_empty() {
        fields = FIELDS.into();
    }
    if let Some(unknown) = fields.iter().find(|field| !FIELDS.contains(field)) {
        return Err(Problem::parameter("fields", format!("`{unknown}` is none of {}", FIELDS.join(", "))));
    }
    let limit = params.limit.unwrap_or(50).clamp(1, VALUES_MAX);
    let by = [Dimension::Endpoint, Dimension::Environment, Dimension::Version];
    let cells = app.sum(scope.now, scope.range, None, &scope.filter, &by).await?;
    let mut counts: HashMap<&str, HashMap<String, (String, u64)>> = HashMap::new();
    for group in 0..cells.groups.len() {
        let rollup = cells.total(group);
        let [service, method, route, provider, deployment, region, version] = &cells.groups[group][..] else {
            continue;
        };
        for &field in &fields {
            let values = counts.entry(field).or_default();
            let mut count = |value: String, label: Option<String>, requests: u64| {
                let label = label.unwrap_or_else(|| value.clone());
                values.entry(value).or_insert((label, 0)).1 += requests;
            };
            let mut plain = |value: &Arc<str>| count(value.to_string(), None, rollup.requests());
            match field {
                "service" => plain(service),
                "method" => plain(method),
                "provider" => plain(provider),
                "deployment" => plain(deployment),
                "region" => plain(region),
                "version" => plain(version),
                "environment" => count(cells.environment(group, 3).to_string(), None, rollup.requests()),
                "status" => rollup.statuses.iter().for_each(|(code, n)| count(code.to_string(), None, *n)),
                _ => {
                    let label = format!("{service} {method} {route}");
                    count(cells.endpoint(group, 0).id().to_string(), Some(label), rollup.requests());
                }
            }
        }
    }
    let ranked = |field: &str| {
        let values = counts.remove(field).unwrap_or_default().into_iter();
        let mut values: Vec<FacetValue> =
            values.map(|(value, (label, requests))| FacetValue { value, label, requests }).collect();
        values.sort_by(|left, right| {
            right.requests.cmp(&left.requests).then_with(|| left.label.cmp(&right.label))
        });
        values.truncate(limit);
        values
    };
    let mut ranked = ranked;
    let fields: BTreeMap<String, Vec<FacetValue>> =
        fields.iter().map(|field| ((*field).to_owned(), ranked(field))).collect();
    Ok(Json(Facets { range: scope.range.into(), fields }))
}
