//! The future: forecasts, predicted breaches, how good past forecasts were, capacity, objectives. The engine does the
//! work.

pub(crate) mod capacity;
pub(crate) mod conversions;
pub(crate) mod forecast;
pub(crate) mod objectives;
pub(crate) mod predictions;
pub(crate) mod reliability;

use std::time::Duration;

use hawkeye_forecast::ForecastMeasure;

use crate::error::Problem;
use crate::params::parse_duration;

/// A length of time within bounds, or what is wrong with it.
pub(crate) fn duration(
    field: &str,
    text: Option<&str>,
    default: &str,
    (least, most): (&str, &str),
) -> Result<Duration, Problem> {
    let known = |text: &str| parse_duration(text).unwrap_or_default();
    match parse_duration(text.unwrap_or(default)) {
        Some(duration) if (known(least)..=known(most)).contains(&duration) => Ok(duration),
        _ => Err(Problem::parameter(field, format!("must be a length of time from `{least}` to `{most}`"))),
    }
}

/// A comma list of measures.
pub(crate) fn measures(text: Option<&str>) -> Result<Vec<ForecastMeasure>, Problem> {
    let known = ForecastMeasure::ALL.map(ForecastMeasure::as_str).join(", ");
    let parse = |text: &str| {
        ForecastMeasure::parse(text)
            .ok_or_else(|| Problem::parameter("measure", format!("`{text}` is none of {known}")))
    };
    text.unwrap_or_default().split(',').filter(|text| !text.is_empty()).map(parse).collect()
}
