//! One rule of a fault script.

use serde::{Deserialize, Serialize};

use super::kind::Fault;

/// One rule: the calls it matches, the fault that befalls them, and how many of them.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The calls it matches; all when absent.
    #[serde(default, rename = "match")]
    pub matching: Match,
    /// What befalls them.
    pub fault: Fault,
    /// How many matching calls it befalls, in the order they arrive; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// Which calls a rule matches: those that agree in every field that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// The contract's task, such as `section`; `chat` for prompts without a contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The chapter's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chapter: Option<u32>,
    /// The section's number within its chapter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<u32>,
    /// The number of the try, from 1.
    #[serde(default, rename = "try", skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
}

impl Rule {
    /// Returns a rule that befalls every call.
    pub fn always(fault: Fault) -> Self {
        Self { matching: Match::default(), fault, times: None }
    }

    /// Returns a rule that befalls every call it matches.
    pub fn on(matching: Match, fault: Fault) -> Self {
        Self { matching, fault, times: None }
    }

    /// Limits the rule to the first `times` matching calls.
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }
}
