//! Journeys and objectives: what a file defines and what people wrote, checked, stored with an audit.

use hawkeye_alert::Wrong;
use hawkeye_catalog::Read;
use hawkeye_forecast::{Journey, Objective, Problem, check_journey, check_objective};
use hawkeye_model::{Dataset, Timestamp};
use hawkeye_store::EnvironmentPattern;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{ForecastConfig, lock};
use crate::engine::Engine;
use crate::error::EngineError;

const JOURNEY_PREFIX: &str = "journey/";
const OBJECTIVE_PREFIX: &str = "objective/";
const DISMISSED_PREFIX: &str = "journey_dismissed/";

const JOURNEYS_MAX: usize = 200;
const OBJECTIVES_MAX: usize = 1_000;

/// Journeys that came with the demo go with it.
const DEMO: &str = "demo";
const UI: &str = "ui";

/// A journey and where it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredJourney {
    pub journey: Journey,
    /// `ui`, `file`, `discovered` or `demo`.
    pub source: String,
    pub updated_ms: i64,
    pub updated_by: String,
}

/// An objective and where it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredObjective {
    pub objective: Objective,
    /// `ui` or `file`.
    pub source: String,
    pub updated_ms: i64,
    pub updated_by: String,
}

/// What is in force.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    journeys: Vec<StoredJourney>,
    objectives: Vec<StoredObjective>,
    /// Proposals that nobody wants to see again.
    dismissed: Vec<String>,
}

impl Documents {
    /// Those of the file, and those of people with other ids.
    pub(crate) fn load(
        read: &Read<'_>,
        config: &ForecastConfig,
        now: Timestamp,
    ) -> Result<Self, hawkeye_catalog::CatalogError> {
        let (source, by) = (String::from("file"), String::from("file"));
        let mut documents = Self::default();
        for journey in config.journeys.iter().cloned() {
            let (source, updated_by) = (source.clone(), by.clone());
            documents.journeys.push(StoredJourney { journey, source, updated_ms: now.millis(), updated_by });
        }
        for objective in config.objectives.iter().cloned() {
            let (source, updated_by) = (source.clone(), by.clone());
            documents.objectives.push(StoredObjective {
                objective,
                source,
                updated_ms: now.millis(),
                updated_by,
            });
        }
        for stored in stored::<StoredJourney>(read, JOURNEY_PREFIX)? {
            if !documents.journeys.iter().any(|it| it.journey.id == stored.journey.id) {
                documents.journeys.push(stored);
            }
        }
        for stored in stored::<StoredObjective>(read, OBJECTIVE_PREFIX)? {
            if !documents.objectives.iter().any(|it| it.objective.id == stored.objective.id) {
                documents.objectives.push(stored);
            }
        }
        let dismissed = read.settings_with_prefix(DISMISSED_PREFIX)?;
        documents.dismissed = dismissed
            .into_iter()
            .filter_map(|(key, _)| Some(key.strip_prefix(DISMISSED_PREFIX)?.to_owned()))
            .collect();
        Ok(documents)
    }

    pub(crate) fn objectives(&self) -> Vec<Objective> {
        self.objectives.iter().map(|it| it.objective.clone()).collect()
    }

    pub(crate) fn is_dismissed(&self, proposal: &str) -> bool {
        self.dismissed.iter().any(|it| it == proposal)
    }
}

/// What cannot be read is left alone, and said.
fn stored<T: DeserializeOwned>(
    read: &Read<'_>,
    prefix: &str,
) -> Result<Vec<T>, hawkeye_catalog::CatalogError> {
    let parsed = |(key, text): (String, String)| {
        serde_json::from_str(&text)
            .inspect_err(
                |error| tracing::error!(key, %error, "a document cannot be read and is not in force"),
            )
            .ok()
    };
    Ok(read.settings_with_prefix(prefix)?.into_iter().filter_map(parsed).collect())
}

impl Engine {
    #[must_use]
    pub fn journeys(&self) -> Vec<StoredJourney> {
        self.forecasting.documents().journeys.clone()
    }

    /// # Errors
    /// That there is none.
    pub fn journey(&self, id: &str) -> Result<StoredJourney, EngineError> {
        let documents = self.forecasting.documents();
        let found = documents.journeys.iter().find(|it| it.journey.id == id);
        found.cloned().ok_or_else(|| EngineError::UnknownJourney(id.to_owned()))
    }

    /// Adds or replaces a journey. Whether its endpoints are known the caller has checked.
    ///
    /// # Errors
    /// [`EngineError::Wrong`] with all mistakes; [`EngineError::FromFile`]; that it could not be stored.
    pub fn put_journey(&self, journey: Journey, source: &str, actor: &str) -> Result<(), EngineError> {
        wrong(check_journey(&journey))?;
        let _turn = lock(&self.forecasting.changing);
        let known = self.journeys();
        let source = match known.iter().find(|it| it.journey.id == journey.id).map(|it| it.source.as_str()) {
            Some("file") => return Err(EngineError::FromFile(format!("journey {}", journey.id))),
            // What was found or came with the demo must be new: it replaces nobody's own.
            Some(_) if source != UI => return Err(EngineError::Taken(journey.id)),
            Some(known) if known != DEMO => known.to_owned(),
            _ => source.to_owned(),
        };
        if known.len() >= JOURNEYS_MAX && !known.iter().any(|it| it.journey.id == journey.id) {
            return Err(EngineError::TooMany("journeys", JOURNEYS_MAX));
        }
        let now = self.clock.now();
        let key = format!("{JOURNEY_PREFIX}{}", journey.id);
        let stored =
            StoredJourney { journey, source, updated_ms: now.millis(), updated_by: actor.to_owned() };
        let text = serde_json::to_string(&stored)?;
        self.catalog.write(|write| write.set(&key, &text, actor, now))?;
        let mut documents = self.forecasting.documents();
        documents.journeys.retain(|it| it.journey.id != stored.journey.id);
        documents.journeys.push(stored);
        Ok(())
    }

    /// # Errors
    /// As [`Self::put_journey`], and that there is none.
    pub fn remove_journey(&self, id: &str, actor: &str) -> Result<(), EngineError> {
        let _turn = lock(&self.forecasting.changing);
        if self.journey(id)?.source == "file" {
            return Err(EngineError::FromFile(format!("journey {id}")));
        }
        let (key, now) = (format!("{JOURNEY_PREFIX}{id}"), self.clock.now());
        self.catalog.write(|write| write.unset(&key, actor, now))?;
        self.forecasting.documents().journeys.retain(|it| it.journey.id != id);
        Ok(())
    }

    /// The journeys of the demo; those whose name is taken are left out.
    ///
    /// # Errors
    /// That they could not be stored.
    pub fn put_demo_journeys(&self, journeys: Vec<Journey>) -> Result<(), EngineError> {
        let is_free = |journey: &Journey| self.journey(&journey.id).is_err();
        journeys.into_iter().filter(is_free).try_for_each(|journey| self.put_journey(journey, DEMO, DEMO))
    }

    #[must_use]
    pub fn objectives(&self) -> Vec<StoredObjective> {
        self.forecasting.documents().objectives.clone()
    }

    /// Adds or replaces an objective; it holds from the next round on.
    ///
    /// # Errors
    /// As [`Self::put_journey`].
    pub fn put_objective(&self, objective: Objective, actor: &str) -> Result<(), EngineError> {
        let mut problems = check_objective(&objective);
        for (at, environment) in objective.environments.iter().enumerate() {
            if EnvironmentPattern::parse(environment).is_none() {
                let field = format!("environments[{at}]");
                problems.push(Problem { field, message: "is no environment: aws/production".into() });
            }
        }
        wrong(problems)?;
        let _turn = lock(&self.forecasting.changing);
        let known = self.objectives();
        let before = known.iter().find(|it| it.objective.id == objective.id);
        if before.is_some_and(|it| it.source == "file") {
            return Err(EngineError::FromFile(format!("objective {}", objective.id)));
        }
        if before.is_none() && known.len() >= OBJECTIVES_MAX {
            return Err(EngineError::TooMany("objectives", OBJECTIVES_MAX));
        }
        let now = self.clock.now();
        let key = format!("{OBJECTIVE_PREFIX}{}", objective.id);
        let stored = StoredObjective {
            objective,
            source: "ui".into(),
            updated_ms: now.millis(),
            updated_by: actor.to_owned(),
        };
        let text = serde_json::to_string(&stored)?;
        self.catalog.write(|write| write.set(&key, &text, actor, now))?;
        {
            let mut documents = self.forecasting.documents();
            documents.objectives.retain(|it| it.objective.id != stored.objective.id);
            documents.objectives.push(stored);
        }
        self.forecasting.forecast_again();
        Ok(())
    }

    /// # Errors
    /// As [`Self::put_objective`], and that there is none.
    pub fn remove_objective(&self, id: &str, actor: &str) -> Result<(), EngineError> {
        let _turn = lock(&self.forecasting.changing);
        let known = self.objectives().into_iter().find(|it| it.objective.id == id);
        if known.ok_or_else(|| EngineError::UnknownObjective(id.to_owned()))?.source == "file" {
            return Err(EngineError::FromFile(format!("objective {id}")));
        }
        let (key, now) = (format!("{OBJECTIVE_PREFIX}{id}"), self.clock.now());
        self.catalog.write(|write| write.unset(&key, actor, now))?;
        self.forecasting.documents().objectives.retain(|it| it.objective.id != id);
        self.forecasting.forecast_again();
        Ok(())
    }

    pub(super) fn dismiss_proposal(&self, id: &str, actor: &str) -> Result<(), EngineError> {
        let (key, now) = (format!("{DISMISSED_PREFIX}{id}"), self.clock.now());
        self.catalog.write(|write| write.set(&key, "true", actor, now))?;
        self.forecasting.documents().dismissed.push(id.to_owned());
        Ok(())
    }

    /// What belongs to a data set goes with it.
    pub(crate) fn forget_journeys(&self, dataset: Dataset) -> Result<(), EngineError> {
        if dataset != Dataset::Demo {
            return Ok(());
        }
        let of_demo: Vec<String> =
            self.journeys().into_iter().filter(|it| it.source == DEMO).map(|it| it.journey.id).collect();
        of_demo.iter().try_for_each(|id| self.remove_journey(id, DEMO))
    }
}

pub(super) fn wrong(problems: Vec<Problem>) -> Result<(), EngineError> {
    if problems.is_empty() {
        return Ok(());
    }
    let wrong = |it: Problem| Wrong { path: it.field, message: it.message };
    Err(EngineError::Wrong(problems.into_iter().map(wrong).collect()))
}
