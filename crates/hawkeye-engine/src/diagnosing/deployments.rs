//! Deployments: told by pipelines or seen in requests, judged after 5, 15 and 30 minutes.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_alert::Wrong;
use hawkeye_catalog::{Deployment, DeploymentDetails, DeploymentQuery, IncidentQuery};
use hawkeye_diagnose::{
    DeploymentCase, DeploymentVerdict, JUDGED_AFTER_MINUTES, Subject, VerdictKind, judge_deployment,
};
use hawkeye_model::{Dataset, Environment, Timestamp};
use hawkeye_store::{EnvironmentPattern, Filter, TimeRange};
use tokio::sync::watch;

use crate::engine::Engine;
use crate::error::EngineError;

const MINUTE: Duration = Duration::from_secs(60);

/// What came before it is compared over so much time.
const BEFORE: Duration = Duration::from_secs(3_600);

/// Deployments that are judged in one round.
const JUDGED_MAX: usize = 8;

/// Requests are rarely kept for longer, and without them nothing can be judged.
const LOOKED_BACK: Duration = Duration::from_secs(7 * 86_400);

/// Deployments that are looked through in one round.
const LOOKED_MAX: usize = 10_000;

/// An incident that began so long after a deployment may be its fault.
const BLAMED_WITHIN: Duration = Duration::from_secs(2 * 3_600);

/// Names and notes that pipelines send.
const NAME_CHARS_MAX: usize = 200;
const NOTE_CHARS_MAX: usize = 500;
const LINK_CHARS_MAX: usize = 2_000;

/// A pipeline's clock may be wrong by so much.
const AHEAD_MAX: Duration = Duration::from_secs(3_600);

/// What a pipeline tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeployment {
    pub service: String,
    /// As shown: `aws/production/eu-west-1`.
    pub environment: String,
    pub version: String,
    pub at: Option<Timestamp>,
    pub note: Option<String>,
    pub link: Option<String>,
}

/// A deployment with its verdicts, and the incident whose fault it is.
#[derive(Debug, Clone, PartialEq)]
pub struct DeploymentView {
    pub deployment: Deployment,
    pub dataset: Dataset,
    /// After 5, 15 and 30 minutes, as far as those have passed.
    pub verdicts: Vec<DeploymentVerdict>,
    pub incident: Option<u64>,
}

impl Engine {
    /// Judges what is due, after each of the times that have come.
    pub(super) async fn judge_deployments(
        self: &Arc<Self>,
        dataset: Dataset,
        committed: Timestamp,
        stopped: &watch::Receiver<bool>,
    ) -> Result<(), EngineError> {
        if self.diagnosing.state(dataset).deployments_until == Some(committed) {
            return Ok(());
        }
        for _ in 0..JUDGED_MAX {
            let due = self.ask(move |engine| engine.next_to_judge(dataset, committed)).await?;
            let Some((deployment, after_minutes)) = due else {
                self.diagnosing.state(dataset).deployments_until = Some(committed);
                return Ok(());
            };
            if *stopped.borrow() {
                return Ok(());
            }
            if let Err(error) = self.judge(dataset, deployment.clone(), after_minutes).await {
                metrics::counter!("hawkeye_diagnosis_failures_total").increment(1);
                tracing::error!(service = &*deployment.service, %error, "a deployment could not be judged");
                // Without this time's verdict; the next time comes by itself.
                let details = DeploymentDetails { judged_minutes: after_minutes, ..deployment.details };
                let left = Deployment { details, ..deployment };
                self.ask(move |engine| {
                    Ok(engine.catalog.write(|write| write.judge_deployment(dataset, &left))?)
                })
                .await?;
            }
        }
        Ok(())
    }

    /// The newest deployment for which a time has come.
    fn next_to_judge(
        &self,
        dataset: Dataset,
        committed: Timestamp,
    ) -> Result<Option<(Deployment, u32)>, EngineError> {
        let query = DeploymentQuery {
            from: committed.minus(LOOKED_BACK),
            to: committed.minus(MINUTE * JUDGED_AFTER_MINUTES[0]),
            dataset: Some(dataset),
            limit: LOOKED_MAX,
            ..DeploymentQuery::default()
        };
        let found = self.catalog.read(|read| read.deployments(&query))?;
        Ok(found.into_iter().find_map(|(_, deployment)| {
            let judged = deployment.details.judged_minutes;
            let has_come =
                |after: &&u32| **after > judged && deployment.at.plus(MINUTE * **after) <= committed;
            let next = *JUDGED_AFTER_MINUTES.iter().find(has_come)?;
            Some((deployment, next))
        }))
    }

    async fn judge(
        self: &Arc<Self>,
        dataset: Dataset,
        deployment: Deployment,
        after_minutes: u32,
    ) -> Result<(), EngineError> {
        let judged = deployment.at.plus(MINUTE * after_minutes);
        let range = TimeRange { from: deployment.at.minus(BEFORE), to: judged };
        let filter = Filter { services: vec![deployment.service.to_string()], ..Filter::default() };
        let sample = self.sample_of(Some(dataset), range, filter, 1.0).await?;
        self.ask(move |engine| {
            let mut verdicts = read_verdicts(&deployment);
            verdicts.push(judge_deployment(&DeploymentCase {
                service: &deployment.service,
                environment: &deployment.environment,
                version: &deployment.version,
                at: deployment.at,
                judged,
                requests: &sample.requests,
            }));
            let newest = verdicts.last().map(|it| it.kind.as_str().to_owned());
            let details = DeploymentDetails {
                judged_minutes: after_minutes,
                verdict: newest,
                verdicts: Some(serde_json::to_string(&verdicts)?),
                ..deployment.details.clone()
            };
            let judged = Deployment { details, ..deployment };
            Ok(engine.catalog.write(|write| write.judge_deployment(dataset, &judged))?)
        })
        .await
    }

    /// Takes what a pipeline tells about the live data.
    ///
    /// # Errors
    /// What is wrong with it, field by field.
    pub fn report_deployment(&self, new: &NewDeployment) -> Result<DeploymentView, EngineError> {
        let now = self.clock.now();
        let mut wrong = Vec::new();
        let mut complain = |path: &str, message: String| wrong.push(Wrong { path: path.into(), message });
        for (path, text) in [("service", &new.service), ("version", &new.version)] {
            if text.trim().is_empty() || text.chars().count() > NAME_CHARS_MAX {
                complain(path, format!("must have 1 to {NAME_CHARS_MAX} characters"));
            }
        }
        let environment = environment(&new.environment);
        if environment.is_none() {
            complain("environment", "must be written as it is shown: aws/production/eu-west-1".into());
        }
        let texts = [("note", &new.note, NOTE_CHARS_MAX), ("link", &new.link, LINK_CHARS_MAX)];
        for (path, text, most) in texts {
            if text.as_ref().is_some_and(|text| text.chars().count() > most) {
                complain(path, format!("must have at most {most} characters"));
            }
        }
        let is_web = |link: &String| link.starts_with("https://") || link.starts_with("http://");
        if !new.link.as_ref().is_none_or(is_web) {
            complain("link", "must begin with https:// or http://".into());
        }
        if new.at.is_some_and(|at| at > now.plus(AHEAD_MAX) || at < now.minus(self.config.history)) {
            complain("at_ms", "must be a time of the last weeks, in milliseconds since 1970".into());
        }
        let (Some(environment), true) = (environment, wrong.is_empty()) else {
            return Err(EngineError::Wrong(wrong));
        };
        let deployment = Deployment {
            service: new.service.trim().into(),
            environment,
            version: new.version.trim().into(),
            at: new.at.unwrap_or(now),
            details: DeploymentDetails {
                is_reported: true,
                note: new.note.clone(),
                link: new.link.clone(),
                ..DeploymentDetails::default()
            },
        };
        self.catalog.write(|write| write.add_deployment(Dataset::Live, &deployment))?;
        self.diagnosing.state(Dataset::Live).deployments_until = None;
        Ok(DeploymentView { deployment, dataset: Dataset::Live, verdicts: Vec::new(), incident: None })
    }

    /// Newest first, each with the incident whose fault it is.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn deployments(&self, query: &DeploymentQuery) -> Result<Vec<DeploymentView>, EngineError> {
        let blamed = IncidentQuery {
            range: Some((query.from, query.to.plus(BLAMED_WITHIN))),
            verdicts: vec![VerdictKind::VersionFault.as_str().into()],
            limit: LOOKED_MAX,
            ..IncidentQuery::default()
        };
        let (found, incidents) =
            self.catalog.read(|read| Ok((read.deployments(query)?, read.incidents(&blamed)?.items)))?;
        let incidents: Vec<(u64, Timestamp, Subject)> = incidents
            .into_iter()
            .filter_map(|it| {
                let subject = serde_json::from_str(&it.row.conclusion?.subject).ok()?;
                Some((it.row.id, it.row.onset, subject))
            })
            .collect();
        let view = |(dataset, deployment): (Dataset, Deployment)| {
            let environment = deployment.environment.to_string();
            let is_of = |(_, onset, subject): &&(u64, Timestamp, Subject)| {
                subject.service.as_deref() == Some(&*deployment.service)
                    && subject.version.as_deref() == Some(&*deployment.version)
                    && subject.environment.as_ref().is_none_or(|it| *it == environment)
                    && *onset <= deployment.at.plus(BLAMED_WITHIN)
            };
            let incident = incidents.iter().find(is_of).map(|(id, ..)| *id);
            DeploymentView { verdicts: read_verdicts(&deployment), dataset, deployment, incident }
        };
        Ok(found.into_iter().map(view).collect())
    }
}

/// What another version of this program wrote is judged again at the next time.
fn read_verdicts(deployment: &Deployment) -> Vec<DeploymentVerdict> {
    let verdicts = deployment.details.verdicts.as_deref();
    verdicts.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// A whole environment; a pattern alone would be several.
fn environment(text: &str) -> Option<Environment> {
    let pattern = EnvironmentPattern::parse(text)?;
    let deployment = pattern.deployment.as_deref()?;
    Some(Environment::new(pattern.provider, deployment, pattern.region.as_deref().unwrap_or_default()))
}
