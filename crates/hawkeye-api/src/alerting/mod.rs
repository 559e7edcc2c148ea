//! Alerting: what fires, who is told, and what people decide about both. The engine does the work.

pub(crate) mod alerts;
pub(crate) mod backtest;
pub(crate) mod channels;
pub(crate) mod conversions;
pub(crate) mod link;
pub(crate) mod notifications;
pub(crate) mod routing;
pub(crate) mod rules;
pub(crate) mod silences;

use std::error::Error;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;

use crate::error::{FieldError, Problem};

/// A document with mistakes, each with its place.
pub(crate) fn wrong(mistakes: Vec<hawkeye_alert::Wrong>) -> Problem {
    let detail: Vec<String> = mistakes.iter().map(|it| format!("{}: {}", it.path, it.message)).collect();
    let mut problem = Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid_document",
        "The document has mistakes",
        detail.join("; "),
    );
    problem.errors =
        mistakes.into_iter().map(|it| FieldError { field: it.path, message: it.message }).collect();
    problem
}

/// The body, or what is wrong with it and where.
pub(crate) fn body<T>(body: Result<Json<T>, JsonRejection>) -> Result<T, Problem> {
    let rejection = match body {
        Ok(Json(body)) => return Ok(body),
        Err(rejection) => rejection,
    };
    match place(&rejection) {
        Some((path, message)) => Err(wrong(vec![hawkeye_alert::Wrong { path, message }])),
        None => Err(Problem::parameter("body", rejection.body_text())),
    }
}

/// A document names itself, and its address names it again.
pub(crate) fn same_id(in_body: &str, in_address: &str) -> Result<(), Problem> {
    if in_body == in_address {
        return Ok(());
    }
    Err(Problem::parameter("id", format!("is `{in_body}` in the body and `{in_address}` in the address")))
}

/// Where reading stopped in a document that is JSON but of another shape.
fn place(rejection: &JsonRejection) -> Option<(String, String)> {
    let JsonRejection::JsonDataError(error) = rejection else { return None };
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<serde_path_to_error::Error<serde_json::Error>>() {
            let path = found.path();
            return (path.iter().len() > 0).then(|| (path.to_string(), found.inner().to_string()));
        }
        cause = error.source();
    }
    None
}

/// An alert's or notification's number.
pub(crate) fn number(what: &str, text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::not_found(format!("no {what} {text}")))
}
