//! Finding anomalies: by time, place, kind and what people said; counted, sorted and paged.

use hawkeye_model::{AnomalyKind, Dataset, EndpointId, Provider, SeriesId, Severity, Signal, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use crate::anomaly::{columns, from_row};
use crate::{AnomalyState, CatalogError, Read, StoredAnomaly, Verdict};

/// Empty lists let everything pass; different fields must all match.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnomalyQuery {
    /// Those that were open at some moment from the first on and before the second.
    pub range: Option<(Timestamp, Timestamp)>,
    /// Those that began from the first moment on and before the second.
    pub onset: Option<(Timestamp, Timestamp)>,
    pub datasets: Vec<Dataset>,
    pub places: Vec<Place>,
    pub endpoints: Vec<EndpointId>,
    pub series: Vec<SeriesId>,
    pub services: Vec<String>,
    pub methods: Vec<String>,
    /// Each must occur in the service, the method or the route; case does not matter.
    pub words: Vec<String>,
    pub signals: Vec<Signal>,
    pub kinds: Vec<AnomalyKind>,
    pub severities: Vec<Severity>,
    pub states: Vec<AnomalyState>,
    /// `None` in the list is: not judged.
    pub verdicts: Vec<Option<Verdict>>,
    pub sort: AnomalySort,
    /// What [`AnomalyPage::next`] said.
    pub after: Option<String>,
    pub limit: usize,
}

/// An environment or its leading parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub provider: Provider,
    pub deployment: Option<String>,
    pub region: Option<String>,
}

/// All put the largest first; equals the newest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AnomalySort {
    #[default]
    Onset,
    Severity,
    RequestsHurt,
}

#[derive(Debug, Clone, PartialEq)]
pub struct AnomalyPage {
    pub items: Vec<StoredAnomaly>,
    pub total: u64,
    pub next: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AnomalyCounts {
    pub open: u64,
    pub acknowledged: u64,
    pub closed: u64,
    pub false_positive: u64,
    /// Of those that are not closed, from low to critical.
    pub by_severity: [u64; 4],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no cursor of this list; take `next_cursor` as it is")]
pub struct CursorError;

impl AnomalyQuery {
    /// # Errors
    /// When `after` was not made by a query with this order.
    pub fn check(&self) -> Result<(), CursorError> {
        self.after.as_deref().map_or(Ok(()), |after| self.sort.position(after).map(|_| ()))
    }
}

impl Read<'_> {
    /// One page.
    ///
    /// # Errors
    /// When a row or the cursor cannot be read.
    pub fn anomalies(&self, query: &AnomalyQuery) -> Result<AnomalyPage, CatalogError> {
        let mut conditions = Conditions::of(query);
        let total = format!("SELECT COUNT(*) FROM anomaly WHERE {}", conditions.sql());
        let total: i64 = self
            .0
            .prepare_cached(&total)?
            .query_row(params_from_iter(&conditions.values), |row| row.get(0))?;
        let key = query.sort.key();
        if let Some(after) = &query.after {
            let position =
                query.sort.position(after).map_err(|error| CatalogError::damaged(error.to_string()))?;
            conditions.add(&format!("({key}, onset_us, id) < (?, ?, ?)"), position);
        }
        let sql = format!(
            "SELECT {}, {key} FROM anomaly WHERE {} ORDER BY {key} DESC, onset_us DESC, id DESC LIMIT {}",
            columns(),
            conditions.sql(),
            query.limit.saturating_add(1),
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(&conditions.values))?;
        let (mut items, mut next, mut last) = (Vec::new(), None, String::new());
        while let Some(row) = rows.next()? {
            if items.len() == query.limit {
                next = Some(last);
                break;
            }
            let item = from_row(row)?;
            last = query.sort.cursor(row, &item)?;
            items.push(item);
        }
        Ok(AnomalyPage { items, total: total.cast_unsigned(), next })
    }

    /// How many there are by state, whatever page is shown.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn anomaly_counts(&self, query: &AnomalyQuery) -> Result<AnomalyCounts, CatalogError> {
        let conditions = Conditions::of(query);
        let sql = format!(
            "SELECT closed_us IS NOT NULL, acknowledged_us IS NOT NULL, verdict IS 'false_positive', severity, COUNT(*)
             FROM anomaly WHERE {} GROUP BY 1, 2, 3, 4",
            conditions.sql()
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(&conditions.values))?;
        let mut counts = AnomalyCounts::default();
        while let Some(row) = rows.next()? {
            let n = row.get::<_, i64>(4)?.cast_unsigned();
            let (is_closed, is_acknowledged): (bool, bool) = (row.get(0)?, row.get(1)?);
            *match (is_closed, is_acknowledged) {
                (true, _) => &mut counts.closed,
                (false, true) => &mut counts.acknowledged,
                (false, false) => &mut counts.open,
            } += n;
            if row.get::<_, bool>(2)? {
                counts.false_positive += n;
            }
            let severity = usize::try_from(row.get::<_, i64>(3)?).unwrap_or(0);
            if let Some(count) = counts.by_severity.get_mut(severity).filter(|_| !is_closed) {
                *count += n;
            }
        }
        Ok(counts)
    }

    /// How many there are of each endpoint.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn anomalies_by_endpoint(
        &self,
        query: &AnomalyQuery,
    ) -> Result<Vec<(EndpointId, u64)>, CatalogError> {
        let conditions = Conditions::of(query);
        let sql = format!("SELECT endpoint_id, COUNT(*) FROM anomaly WHERE {} GROUP BY 1", conditions.sql());
        let mut statement = self.0.prepare_cached(&sql)?;
        let counts = statement.query_map(params_from_iter(&conditions.values), |row| {
            let (id, n): (i64, i64) = (row.get(0)?, row.get(1)?);
            Ok((EndpointId(id.cast_unsigned()), n.cast_unsigned()))
        })?;
        Ok(counts.collect::<Result<_, _>>()?)
    }
}

impl AnomalySort {
    fn key(self) -> &'static str {
        match self {
            Self::Onset => "onset_us",
            Self::Severity => "severity",
            Self::RequestsHurt => "requests_hurt",
        }
    }

    fn cursor(self, row: &Row<'_>, item: &StoredAnomaly) -> Result<String, CatalogError> {
        let key = match self {
            Self::Onset | Self::Severity => format!("{:x}", row.get::<_, i64>(self.key())?.cast_unsigned()),
            Self::RequestsHurt => format!("{:x}", row.get::<_, f64>(self.key())?.to_bits()),
        };
        Ok(format!("{key}-{:x}-{}", item.anomaly.onset.micros().cast_unsigned(), item.anomaly.id))
    }

    fn position(self, cursor: &str) -> Result<[Value; 3], CursorError> {
        let mut parts = cursor.split('-').map(|part| u64::from_str_radix(part, 16));
        let (Some(Ok(key)), Some(Ok(onset)), Some(Ok(id)), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(CursorError);
        };
        let key = match self {
            Self::Onset | Self::Severity => Value::Integer(key.cast_signed()),
            Self::RequestsHurt => Value::Real(f64::from_bits(key)),
        };
        Ok([key, Value::Integer(onset.cast_signed()), Value::Integer(id.cast_signed())])
    }
}

/// Conditions that must all hold. Texts are constants with `?`; what people typed is only ever bound.
pub(crate) struct Conditions {
    texts: Vec<String>,
    pub(crate) values: Vec<Value>,
}

impl Conditions {
    pub(crate) fn none() -> Self {
        Self { texts: Vec::new(), values: Vec::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    pub(crate) fn of(query: &AnomalyQuery) -> Self {
        let mut conditions = Self::none();
        if let Some((from, to)) = query.range {
            conditions.add("onset_us < ?", [micros(to)]);
            conditions.add("(closed_us IS NULL OR closed_us >= ?)", [micros(from)]);
        }
        if let Some((from, to)) = query.onset {
            conditions.add("onset_us >= ? AND onset_us < ?", [micros(from), micros(to)]);
        }
        let texts = |values: &[String]| values.iter().cloned().map(Value::Text).collect::<Vec<_>>();
        let words =
            |words: Vec<&'static str>| words.into_iter().map(|word| Value::Text(word.into())).collect();
        conditions.one_of("service", texts(&query.services));
        conditions.one_of("method", texts(&query.methods));
        conditions.one_of("dataset", words(query.datasets.iter().map(|it| it.as_str()).collect()));
        conditions.one_of("signal", words(query.signals.iter().map(|it| it.as_str()).collect()));
        conditions.one_of("kind", words(query.kinds.iter().map(|it| it.as_str()).collect()));
        conditions.one_of("endpoint_id", query.endpoints.iter().map(|id| id_value(id.0)).collect());
        conditions.one_of("series_id", query.series.iter().map(|id| id_value(id.0)).collect());
        let severities = query.severities.iter().map(|severity| Value::Integer(*severity as i64));
        conditions.one_of("severity", severities.collect());
        conditions.any(query.places.iter().map(Place::condition));
        conditions.any(query.states.iter().map(|state| {
            let text = match state {
                AnomalyState::Open => "closed_us IS NULL AND acknowledged_us IS NULL",
                AnomalyState::Acknowledged => "closed_us IS NULL AND acknowledged_us IS NOT NULL",
                AnomalyState::Closed => "closed_us IS NOT NULL",
            };
            (text.to_owned(), Vec::new())
        }));
        conditions.any(query.verdicts.iter().map(|verdict| {
            let verdict = verdict.map_or(Value::Null, |verdict| Value::Text(verdict.as_str().into()));
            ("verdict IS ?".to_owned(), vec![verdict])
        }));
        for word in &query.words {
            let word = Value::Text(like(word));
            conditions.add(
                r"(service LIKE ? ESCAPE '\' OR method LIKE ? ESCAPE '\' OR route LIKE ? ESCAPE '\')",
                [word.clone(), word.clone(), word],
            );
        }
        conditions
    }

    pub(crate) fn add(&mut self, text: &str, values: impl IntoIterator<Item = Value>) {
        self.texts.push(text.to_owned());
        self.values.extend(values);
    }

    pub(crate) fn one_of(&mut self, column: &str, values: Vec<Value>) {
        if !values.is_empty() {
            let places = vec!["?"; values.len()].join(", ");
            self.add(&format!("{column} IN ({places})"), values);
        }
    }

    pub(crate) fn any(&mut self, choices: impl Iterator<Item = (String, Vec<Value>)>) {
        let (texts, values): (Vec<_>, Vec<_>) = choices.unzip();
        if !texts.is_empty() {
            self.add(&format!("(({}))", texts.join(") OR (")), values.into_iter().flatten());
        }
    }

    pub(crate) fn sql(&self) -> String {
        if self.texts.is_empty() { "TRUE".into() } else { self.texts.join(" AND ") }
    }
}

impl Place {
    fn condition(&self) -> (String, Vec<Value>) {
        let mut text = "provider = ?".to_owned();
        let mut values = vec![Value::Text(self.provider.as_str().into())];
        for (column, part) in [("deployment", &self.deployment), ("region", &self.region)] {
            if let Some(part) = part {
                text += &format!(" AND {column} = ?");
                values.push(Value::Text(part.clone()));
            }
        }
        (text, values)
    }
}

fn micros(at: Timestamp) -> Value {
    Value::Integer(at.micros())
}

pub(crate) fn id_value(id: u64) -> Value {
    Value::Integer(id.cast_signed())
}

/// A pattern in which the word's own wildcards are plain letters.
fn like(word: &str) -> String {
    let mut pattern = String::from("%");
    for letter in word.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
