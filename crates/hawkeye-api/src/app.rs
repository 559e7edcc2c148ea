//! What all handlers share, and the routes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::routing::get;
use hawkeye_engine::Engine;
use hawkeye_ingest::{IngestConfig, Normaliser};
use hawkeye_model::{Clock, Timestamp};
use hawkeye_store::Store;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::demo::DemoControl;
use crate::ingest::Intake;
use crate::live::Live;
use crate::{
    alerting, alertmanager, demo, detection, forecasting, incidents, ingest, journeys, origin, probes, read,
    stream, web,
};

/// Only our own files may load or run; nobody may frame the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
     img-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
     frame-ancestors 'none'; form-action 'self'";

/// Everything a handler can reach.
#[derive(Debug)]
pub struct App {
    pub(crate) store: Arc<Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) live: Live,
    pub(crate) intake: Intake,
    pub(crate) demo: Arc<dyn DemoControl>,
    pub(crate) engine: Arc<Engine>,
    pub(crate) info: AppInfo,
    closing: AtomicBool,
}

/// What the binary knows about itself.
pub struct AppInfo {
    pub version: &'static str,
    pub started: Timestamp,
    pub otlp_http_address: String,
    pub otlp_grpc_address: String,
    /// Writes the process's metrics in Prometheus' text format.
    pub render_metrics: Box<dyn Fn() -> String + Send + Sync>,
}

impl std::fmt::Debug for AppInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppInfo").field("version", &self.version).finish_non_exhaustive()
    }
}

impl App {
    #[must_use]
    pub fn new(
        store: Arc<Store>,
        clock: Arc<dyn Clock>,
        limits: IngestConfig,
        demo: Arc<dyn DemoControl>,
        engine: Arc<Engine>,
        info: AppInfo,
    ) -> Arc<Self> {
        let intake = Intake::new(Normaliser::new(limits));
        Arc::new(Self {
            store,
            clock,
            live: Live::default(),
            intake,
            demo,
            engine,
            info,
            closing: AtomicBool::new(false),
        })
    }

    /// Ends the live streams, which otherwise never end, so that the servers can finish.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Release);
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }
}

/// The UI, the API and the probes.
pub fn router(app: Arc<App>) -> Router {
    let header = |name: HeaderName, value| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let (api, _) = api_router().with_state(Arc::clone(&app)).split_for_parts();
    api.route("/api/openapi.json", get(web::openapi))
        .route("/api/v1/stream", get(stream::stream).with_state(Arc::clone(&app)))
        .route(
            "/ack/{token}",
            get(alerting::link::look).post(alerting::link::acknowledge).with_state(Arc::clone(&app)),
        )
        .merge(alertmanager::router().with_state(Arc::clone(&app)))
        .merge(probes::router(app))
        .fallback(web::page)
        .method_not_allowed_fallback(web::method_not_allowed)
        .layer(axum::middleware::from_fn(origin::refuse_foreign))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(header(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"))
}

/// The routes that the OpenAPI document describes.
pub(crate) fn api_router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(read::overview::overview))
        .routes(routes!(read::series::series))
        .routes(routes!(read::endpoints::list))
        .routes(routes!(read::endpoint::detail))
        .routes(routes!(read::heatmap::heatmap))
        .routes(routes!(read::requests::search, ingest::native::post))
        .routes(routes!(read::environments::list))
        .routes(routes!(read::matrix::matrix))
        .routes(routes!(read::facets::facets))
        .routes(routes!(read::status::status))
        .routes(routes!(demo::get, demo::start, demo::remove))
        .routes(routes!(detection::list::list))
        .routes(routes!(detection::list::detail))
        .routes(routes!(detection::actions::act))
        .routes(routes!(detection::actions::preview))
        .routes(routes!(detection::adjustments::list))
        .routes(routes!(detection::adjustments::undo))
        .routes(routes!(detection::status::get))
        .routes(routes!(detection::settings::get, detection::settings::put))
        .routes(routes!(detection::expectations::expectations))
        .routes(routes!(detection::explanation::explain))
        .routes(routes!(detection::backtest::run))
        .merge(alerting_router())
        .merge(forecasting_router())
        .merge(incidents_router())
}

fn incidents_router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(incidents::list::list))
        .routes(routes!(incidents::list::detail))
        .routes(routes!(incidents::deployments::list, incidents::deployments::report))
        .routes(routes!(incidents::differences::of_box))
        .routes(routes!(incidents::differences::of_anomaly))
        .routes(routes!(incidents::comparison::compare))
}

fn forecasting_router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(forecasting::forecast::forecast))
        .routes(routes!(forecasting::predictions::list))
        .routes(routes!(forecasting::reliability::reliability))
        .routes(routes!(forecasting::capacity::list))
        .routes(routes!(forecasting::objectives::list))
        .routes(routes!(forecasting::objectives::put, forecasting::objectives::remove))
        .routes(routes!(journeys::list::list))
        .routes(routes!(journeys::list::detail, journeys::documents::put, journeys::documents::remove))
        .routes(routes!(journeys::documents::check))
        .routes(routes!(journeys::proposals::list))
        .routes(routes!(journeys::proposals::answer))
        .routes(routes!(journeys::impact::impact))
}

fn alerting_router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(alerting::alerts::list))
        .routes(routes!(alerting::alerts::detail))
        .routes(routes!(alerting::alerts::act))
        .routes(routes!(alerting::alerts::status))
        .routes(routes!(alerting::rules::list, alerting::rules::apply))
        .routes(routes!(alerting::rules::put, alerting::rules::remove))
        .routes(routes!(alerting::rules::preview))
        .routes(routes!(alerting::routing::get, alerting::routing::put))
        .routes(routes!(alerting::routing::preview))
        .routes(routes!(alerting::routing::on_call))
        .routes(routes!(alerting::backtest::run))
        .routes(routes!(alerting::silences::list, alerting::silences::put))
        .routes(routes!(alerting::silences::detail, alerting::silences::expire))
        .routes(routes!(alerting::silences::preview))
        .routes(routes!(alerting::channels::list))
        .routes(routes!(alerting::channels::put, alerting::channels::remove))
        .routes(routes!(alerting::channels::test))
        .routes(routes!(alerting::notifications::list))
        .routes(routes!(alerting::notifications::detail))
        .routes(routes!(alerting::notifications::retry))
}
