//! A store in a temporary folder, and requests to put into it.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hawkeye_model::{Endpoint, Environment, Provider, Request, Rollup, Series, SpanId, Timestamp};
use hawkeye_store::{
    Appended, Cells, Dataset, Dimension, Filter, RequestQuery, Store, StoreConfig, StoreError, SumQuery,
    TimeRange,
};

/// The moment at which all tests begin: 2026-01-01 00:00 UTC.
pub(crate) const START: Timestamp = Timestamp::from_secs(1_767_225_600);

pub(crate) struct Harness {
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
    config: fn(&mut StoreConfig),
    open: Option<(Arc<Store>, JoinHandle<()>)>,
    pub(crate) now: Timestamp,
}

impl Harness {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(config: fn(&mut StoreConfig)) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build();
        let mut harness = Self {
            runtime: runtime.expect("a runtime"),
            folder: tempfile::tempdir().expect("a folder"),
            config,
            open: None,
            now: START,
        };
        harness.reopen();
        harness
    }

    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.open.as_ref().expect("open").0
    }

    /// Ends as a crash would, without a farewell, and starts again.
    pub(crate) fn reopen(&mut self) {
        self.drop_store();
        let mut config = StoreConfig::at(self.folder.path());
        (self.config)(&mut config);
        let (store, committer) = Store::open(config, self.runtime.handle().clone()).expect("opens");
        self.open = Some((store, std::thread::spawn(|| committer.run())));
    }

    fn drop_store(&mut self) {
        if let Some((store, committer)) = self.open.take() {
            drop(store);
            committer.join().expect("the committer ends");
        }
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) fn append(&self, requests: Vec<Request>) -> Appended {
        self.append_to(Dataset::Live, requests)
    }

    pub(crate) fn append_to(&self, dataset: Dataset, requests: Vec<Request>) -> Appended {
        self.runtime.block_on(self.store().append(requests, dataset, self.now)).expect("appends")
    }

    pub(crate) fn try_append(&self, requests: Vec<Request>) -> Result<Appended, StoreError> {
        self.runtime.block_on(self.store().append(requests, Dataset::Live, self.now))
    }

    pub(crate) fn remove_demo(&self) {
        self.runtime.block_on(self.store().remove(Dataset::Demo)).expect("removes");
    }

    pub(crate) fn maintain_after(&mut self, passed: Duration) {
        self.now = self.now.plus(passed);
        self.store().maintain(self.now).expect("maintains");
    }

    pub(crate) fn page(&self, query: &RequestQuery) -> hawkeye_store::RequestPage {
        self.runtime.block_on(self.store().requests(query)).expect("answers")
    }

    pub(crate) fn visits(&self, query: &hawkeye_store::VisitQuery) -> hawkeye_store::Visits {
        self.runtime.block_on(self.store().visits(query)).expect("answers")
    }

    pub(crate) fn sample(&self, query: &hawkeye_store::SampleQuery) -> hawkeye_store::Sample {
        self.runtime.block_on(self.store().sample(query)).expect("answers")
    }

    /// All requests of all time, newest first.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let query = RequestQuery::newest(TimeRange { from: Timestamp::MIN, to: Timestamp::MAX }, 1_000_000);
        self.page(&query).requests.into_iter().map(|stored| stored.request).collect()
    }

    /// Counts all requests by a query that is planned before `meanwhile` and read after it.
    pub(crate) fn requests_while(&self, meanwhile: impl FnOnce(&Self)) -> usize {
        let query = RequestQuery::newest(TimeRange { from: Timestamp::MIN, to: Timestamp::MAX }, 1_000_000);
        let mut answer = Box::pin(self.store().requests(&query));
        // The first poll plans the query and hands it to its runtime, which starts to read.
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let polled = std::future::Future::poll(answer.as_mut(), &mut context);
        meanwhile(self);
        match polled {
            std::task::Poll::Ready(page) => page.expect("answers").requests.len(),
            std::task::Poll::Pending => self.runtime.block_on(answer).expect("answers").requests.len(),
        }
    }

    pub(crate) fn sum(
        &self,
        range: TimeRange,
        step: Option<Duration>,
        filter: Filter,
        group_by: &[Dimension],
    ) -> Cells {
        let query = SumQuery { range, step, filter, group_by: group_by.into(), dataset: None };
        self.runtime.block_on(self.store().sum(&query, self.now)).expect("answers")
    }

    /// All requests of a data set.
    pub(crate) fn total_of(&self, dataset: Dataset, range: TimeRange) -> Rollup {
        let (filter, group_by) = (Filter::default(), Vec::new());
        let query = SumQuery { range, step: None, filter, group_by, dataset: Some(dataset) };
        self.runtime.block_on(self.store().sum(&query, self.now)).expect("answers").total(0)
    }

    pub(crate) fn total(&self, range: TimeRange) -> Rollup {
        self.sum(range, None, Filter::default(), &[]).total(0)
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        self.drop_store();
    }
}

pub(crate) fn hours(from: i64, to: i64) -> TimeRange {
    let at = |hours: i64| Timestamp::from_micros(START.micros() + hours * 3_600_000_000);
    TimeRange { from: at(from), to: at(to) }
}

/// The `n`-th request of a varied, repeatable lot: one every 700 ms from [`START`] on.
pub(crate) fn request(n: u64) -> Request {
    let (service, provider) =
        (["orders", "payments", "catalog"][(n % 3) as usize], Provider::ALL[(n % 4) as usize]);
    let endpoint = Endpoint {
        service: service.into(),
        method: if n.is_multiple_of(5) { "POST" } else { "GET" }.into(),
        route: format!("/{service}/{}", n % 7).into(),
    };
    let environment = Environment::new(provider, "production", "eu-west-1");
    let status = [200, 200, 404, 200, 503, 201][(n % 6) as usize];
    let start = START.plus(Duration::from_millis(n * 700));
    let mut request = Request::new(
        start,
        1_000 + (n * 7_919) % 250_000,
        Arc::new(Series::new(endpoint, environment)),
        status,
    );
    request.version = format!("v{}", n % 2).into();
    request.consumer = format!("customer-{}", n % 10).into();
    request.size_bytes_out = n;
    request.span_id = SpanId((n + 1).to_be_bytes());
    request
}

pub(crate) fn requests(range: std::ops::Range<u64>) -> Vec<Request> {
    range.map(request).collect()
}
