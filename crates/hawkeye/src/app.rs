//! Puts everything together: opens the store, binds the sockets, spawns the tasks, and on SIGTERM or SIGINT takes
//! it all down again within ten seconds.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use hawkeye_api::dto::DemoStart;
use hawkeye_api::{App, AppInfo};
use hawkeye_engine::Engine;
use hawkeye_model::{Clock, Dataset, SystemClock, Timestamp};
use hawkeye_store::Store;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::config::{Config, LogFormat};
use crate::demo::Demo;

/// Requests that are under way at SIGTERM may take this long to finish.
const DRAIN: Duration = Duration::from_secs(5);

/// How often the store is tended.
const UPKEEP: Duration = Duration::from_secs(1);

/// Runs the server until it is told to stop. `demo` is made at the start unless there is demo data.
pub(crate) fn run(config: Config, demo: Option<DemoStart>) -> anyhow::Result<()> {
    start_log(&config)?;
    let queries = Builder::new_multi_thread().worker_threads(2).thread_name("query").enable_all().build()?;
    let main = Builder::new_multi_thread().thread_name("server").enable_all().build()?;
    let outcome = main.block_on(serve(&config, demo, &queries));
    queries.shutdown_background();
    main.shutdown_timeout(Duration::from_secs(1));
    outcome
}

async fn serve(config: &Config, demo_start: Option<DemoStart>, queries: &Runtime) -> anyhow::Result<()> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (store, committer) = Store::open(config.storage(), queries.handle().clone())?;
    let committer = std::thread::Builder::new().name("committer".into()).spawn(|| committer.run())?;
    let [ui, otlp_http, otlp_grpc] =
        [config.server.http_address, config.otlp.http_address, config.otlp.grpc_address].map(bind);
    let (ui, otlp_http, otlp_grpc) = (ui.await?, otlp_http.await?, otlp_grpc.await?);
    let engine = open_engine(config, &store, &clock, ui.local_addr()?).await?;
    let (demo, demo_worker) = Demo::new(config.storage().path, Arc::clone(&clock), Arc::clone(&engine));
    let info = AppInfo {
        version: env!("CARGO_PKG_VERSION"),
        started: clock.now(),
        otlp_http_address: otlp_http.local_addr()?.to_string(),
        otlp_grpc_address: otlp_grpc.local_addr()?.to_string(),
        render_metrics: install_metrics()?,
    };
    // Before anybody can know that the server is there: an earlier signal would end it without a farewell.
    let signals = [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?];
    announce(&[("listening", &ui), ("otlp_http", &otlp_http), ("otlp_grpc", &otlp_grpc)])?;
    let control = Arc::clone(&demo) as _;
    let app =
        App::new(Arc::clone(&store), Arc::clone(&clock), config.ingest(), control, Arc::clone(&engine), info);
    let (stop, stopped) = watch::channel(false);
    let servers = [
        ("http", spawn_server(ui, hawkeye_api::router(Arc::clone(&app)), &stopped)),
        ("otlp_http", spawn_server(otlp_http, hawkeye_api::otlp_router(Arc::clone(&app)), &stopped)),
        ("otlp_grpc", spawn_server(otlp_grpc, hawkeye_api::otlp_grpc(Arc::clone(&app)), &stopped)),
    ];
    let upkeep = tokio::spawn(tend(Arc::clone(&store), Arc::clone(&clock), stopped.clone()));
    let simulation = tokio::spawn(demo_worker.run(Arc::clone(&app), Arc::clone(&store), stopped.clone()));
    let simulated = Arc::clone(&demo);
    let complete_until = move |dataset| match dataset {
        Dataset::Live => Timestamp::MAX,
        Dataset::Demo => simulated.complete_until(),
    };
    let delivery = tokio::spawn(Arc::clone(&engine).deliver(stopped.clone()));
    let forecasting = tokio::spawn(Arc::clone(&engine).run_forecasts(stopped.clone()));
    let diagnosis = tokio::spawn(Arc::clone(&engine).run_diagnoses(stopped.clone()));
    let detection = tokio::spawn(engine.run(complete_until, stopped.clone()));
    if let Some(start) = demo_start {
        demo.start_unless_present(start)?;
    }
    wait_for(signals).await;
    tracing::info!("stopping");
    app.close();
    stop.send_replace(true);
    let deadline = Instant::now() + DRAIN;
    let workers = [
        ("upkeep", upkeep),
        ("simulation", simulation),
        ("detection", detection),
        ("forecasting", forecasting),
        ("diagnosis", diagnosis),
        ("delivery", delivery),
    ];
    for (name, task) in servers.into_iter().chain(workers) {
        finish(name, task, deadline).await;
    }
    tokio::task::spawn_blocking(move || store.close(clock.now())).await??;
    tokio::task::spawn_blocking(move || committer.join())
        .await?
        .ok()
        .context("the committer failed; see the log")?;
    tracing::info!("stopped");
    Ok(())
}

/// Reading what detection had learnt takes a second for thousands of series.
async fn open_engine(
    config: &Config,
    store: &Arc<Store>,
    clock: &Arc<dyn Clock>,
    ui: SocketAddr,
) -> anyhow::Result<Arc<Engine>> {
    let (folder, detection, alerting) = (config.storage().path, config.detection(), config.alerting(ui));
    let forecast = config.forecast();
    let (store, clock) = (Arc::clone(store), Arc::clone(clock));
    let opened = tokio::task::spawn_blocking(move || {
        Engine::open(&folder, store, clock, detection, alerting, forecast)
    });
    Ok(opened.await??)
}

fn start_log(config: &Config) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log.level)
        .with_context(|| format!("log.level: `{}` is not understood", config.log.level))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match config.log.format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

fn install_metrics() -> anyhow::Result<Box<dyn Fn() -> String + Send + Sync>> {
    let handle = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder()?;
    Ok(Box::new(move || handle.render()))
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}; is it taken?"))
}

/// On standard output, so that scripts can read which ports were taken.
fn announce(listeners: &[(&str, &TcpListener)]) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    for (name, listener) in listeners {
        writeln!(stdout, "{name} http://{}", listener.local_addr()?)?;
    }
    Ok(stdout.flush()?)
}

fn spawn_server(listener: TcpListener, router: Router, stopped: &watch::Receiver<bool>) -> JoinHandle<()> {
    let mut stopped = stopped.clone();
    tokio::spawn(async move {
        let stop = async move {
            // An error means that the sender is gone, which is a stop as well.
            stopped.wait_for(|stopped| *stopped).await.ok();
        };
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop).await {
            tracing::error!(%error, "a server ended");
        }
    })
}

/// Runs what is due, about once a second, until told to stop.
async fn tend(store: Arc<Store>, clock: Arc<dyn Clock>, mut stopped: watch::Receiver<bool>) {
    while tokio::time::timeout(UPKEEP, stopped.wait_for(|stopped| *stopped)).await.is_err() {
        let (store, now) = (Arc::clone(&store), clock.now());
        match tokio::task::spawn_blocking(move || store.maintain(now)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "upkeep failed; it is tried again"),
            Err(error) => tracing::error!(%error, "upkeep broke off"),
        }
    }
}

async fn wait_for([mut terminate, mut interrupt]: [Signal; 2]) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// All tasks share one deadline, so that together they take no longer than one of them may.
async fn finish(name: &str, task: JoinHandle<()>, deadline: Instant) {
    let abort = task.abort_handle();
    match tokio::time::timeout_at(deadline, task).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(name, %error, "a task failed"),
        Err(_) => {
            tracing::warn!(name, "a task did not finish in time");
            abort.abort();
        }
    }
}
