//! The configuration: the embedded default file, then the user's file, then `HAWKEYE_SECTION__KEY`.
//!
//! Every option stands in `config/hawkeye.toml`, so that file is also the list of what exists: an unknown name is an
//! error that names the place and the nearest known name.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hawkeye_catalog::Retention;
use hawkeye_engine::{AlertingConfig, DiagnosisConfig, EngineConfig, ForecastConfig};
use hawkeye_forecast::{Journey, Objective, check_journey, check_objective};
use hawkeye_ingest::IngestConfig;
use hawkeye_notify::{IpNet, NotifyConfig};
use hawkeye_store::StoreConfig;
use serde::{Deserialize, Deserializer};
use toml::{Table, Value};

/// Every option with its default and reason.
pub(crate) const DEFAULT: &str = include_str!("../../../config/hawkeye.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) otlp: Otlp,
    ingest: Ingest,
    storage: Storage,
    detection: Detection,
    diagnosis: Diagnosis,
    alerting: Alerting,
    forecasting: Forecasting,
    pub(crate) log: Log,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    pub(crate) http_address: SocketAddr,
    allow_unauthenticated: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Otlp {
    pub(crate) http_address: SocketAddr,
    pub(crate) grpc_address: SocketAddr,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ingest {
    body_size_bytes_max: usize,
    attribute_length_bytes_max: usize,
    routes_per_service_max: usize,
    versions_per_service_max: usize,
    services_max: usize,
    environments_max: usize,
    #[serde(deserialize_with = "duration")]
    past_max: Duration,
    #[serde(deserialize_with = "duration")]
    future_max: Duration,
    #[serde(deserialize_with = "duration")]
    client_span_grace: Duration,
    errors_max: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Storage {
    path: PathBuf,
    queue_requests_max: usize,
    head_requests_max: usize,
    segment_rows: usize,
    #[serde(deserialize_with = "duration")]
    segment_interval: Duration,
    #[serde(deserialize_with = "duration")]
    rollup_flush_interval: Duration,
    #[serde(deserialize_with = "duration")]
    request_retention: Duration,
    #[serde(deserialize_with = "duration")]
    rollup_10s_retention: Duration,
    #[serde(deserialize_with = "duration")]
    rollup_1m_retention: Duration,
    #[serde(deserialize_with = "duration")]
    rollup_1h_retention: Duration,
    disk_size_bytes_max: u64,
    duplicate_window_requests: usize,
    #[serde(deserialize_with = "duration")]
    query_timeout: Duration,
    query_concurrency_max: usize,
    query_cells_max: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Detection {
    #[serde(deserialize_with = "duration")]
    grace: Duration,
    #[serde(deserialize_with = "duration")]
    history: Duration,
    series_max: usize,
    #[serde(deserialize_with = "duration")]
    snapshot_interval: Duration,
    #[serde(deserialize_with = "duration")]
    anomaly_retention: Duration,
    anomalies_max: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Diagnosis {
    requests_max: usize,
    call_edges_max: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Alerting {
    public_url: String,
    #[serde(deserialize_with = "networks")]
    networks_allowed: Vec<IpNet>,
    #[serde(deserialize_with = "duration")]
    delivery_timeout: Duration,
    heartbeat_url: String,
    #[serde(deserialize_with = "duration")]
    heartbeat_ingest_silence_max: Duration,
    #[serde(deserialize_with = "duration")]
    resolve_timeout: Duration,
    #[serde(deserialize_with = "duration")]
    alert_retention: Duration,
    alerts_max: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Forecasting {
    scopes_max: usize,
    #[serde(deserialize_with = "duration")]
    history: Duration,
    #[serde(deserialize_with = "duration")]
    score_retention: Duration,
    journeys: Vec<Journey>,
    objectives: Vec<Objective>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) level: String,
    pub(crate) format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("{}: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}: {message}", path.display())]
    Syntax { path: PathBuf, message: String },
    #[error("{place}: unknown option {key}{}", nearest.as_ref().map(|it| format!("; did you mean {it}?")).unwrap_or_default())]
    Unknown { place: String, key: String, nearest: Option<String> },
    #[error("{place}: {key}: {message}")]
    Value { place: String, key: String, message: String },
    #[error(
        "{key} = {address} would let anybody in the network read and write; listen on 127.0.0.1, or set server.allow_unauthenticated = true if something else keeps strangers out"
    )]
    Exposed { key: &'static str, address: SocketAddr },
}

impl Config {
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let text = file.map(|path| {
            let source = |source| ConfigError::Read { path: path.into(), source };
            Ok((path, std::fs::read_to_string(path).map_err(source)?))
        });
        let text = text.transpose()?;
        Self::from_sources(text.as_ref().map(|(path, text)| (*path, text.as_str())), std::env::vars())
    }

    /// `variables` are looked at only when their name starts with `HAWKEYE_` and has a `__`.
    fn from_sources(
        file: Option<(&Path, &str)>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut options = Options::default();
        if let Some((path, text)) = file {
            options.add_file(path, text)?;
        }
        for (name, value) in variables {
            options.add_variable(&name, &value)?;
        }
        let config = options.read()?;
        config.check_addresses()?;
        config.check_documents()?;
        Ok(config)
    }

    fn check_addresses(&self) -> Result<(), ConfigError> {
        let addresses = [
            ("server.http_address", self.server.http_address),
            ("otlp.http_address", self.otlp.http_address),
            ("otlp.grpc_address", self.otlp.grpc_address),
        ];
        let exposed = addresses.into_iter().find(|(_, address)| !address.ip().is_loopback());
        match exposed {
            Some((key, address)) if !self.server.allow_unauthenticated => {
                Err(ConfigError::Exposed { key, address })
            }
            _ => Ok(()),
        }
    }

    /// Whether endpoints exist nobody knows before requests come.
    fn check_documents(&self) -> Result<(), ConfigError> {
        let Forecasting { journeys, objectives, .. } = &self.forecasting;
        let of = |name: &'static str, id: &str, problems: Vec<hawkeye_forecast::Problem>| {
            let problem = problems.into_iter().next()?;
            let place = format!("[[forecasting.{name}]] {id}");
            Some(ConfigError::Value { place, key: problem.field, message: problem.message })
        };
        let ids = |ids: Vec<&String>, name| {
            let twice = ids.iter().enumerate().find(|(at, id)| ids[..*at].contains(id));
            twice.map(|(_, id)| ConfigError::Value {
                place: format!("[[forecasting.{name}]] {id}"),
                key: "id".into(),
                message: "is there twice".into(),
            })
        };
        let wrong = journeys
            .iter()
            .find_map(|it| of("journeys", &it.id, check_journey(it)))
            .or_else(|| objectives.iter().find_map(|it| of("objectives", &it.id, check_objective(it))))
            .or_else(|| ids(journeys.iter().map(|it| &it.id).collect(), "journeys"))
            .or_else(|| ids(objectives.iter().map(|it| &it.id).collect(), "objectives"));
        wrong.map_or(Ok(()), Err)
    }

    pub(crate) fn ingest(&self) -> IngestConfig {
        let Ingest {
            body_size_bytes_max,
            attribute_length_bytes_max,
            routes_per_service_max,
            versions_per_service_max,
            services_max,
            environments_max,
            past_max,
            future_max,
            client_span_grace,
            errors_max,
        } = self.ingest;
        IngestConfig {
            body_size_bytes_max,
            attribute_length_bytes_max,
            routes_per_service_max,
            versions_per_service_max,
            services_max,
            environments_max,
            past_max,
            future_max,
            client_span_grace,
            errors_max,
        }
    }

    pub(crate) fn detection(&self) -> EngineConfig {
        let Detection { grace, history, series_max, snapshot_interval, anomaly_retention, anomalies_max } =
            self.detection;
        let retention = Retention { anomaly: anomaly_retention, anomalies_max };
        let Diagnosis { requests_max, call_edges_max } = self.diagnosis;
        let diagnosis = DiagnosisConfig { requests_max, call_edges_max };
        EngineConfig { grace, history, series_max, snapshot_interval, retention, diagnosis }
    }

    /// `bound` is where the UI listens; links lead there unless the configuration says where people reach it.
    pub(crate) fn alerting(&self, bound: SocketAddr) -> AlertingConfig {
        let alerting = &self.alerting;
        let public_url = match alerting.public_url.trim_end_matches('/') {
            // Nobody can open a link to "any address".
            "" if bound.ip().is_unspecified() => format!("http://127.0.0.1:{}", bound.port()),
            "" => format!("http://{bound}"),
            url => url.to_owned(),
        };
        AlertingConfig {
            notify: NotifyConfig {
                networks_allowed: alerting.networks_allowed.clone(),
                timeout: alerting.delivery_timeout,
                public_url: public_url.clone(),
                ..NotifyConfig::default()
            },
            public_url,
            heartbeat_url: Some(alerting.heartbeat_url.clone()).filter(|url| !url.is_empty()),
            heartbeat_ingest_silence_max: alerting.heartbeat_ingest_silence_max,
            alert_retention: alerting.alert_retention,
            alerts_max: alerting.alerts_max,
            resolve_timeout: alerting.resolve_timeout,
        }
    }

    pub(crate) fn forecast(&self) -> ForecastConfig {
        let Forecasting { scopes_max, history, score_retention, journeys, objectives } = &self.forecasting;
        ForecastConfig {
            scopes_max: *scopes_max,
            history: *history,
            score_retention: *score_retention,
            journeys: journeys.clone(),
            objectives: objectives.clone(),
        }
    }

    pub(crate) fn storage(&self) -> StoreConfig {
        let storage = &self.storage;
        StoreConfig {
            path: storage.path.clone(),
            queue_requests_max: storage.queue_requests_max,
            head_requests_max: storage.head_requests_max,
            segment_rows: storage.segment_rows,
            segment_interval: storage.segment_interval,
            rollup_flush_interval: storage.rollup_flush_interval,
            request_retention: storage.request_retention,
            rollup_10s_retention: storage.rollup_10s_retention,
            rollup_1m_retention: storage.rollup_1m_retention,
            rollup_1h_retention: storage.rollup_1h_retention,
            disk_size_bytes_max: storage.disk_size_bytes_max,
            duplicate_window_requests: storage.duplicate_window_requests,
            query_timeout: storage.query_timeout,
            query_concurrency_max: storage.query_concurrency_max,
            query_cells_max: storage.query_cells_max,
        }
    }
}

/// Options by section and name, with the place that last set each.
struct Options {
    values: Table,
    places: BTreeMap<String, String>,
}

impl Default for Options {
    fn default() -> Self {
        // The embedded file is tested, so it always reads.
        Self { values: DEFAULT.parse().unwrap_or_default(), places: BTreeMap::new() }
    }
}

impl Options {
    fn add_file(&mut self, path: &Path, text: &str) -> Result<(), ConfigError> {
        let syntax =
            |error: toml::de::Error| ConfigError::Syntax { path: path.into(), message: error.to_string() };
        let table: Table = text.parse().map_err(syntax)?;
        for (section, options) in table {
            let Value::Table(options) = options else {
                let place = format!("{}:{}", path.display(), line_of(text, "", &section));
                return Err(self.unknown(place, &section));
            };
            for (name, value) in options {
                let place = format!("{}:{}", path.display(), line_of(text, &section, &name));
                self.set(place, &section, &name, value)?;
            }
        }
        Ok(())
    }

    fn add_variable(&mut self, variable: &str, text: &str) -> Result<(), ConfigError> {
        let Some((section, name)) = variable.strip_prefix("HAWKEYE_").and_then(|rest| rest.split_once("__"))
        else {
            return Ok(());
        };
        let (section, name) = (section.to_lowercase(), name.to_lowercase());
        let value = match self.values.get(&section).and_then(|options| options.get(&name)) {
            Some(Value::Integer(_)) => text.parse().map(Value::Integer).ok(),
            Some(Value::Boolean(_)) => text.parse().map(Value::Boolean).ok(),
            _ => None,
        };
        self.set(
            variable.to_owned(),
            &section,
            &name,
            value.unwrap_or_else(|| Value::String(text.to_owned())),
        )
    }

    fn set(&mut self, place: String, section: &str, name: &str, value: Value) -> Result<(), ConfigError> {
        let key = format!("{section}.{name}");
        let slot = self.values.get_mut(section).and_then(|options| options.get_mut(name));
        match slot {
            Some(slot) => {
                *slot = value;
                self.places.insert(key, place);
                Ok(())
            }
            None => Err(self.unknown(place, &key)),
        }
    }

    fn unknown(&self, place: String, key: &str) -> ConfigError {
        let sections =
            self.values.iter().filter_map(|(section, options)| Some((section, options.as_table()?)));
        let keys = sections
            .flat_map(|(section, options)| options.keys().map(move |name| format!("{section}.{name}")));
        let nearest =
            keys.map(|known| (strsim::jaro_winkler(&known, key), known)).max_by(|a, b| a.0.total_cmp(&b.0));
        let nearest = nearest.filter(|(likeness, _)| *likeness > 0.75).map(|(_, known)| known);
        ConfigError::Unknown { place, key: key.into(), nearest }
    }

    fn read(self) -> Result<Config, ConfigError> {
        serde_path_to_error::deserialize(Value::Table(self.values)).map_err(|error| {
            let key = error.path().to_string();
            let place = self.places.get(&key).cloned().unwrap_or_else(|| "configuration".into());
            let message = error.into_inner().to_string().lines().next().unwrap_or_default().to_owned();
            ConfigError::Value { place, key, message }
        })
    }
}

/// The line that sets an option, from 1; 1 when it is written in a way this simple search does not find.
fn line_of(text: &str, section: &str, name: &str) -> usize {
    let mut current = String::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            current = header.split(']').next().unwrap_or_default().trim().to_owned();
            if section.is_empty() && current == name {
                return number + 1;
            }
        }
        let key = line.split('=').next().unwrap_or_default().trim();
        if (current == section && key == name) || key == format!("{section}.{name}") {
            return number + 1;
        }
    }
    1
}

/// `127.0.0.0/8`, or several with commas in between, as variables have it.
fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Networks {
        List(Vec<String>),
        Text(String),
    }
    let texts = match Networks::deserialize(deserializer)? {
        Networks::List(texts) => texts,
        Networks::Text(text) => text.split(',').map(|it| it.trim().to_owned()).collect(),
    };
    let read = |text: &String| {
        let wrong = || serde::de::Error::custom(format!("`{text}` is no network; write 10.1.0.0/16"));
        text.parse().map_err(|_| wrong())
    };
    texts.iter().filter(|text| !text.is_empty()).map(read).collect()
}

/// `90s`, `5m`, `2h` or `7d`.
fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong = || serde::de::Error::custom(format!("`{text}` is no duration; write 90s, 5m, 2h or 7d"));
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit_s: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    let seconds =
        number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit_s)).ok_or_else(wrong)?;
    Ok(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::from_sources(Some((Path::new("my.toml"), file)), variables).map_err(|error| error.to_string())
    }

    fn check_error(file: &str, variables: &[(&str, &str)], expected: &str) {
        let error = load(file, variables).expect_err("wrong");
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn the_default_file_is_whole_and_agrees_with_the_libraries() {
        let config = load("", &[]).expect("right");
        assert_eq!(config.server.http_address.to_string(), "127.0.0.1:4295");
        assert_eq!(config.otlp.http_address.to_string(), "127.0.0.1:4318");
        assert_eq!(config.otlp.grpc_address.to_string(), "127.0.0.1:4317");
        assert_eq!(format!("{:?}", config.storage()), format!("{:?}", StoreConfig::at("./hawkeye-data")));
        assert_eq!(config.ingest(), IngestConfig::default());
        assert_eq!(config.detection(), EngineConfig::default());
        assert_eq!(
            format!("{:?}", config.alerting(config.server.http_address)),
            format!("{:?}", {
                let mut alerting = AlertingConfig::default();
                alerting.notify.public_url.clone_from(&alerting.public_url);
                alerting
            })
        );
    }

    #[test]
    fn a_variable_wins_over_the_file_and_the_file_over_the_default() {
        let file = "[storage]\npath = \"/a\"\nsegment_rows = 7\n[log]\nformat = \"json\"\n";
        let variables =
            [("HAWKEYE_STORAGE__PATH", "/b"), ("HAWKEYE_INGEST__ERRORS_MAX", "3"), ("HAWKEYE_BIN", "x")];
        let config = load(file, &variables).expect("right");
        assert_eq!((config.storage().path, config.storage().segment_rows), ("/b".into(), 7));
        assert_eq!((config.ingest().errors_max, config.log.format), (3, LogFormat::Json));
    }

    #[test]
    fn an_unknown_option_is_named_with_its_line_and_its_nearest_name() {
        let file = "[server]\nhttp_address = \"127.0.0.1:1\"\n\n[storage]\npaht = \"x\"\n";
        check_error(file, &[], "my.toml:5: unknown option storage.paht; did you mean storage.path?");
        check_error(
            "",
            &[("HAWKEYE_OTLP__GRPC_ADRESS", "x")],
            "HAWKEYE_OTLP__GRPC_ADRESS: unknown option otlp.grpc_adress; did you mean otlp.grpc_address?",
        );
        check_error("x = 1", &[], "my.toml:1: unknown option x");
    }

    #[test]
    fn a_wrong_value_is_named_with_its_place() {
        check_error("[log]\n\nlevel = 7\n", &[], "my.toml:3: log.level: invalid type");
        check_error(
            "[storage]\nquery_timeout = \"soon\"",
            &[],
            "my.toml:2: storage.query_timeout: `soon` is no duration",
        );
        check_error(
            "",
            &[("HAWKEYE_STORAGE__SEGMENT_ROWS", "many")],
            "HAWKEYE_STORAGE__SEGMENT_ROWS: storage.segment_rows: invalid type",
        );
        check_error("[server\n", &[], "my.toml: ");
    }

    #[test]
    fn an_address_that_strangers_reach_is_refused() {
        let file = "[otlp]\nhttp_address = \"0.0.0.0:4318\"\n";
        check_error(file, &[], "otlp.http_address = 0.0.0.0:4318 would let anybody");
        load(file, &[("HAWKEYE_SERVER__ALLOW_UNAUTHENTICATED", "true")]).expect("said so");
    }
}
