//! The UI's files and the OpenAPI document.

use std::collections::BTreeSet;

use axum::Json;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::app::api_router;
use crate::error::Problem;

/// OpenAPI 3.1 of everything under `/api/v1`, made from the handlers.
///
/// # Panics
/// Never: the document always serialises.
#[must_use]
pub fn openapi_json() -> Value {
    let mut document = api_router().to_openapi();
    document.info.title = "Hawkeye".into();
    document.info.description = Some("Watches every API a team runs, in every environment.".into());
    document.info.license = None;
    document.info.contact = None;
    let mut document = serde_json::to_value(document).unwrap_or_default();
    require_all_fields(&mut document);
    document
}

pub(crate) async fn openapi() -> Json<Value> {
    Json(openapi_json())
}

/// Files of the UI by their exact name; every other address is a page of it.
pub(crate) async fn page(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("v1/") {
        // An exporter would take a page for success and drop its data.
        return Problem::not_found("OTLP has ports of its own, 4318 for HTTP and 4317 for gRPC")
            .into_response();
    }
    if path == "api" || path.starts_with("api/") {
        return Problem::not_found(format!("no handler for {}", uri.path())).into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return method_not_allowed().await.into_response();
    }
    let (asset, status) = match hawkeye_ui::asset(path) {
        Some(asset) => (asset, StatusCode::OK),
        None if path.starts_with("assets/") => return StatusCode::NOT_FOUND.into_response(),
        None => (hawkeye_ui::index(), StatusCode::OK),
    };
    let cache = if asset.is_immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [(header::CONTENT_TYPE, asset.content_type), (header::CACHE_CONTROL, cache.to_owned())];
    (status, headers, asset.bytes).into_response()
}

pub(crate) async fn method_not_allowed() -> Problem {
    let detail = "this address does not take this method; see /api/openapi.json";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Another method is needed", detail)
}

/// Answers always carry every field (null where there is no value), so that clients need no "maybe absent" case.
fn require_all_fields(document: &mut Value) {
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for schema in schemas.into_iter().flat_map(|schemas| schemas.values_mut()) {
        let mut parts = vec![schema];
        while let Some(part) = parts.pop() {
            let names = part.get("properties").and_then(Value::as_object);
            let names: Option<BTreeSet<String>> = names.map(|fields| fields.keys().cloned().collect());
            if let (Some(names), Some(part)) = (names, part.as_object_mut()) {
                part.insert("required".into(), names.into_iter().collect());
            }
            parts.extend(part.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The UI's client is generated from this file. After a deliberate change run
    /// `HAWKEYE_UPDATE=1 cargo test -p hawkeye-api` and `npm --prefix ui run generate`.
    #[test]
    fn the_committed_document_is_what_the_handlers_say() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
        let actual = format!("{:#}\n", openapi_json());
        if std::env::var_os("HAWKEYE_UPDATE").is_some() {
            std::fs::write(path, &actual).expect("writes");
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == actual, "openapi.json is stale; see the comment above this test");
    }

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let document = openapi_json();
        let paths = document["paths"].as_object().expect("paths").values();
        let operations = paths.flat_map(|path| path.as_object().into_iter().flat_map(|path| path.values()));
        let mut names: Vec<&Value> = operations.map(|operation| &operation["operationId"]).collect();
        let all = names.len();
        names.sort_by_key(|name| name.to_string());
        names.dedup();
        assert!(all > 10 && names.len() == all, "{names:?}");
    }

    #[test]
    fn answers_have_no_optional_fields() {
        let document = openapi_json();
        assert_eq!(document["openapi"], "3.1.0");
        let stats = &document["components"]["schemas"]["Stats"];
        assert_eq!(
            stats["required"].as_array().map(Vec::len),
            stats["properties"].as_object().map(serde_json::Map::len)
        );
    }
}
