//! Settings of model calls.

use std::{path::PathBuf, time::Duration};

use bindery_domain::{ModelName, StageModels, duration};
use bindery_model::Timers;
use serde::{Deserialize, Serialize};

use super::problem::Problems;

const MILLISECOND: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3_600);

/// The most calls that one process may run at once. Each takes a connection.
pub(super) const MOST_CALLS: u16 = 20_000;

/// The model that writes, and the limits of its calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSettings {
    /// The model of all stages that name none.
    pub name: Option<ModelName>,
    /// The models that plan, in the order in which they are tried.
    pub plan: Option<Vec<ModelName>>,
    /// The models that divide chapters into sections.
    pub brief: Option<Vec<ModelName>>,
    /// The models that write sections and summaries.
    pub write: Option<Vec<ModelName>>,
    /// The models that judge chapters.
    pub judge: Option<Vec<ModelName>>,
    /// How many calls may run at once; unset, the provider decides.
    pub calls: Option<u32>,
    /// The longest wait for the provider that does not park the task.
    #[serde(with = "duration")]
    pub park_after: Duration,
    /// Whether a provider that answers none of the first calls is waited for; unset, the command decides.
    pub wait_for_provider: Option<bool>,
    /// Prices to use instead of the built-in ones.
    pub prices_file: Option<PathBuf>,
    /// How long each stage of a call may take.
    pub timers: Timers,
}

/// The models of a stage, as the settings list them.
pub(super) struct StageList<'a> {
    /// The key of the setting.
    pub(super) key: &'static str,
    pub(super) models: &'a [ModelName],
}

/// The models of a book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookModels {
    /// The first of those that write.
    pub first: String,
    /// Those of the stages that have others.
    pub stages: StageModels,
}

impl BookModels {
    /// Returns the models of every stage.
    pub fn complete(&self) -> StageModels {
        self.stages.clone().complete(&self.first)
    }
}

impl ModelSettings {
    /// Returns the model of the stages that name none: the configured one, or else the first that writes, or else the
    /// stand-in's.
    pub fn name_or_stand_in(&self) -> String {
        let name = self.name.as_ref().or_else(|| self.write.as_ref()?.first());
        name.map_or_else(|| "stand-in:prose".to_owned(), ToString::to_string)
    }

    /// Returns the models of a book. A model that the book names does all the work.
    pub fn of_book(&self, named: Option<String>) -> BookModels {
        if let Some(first) = named {
            return BookModels { first, stages: StageModels::default() };
        }
        let usual = match (&self.name, &self.write) {
            (None, Some(writers)) => writers.iter().map(ToString::to_string).collect(),
            _ => vec![self.name_or_stand_in()],
        };
        let names = |list: &Option<Vec<ModelName>>| match list {
            Some(list) => list.iter().map(ToString::to_string).collect(),
            None => usual.clone(),
        };
        let stages = StageModels {
            plan: names(&self.plan),
            brief: names(&self.brief),
            write: names(&self.write),
            judge: names(&self.judge),
        };
        let first = stages.write[0].clone();
        BookModels { stages: stages.beside(&first), first }
    }

    /// Returns the lists of the stages that have one.
    pub(super) fn lists(&self) -> Vec<StageList<'_>> {
        let lists = [
            ("model.plan", &self.plan),
            ("model.brief", &self.brief),
            ("model.write", &self.write),
            ("model.judge", &self.judge),
        ];
        lists.into_iter().filter_map(|(key, list)| Some(StageList { key, models: list.as_ref()? })).collect()
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        for list in self.lists().iter().filter(|list| list.models.is_empty()) {
            problems.add(list.key, "is empty, but must name at least one model");
        }
        if let Some(calls) = self.calls {
            problems.check_range("model.calls", calls, 1..=u32::from(MOST_CALLS));
        }
        problems.check_duration("model.park_after", self.park_after, MILLISECOND..=HOUR);
        problems.check_duration("model.timers.connect", self.timers.connect, MILLISECOND..=HOUR);
        problems.check_duration("model.timers.first_token", self.timers.first_token, MILLISECOND..=HOUR);
        problems.check_duration("model.timers.first_token_slow", self.timers.first_token_slow, MILLISECOND..=HOUR);
        problems.check_duration("model.timers.idle", self.timers.idle, MILLISECOND..=HOUR);
        problems.check_duration("model.timers.settle", self.timers.settle, MILLISECOND..=HOUR);
    }
}
