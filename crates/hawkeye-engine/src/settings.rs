//! What people decided about detection, stored as JSON.

use hawkeye_catalog::{CatalogError, Read};
use hawkeye_detect::Settings;
use hawkeye_model::Dataset;

use crate::engine::Engine;
use crate::error::EngineError;

const KEY: &str = "detection";

/// The defaults until somebody decides.
pub(crate) fn stored_settings(read: &Read<'_>) -> Result<Result<Settings, serde_json::Error>, CatalogError> {
    Ok(match read.setting(KEY)? {
        Some(json) => serde_json::from_str(&json),
        None => Ok(Settings::default()),
    })
}

impl Engine {
    #[must_use]
    pub fn current_settings(&self) -> Settings {
        self.settings().clone()
    }

    /// Replaces the settings. They hold from the next window on, also after a crash.
    ///
    /// # Errors
    /// When they could not be stored; then nothing changes.
    pub fn set_settings(&self, settings: Settings, actor: &str) -> Result<Settings, EngineError> {
        let json = serde_json::to_string(&settings)?;
        let now = self.clock.now();
        let turns = Dataset::ALL.map(|dataset| self.watching(dataset).commits());
        // Windows up to now were judged by the settings before, and must not be judged again by these.
        // The commit that stores the settings comes last: if an earlier one fails, nothing has changed.
        for dataset in [Dataset::Demo, Dataset::Live] {
            self.commit(self.watching(dataset), true, |write| match dataset {
                Dataset::Live => write.set(KEY, &json, actor, now),
                Dataset::Demo => Ok(()),
            })?;
        }
        *self.settings() = settings.clone();
        for dataset in Dataset::ALL {
            self.watching(dataset).state().watcher.set_settings(settings.clone());
        }
        drop(turns);
        Ok(settings)
    }
}
