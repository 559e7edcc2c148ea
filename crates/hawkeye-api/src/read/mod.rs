//! Answering questions: each file is one address.

pub(crate) mod endpoint;
pub(crate) mod endpoints;
pub(crate) mod environments;
pub(crate) mod facets;
pub(crate) mod heatmap;
pub(crate) mod matrix;
pub(crate) mod overview;
pub(crate) mod requests;
pub(crate) mod series;
pub(crate) mod status;

pub(crate) mod steps;

mod attention;

use std::collections::HashMap;
use std::time::Duration;

use hawkeye_model::{EndpointId, Rollup, Timestamp};
use hawkeye_store::{Cells, Dimension, Filter, SumQuery, TimeRange};

use crate::app::App;
use crate::error::Problem;
use crate::params::Scope;

/// How long an endpoint without requests is still listed.
const KNOWN_FOR: Duration = Duration::from_secs(7 * 86_400);

/// When an endpoint was seen, apart from the range in question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
}

impl App {
    /// All sums of one answer are judged by the same `now`, that of the scope.
    pub(crate) async fn sum(
        &self,
        now: Timestamp,
        range: TimeRange,
        step: Option<Duration>,
        filter: &Filter,
        group_by: &[Dimension],
    ) -> Result<Cells, Problem> {
        let group_by = group_by.into();
        let query = SumQuery { range, step, filter: filter.clone(), group_by, dataset: None };
        Ok(self.store.sum(&query, now).await?)
    }

    /// The same sum for the compared range; `None` when nothing is compared.
    pub(crate) async fn sum_previous(
        &self,
        scope: &Scope,
        step: Option<Duration>,
        group_by: &[Dimension],
    ) -> Result<Option<Cells>, Problem> {
        match scope.previous(step.unwrap_or(Duration::from_secs(10))) {
            Some(range) => self.sum(scope.now, range, step, &scope.filter, group_by).await.map(Some),
            None => Ok(None),
        }
    }

    /// The endpoints of the last seven days and of the range, with their first and last request. A filter by
    /// status does not count.
    pub(crate) async fn known_endpoints(
        &self,
        scope: &Scope,
    ) -> Result<HashMap<EndpointId, (hawkeye_model::Endpoint, Seen)>, Problem> {
        // Whether an endpoint exists does not depend on its statuses, and those would take a week of requests to read.
        let filter = Filter { statuses: Vec::new(), ..scope.filter.clone() };
        let range = TimeRange {
            from: scope.range.from.min(scope.now.minus(KNOWN_FOR)),
            to: scope.range.to.max(scope.now),
        };
        let cells = self.sum(scope.now, range, None, &filter, &[Dimension::Endpoint]).await?;
        let known = (0..cells.groups.len()).map(|group| {
            let (endpoint, total) = (cells.endpoint(group, 0), cells.total(group));
            (endpoint.id(), (endpoint, Seen { first: total.first, last: total.last }))
        });
        Ok(known.collect())
    }
}

/// The totals of the compared range by the values of their group.
pub(crate) fn totals(cells: Option<&Cells>) -> HashMap<Vec<std::sync::Arc<str>>, Rollup> {
    let groups = cells.into_iter().flat_map(|cells| (0..cells.groups.len()).map(move |group| (cells, group)));
    groups.map(|(cells, group)| (cells.groups[group].clone(), cells.total(group))).collect()
}
