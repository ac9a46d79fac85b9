//! Fields that a later version has added to a record.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Fields of a record that this version does not know, as they were read.
///
/// During an upgrade, programs of the previous version write records back too. They must keep the fields that they do
/// not know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnknownFields(Map<String, Value>);
