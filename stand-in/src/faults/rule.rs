//! One rule of a fault script.

use serde::{Deserialize, Serialize};

use super::kind::Fault;

/// One rule: the calls that it matches, and the fault that they have.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The calls that it matches; all calls where it is absent.
    #[serde(default, rename = "match")]
    pub matching: Match,
    /// The fault of these calls.
    pub fault: Fault,
    /// How many matching calls have the fault, in the order of their arrival; all where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// Which calls a rule matches: those that agree with every given field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// The name of the model that the call is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
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
    /// Returns a rule for every call.
    pub fn always(fault: Fault) -> Self {
        Self { matching: Match::default(), fault, times: None }
    }

    /// Returns a rule for every matching call.
    pub fn on(matching: Match, fault: Fault) -> Self {
        Self { matching, fault, times: None }
    }

    /// Limits the rule to the first `times` matching calls.
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }
}
