//! JSON objects as they were written.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of a JSON object in order, those with repeated names included. Other readers keep the last of them.
pub struct JsonMembers<'a>(pub Vec<JsonMember<'a>>);

/// A member of a JSON object. Its parts are slices of the source.
pub struct JsonMember<'a> {
    /// The name, a JSON string.
    pub name: &'a RawValue,
    /// The value.
    pub value: &'a RawValue,
}

impl<'de> Deserialize<'de> for JsonMembers<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = JsonMembers<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry()? {
                    members.push(JsonMember { name, value });
                }
                Ok(JsonMembers(members))
            }
        }

        from.deserialize_map(MembersVisitor)
    }
}
