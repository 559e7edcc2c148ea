//! A server in small: a book, a dispatcher and a clock that tests move.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hawkeye_alert::{
    Acknowledgement, Alert, Book, Dispatcher, Group, Labels, Received, Receiver, Routing, Silence, Step, Told,
};
use hawkeye_model::Timestamp;

/// Monday, 2 November 2026, 12:00 UTC.
pub(crate) const START_S: i64 = 1_793_620_800;

const TIMEOUT: Duration = Duration::from_secs(100_000);

pub(crate) struct World {
    pub(crate) book: Book,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) routing: Routing,
    pub(crate) silences: Vec<Silence>,
    pub(crate) now_s: i64,
}

impl World {
    pub(crate) fn new(routing: Routing) -> Self {
        Self {
            book: Book::default(),
            dispatcher: Dispatcher::default(),
            routing,
            silences: Vec::new(),
            now_s: START_S,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_secs(self.now_s)
    }

    /// Lets an alert fire, named by `service/instance/severity`.
    pub(crate) fn fire(&mut self, name: &str) {
        self.receive(name, None);
    }

    pub(crate) fn resolve(&mut self, name: &str) {
        let ends = Some(self.now());
        self.receive(name, ends);
    }

    fn receive(&mut self, name: &str, ends: Option<Timestamp>) {
        let labels = labels(name);
        let received =
            Received { labels, annotations: Labels::new(), starts: None, ends, generator_url: None };
        self.book.receive(vec![received], self.now(), TIMEOUT);
    }

    pub(crate) fn alert(&self, name: &str) -> &Alert {
        let labels = labels(name);
        self.book.alerts().filter(|it| it.labels == labels).last().expect(name)
    }

    pub(crate) fn acknowledge(&mut self, name: &str, for_s: Option<i64>) {
        let (id, at) = (self.alert(name).id, self.now());
        let until = for_s.map(|it| Timestamp::from_secs(self.now_s + it));
        let acknowledgement = Acknowledgement { by: "ann".into(), at, until, note: None };
        assert!(self.book.change(id, |alert| alert.acknowledge(acknowledgement)));
    }

    /// Moves the clock second by second, and returns what was told with the second from the start.
    pub(crate) fn run(&mut self, seconds: i64) -> Vec<(i64, Told)> {
        let mut told = Vec::new();
        for _ in 0..seconds {
            told.extend(self.tick().into_iter().map(|it| (self.now_s - START_S, it)));
            self.now_s += 1;
        }
        told
    }

    pub(crate) fn tick(&mut self) -> Vec<Told> {
        let now = self.now();
        self.book.tick(&self.silences, &self.routing, now);
        let told = self.dispatcher.step(self.book.alerts(), &self.routing, now, &mut BTreeSet::new());
        for (id, ..) in told.iter().flat_map(|it| &it.alerts) {
            self.book.change(*id, |alert| std::mem::take(&mut alert.is_owed));
        }
        let needed = self.dispatcher.needed();
        self.book.let_go(|id| needed.contains(&id));
        told
    }

    /// Everything through its stored form, as after a crash.
    pub(crate) fn restart(&mut self) {
        let alerts: Vec<Alert> = self.book.alerts().cloned().collect();
        let next = self.book.next_id();
        let json = serde_json::to_string(&alerts).expect("alerts have a form");
        self.book = Book::new(serde_json::from_str(&json).expect("and can be read"), next);
        let json = serde_json::to_string(self.dispatcher.groups()).expect("groups have a form");
        let groups: BTreeMap<String, Group> = serde_json::from_str(&json).expect("and can be read");
        self.dispatcher = Dispatcher::new(groups);
    }
}

pub(crate) fn labels(name: &str) -> Labels {
    let names = ["service", "instance", "severity"];
    let parts = names.into_iter().zip(name.split('/'));
    let mut labels: Labels = parts.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    labels.insert("alertname".into(), "Test".into());
    labels.insert("dataset".into(), "live".into());
    labels
}

/// Grouped by service; everything to `pager`, in the steps given as (seconds, channel).
pub(crate) fn routing(steps: &[(u32, &str)]) -> Routing {
    let step = |(after_s, channel): &(u32, &str)| Step {
        after_s: *after_s,
        channels: vec![(*channel).to_owned()],
        schedules: Vec::new(),
    };
    let mut routing = Routing {
        receivers: vec![Receiver {
            name: "pager".into(),
            steps: steps.iter().map(step).collect(),
            send_resolved: true,
        }],
        inhibitions: Vec::new(),
        ..Routing::default()
    };
    routing.route.receiver = Some("pager".into());
    routing.route.group_by = Some(vec!["service".into()]);
    routing
}

/// When, why, how many alerts, and to whom: `0 first 1 a,b`.
pub(crate) fn lines(told: &[(i64, Told)]) -> Vec<String> {
    let line = |(second, told): &(i64, Told)| {
        let channels: Vec<_> = told.targets.iter().map(|it| it.channel.as_str()).collect();
        format!("{second} {} {} {}", told.reason.as_str(), told.alerts.len(), channels.join(","))
    };
    told.iter().map(line).collect()
}
