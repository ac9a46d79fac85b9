//! What a later version has added to a record.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Fields of a record that this version does not know, as they were found. Records are written back whole, and in an
/// upgrade also by programs of the version before: what they do not know must not be lost by that.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnknownFields(Map<String, Value>);
