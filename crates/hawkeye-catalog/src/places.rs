//! Six columns that name a series, in the order in which every table has them.

use std::sync::Arc;

use hawkeye_model::{Endpoint, Environment, Provider, Series};
use rusqlite::Row;

use crate::CatalogError;

/// As a list of columns.
pub(crate) const SERIES: &str = "service, method, route, provider, deployment, region";

/// Reads [`SERIES`] from column `at` on.
pub(crate) fn series(row: &Row<'_>, at: usize) -> Result<Arc<Series>, CatalogError> {
    let text = |offset: usize| row.get::<_, Arc<str>>(at + offset);
    let endpoint = Endpoint { service: text(0)?, method: text(1)?, route: text(2)? };
    Ok(Arc::new(Series::new(endpoint, environment(row, at + 3)?)))
}

/// Reads provider, deployment and region from column `at` on.
pub(crate) fn environment(row: &Row<'_>, at: usize) -> Result<Environment, CatalogError> {
    let text = |offset: usize| row.get::<_, Arc<str>>(at + offset);
    Ok(Environment::new(Provider::parse(&text(0)?), &text(1)?, &text(2)?))
}
