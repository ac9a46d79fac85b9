//! Reading submissions. All flaws are named at once, and the sender's name for the book is found even in a broken message.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, DeserializeSeed, IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value, json, value::RawValue};

use super::{MAX_BYTES, SUBMIT, Submission, shortened};
use crate::json::Reader;

/// The most flaws that are named at once.
const MAX_FLAWS: usize = 20;

/// The version of CloudEvents that is read.
const CLOUD_EVENTS: &str = "1.0";

/// The attributes that every CloudEvent must have.
const REQUIRED: [&str; 4] = ["specversion", "type", "source", "id"];

/// The attributes that a CloudEvent may have, as far as they are read.
const OPTIONAL: [&str; 2] = ["subject", "time"];

/// Why a message is no submission.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct InvalidSubmission {
    /// The sender's name for the book; `None` where it could not be read.
    pub request_id: Option<String>,
    /// The submission with other values in place of those that could not be read. It is no submission, but the rest of it
    /// may have faults too. `None` where nothing could be read.
    pub readable: Option<Box<Submission>>,
    /// What is wrong.
    #[source]
    pub cause: Cause,
}

/// What is wrong with a message that is no submission.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// The message is too large.
    #[error("the message has {0} bytes, {MAX_BYTES} are allowed; send a shorter outline")]
    TooLarge(usize),
    /// The message is not JSON.
    #[error("the message is no submission: {0}")]
    Syntax(#[from] serde_json::Error),
    /// Attributes or fields are missing, unknown or invalid.
    #[error("the submission cannot be read: {}", .0.join("; "))]
    Fields(Vec<String>),
    /// The message is another event, or another version of this one.
    #[error("the message is a `{0}`; a submission is a `{SUBMIT}`")]
    Type(String),
}

impl InvalidSubmission {
    /// Returns all flaws, a sentence each.
    pub fn flaws(&self) -> Vec<String> {
        match &self.cause {
            Cause::Fields(flaws) => flaws.clone(),
            other => vec![other.to_string()],
        }
    }
}

/// Reads a message's body.
pub(super) fn decode(body: &[u8]) -> Result<Submission, InvalidSubmission> {
    let invalid = |cause| InvalidSubmission { request_id: request_id(body), readable: None, cause };
    if body.len() > MAX_BYTES {
        return Err(invalid(Cause::TooLarge(body.len())));
    }
    let event: &RawValue = serde_json::from_slice(body).map_err(|error| invalid(error.into()))?;
    let mut reader = Reader::default();
    let Some(data) = envelope(event, SUBMIT, &mut reader).map_err(|other| invalid(Cause::Type(other.0)))? else {
        return Err(invalid(Cause::Fields(shortened(&reader.flaws, MAX_FLAWS))));
    };
    let fields = content::<Submission>(data, &sound(), None, &mut reader);
    read(fields, &reader.flaws, invalid)
}

/// Reads a submission that comes without an envelope.
pub(super) fn decode_content(body: &[u8], name: Option<&str>) -> Result<Submission, InvalidSubmission> {
    let request_id = || name.map(str::to_owned).or_else(|| found(body, &["request_id"]));
    let invalid = |cause| InvalidSubmission { request_id: request_id(), readable: None, cause };
    if body.len() > MAX_BYTES {
        return Err(invalid(Cause::TooLarge(body.len())));
    }
    let data: &RawValue = serde_json::from_slice(body).map_err(|error| invalid(error.into()))?;
    let mut reader = Reader::default();
    let beside = name.map(|name| Beside { field: "request_id", value: name });
    let fields = content::<Submission>(data, &sound(), beside, &mut reader);
    read(fields, &reader.flaws, invalid)
}

/// Makes the submission from its fields, or an error with all flaws.
fn read(
    fields: Map<String, Value>,
    flaws: &[String],
    invalid: impl Fn(Cause) -> InvalidSubmission,
) -> Result<Submission, InvalidSubmission> {
    if flaws.is_empty() {
        let submission = Submission::deserialize(Value::Object(fields));
        return submission.map_err(|error| invalid(Cause::Fields(vec![error.to_string()])));
    }
    let readable = Submission::deserialize(Value::Object(fields)).ok().map(Box::new);
    Err(InvalidSubmission { readable, ..invalid(Cause::Fields(shortened(flaws, MAX_FLAWS))) })
}

/// The type of an event that is of another type than the wanted one. For the content of such an event, an answer would only
/// list wrong fields.
pub(crate) struct OtherType(pub(crate) String);

/// Reads the attributes of an event of this type, and returns its content if it has one.
pub(crate) fn envelope<'a>(
    event: &'a RawValue,
    wanted: &str,
    reader: &mut Reader,
) -> Result<Option<&'a RawValue>, OtherType> {
    let Some(members) = reader.members(event) else {
        reader.flaw("must be a JSON object, a CloudEvent");
        return Ok(None);
    };
    let member = |name: &str| members.iter().find(|(member, _)| member == name).map(|(_, value)| *value);
    for name in REQUIRED {
        reader.within(name, |reader| match member(name).map(|raw| reader.value(raw)) {
            None => reader.flaw("is missing"),
            Some(Value::String(text)) if text.is_empty() => reader.flaw("is empty"),
            Some(Value::String(text)) if name == "specversion" && text != CLOUD_EVENTS => {
                reader.flaw(&format!("is \"{text}\", but must be \"{CLOUD_EVENTS}\""));
            }
            Some(Value::String(_)) => {}
            Some(_) => reader.flaw("must be a text"),
        });
    }
    for name in OPTIONAL {
        reader.within(name, |reader| match member(name).map(|raw| reader.value(raw)) {
            None | Some(Value::Null | Value::String(_)) => {}
            Some(_) => reader.flaw("must be a text"),
        });
    }
    let kind = member("type").and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
    if let Some(other) = kind.filter(|kind| kind != wanted && !kind.is_empty()) {
        return Err(OtherType(other.chars().take(80).collect()));
    }
    if member("data").is_none() {
        reader.within("data", |reader| reader.flaw("is missing"));
    }
    Ok(member("data"))
}

/// Returns the fields that a submission must have, with values that are sound.
fn sound() -> Map<String, Value> {
    let sound = json!({"request_id": "sound", "outline": {"markdown": "# Sound\n\n## Sound"}});
    let Value::Object(sound) = sound else { unreachable!("it is written as an object") };
    sound
}

/// A field that came beside the content of a message.
#[derive(Clone, Copy)]
pub(crate) struct Beside<'a> {
    field: &'static str,
    value: &'a str,
}

/// Reads the fields of a content. Each is checked by itself in a content that is sound otherwise, so that one flaw does not hide the
/// others. The fields with a flaw are left out, or have a sound value where they are required.
pub(crate) fn content<T: DeserializeOwned>(
    data: &RawValue,
    sound: &Map<String, Value>,
    beside: Option<Beside<'_>>,
    reader: &mut Reader,
) -> Map<String, Value> {
    let mut fields = sound.clone();
    let Some(members) = reader.members(data) else {
        reader.within("data", |reader| reader.flaw("must be an object"));
        return fields;
    };
    let given = |name: &str| members.iter().any(|(member, _)| member == name);
    let has = |name: &str| members.iter().any(|(member, raw)| member == name && raw.get() != "null");
    let has_topic = sound.contains_key("outline") && has("topic");
    if has_topic {
        fields.remove("outline");
        if has("outline") {
            reader.within("topic", |reader| reader.flaw("stands beside an outline; send one of them"));
        }
    }
    let is_there = |name: &str| if name == "outline" { has_topic || has("outline") } else { given(name) };
    for name in sound.keys().filter(|name| !is_there(name)) {
        match beside.filter(|beside| name == beside.field) {
            Some(Beside { value, .. }) => _ = fields.insert(name.clone(), value.into()),
            None if name == "outline" => {
                reader.within(name, |reader| reader.flaw("is missing; send an outline, or a topic in its place"));
            }
            None => reader.within(name, |reader| reader.flaw("is missing")),
        }
    }
    if let Some(Beside { field, .. }) = beside.filter(|beside| given(beside.field)) {
        reader.within(field, |reader| reader.flaw("is given twice: beside the submission and in it"));
    }
    for (name, raw) in members {
        let before = reader.flaws.len();
        let value = reader.within(&name, |reader| reader.value(raw));
        if reader.flaws.len() > before {
            continue;
        }
        let mut alone = sound.clone();
        alone.insert(name.clone(), value.clone());
        match T::deserialize(Value::Object(alone)) {
            Ok(_) => _ = fields.insert(name, value),
            Err(error) => reader.unfit(&name, &error),
        }
    }
    fields
}

/// Reads a whole number. `300.0` is one.
pub(super) fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    let Some(number) = Option::<f64>::deserialize(from)? else { return Ok(None) };
    if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number) {
        return Ok(Some(number as u32));
    }
    Err(serde::de::Error::custom(format!("is {number}, but must be a whole number")))
}

/// Finds the sender's name for the book in a body that may be broken: it is read up to the place where it breaks.
fn request_id(body: &[u8]) -> Option<String> {
    found(body, &["data", "request_id"])
}

fn found(body: &[u8], path: &[&'static str]) -> Option<String> {
    let mut found = None;
    let mut reader = serde_json::Deserializer::from_slice(body);
    // The body is known to be faulty. Only what is found before the fault counts.
    let _ = Finder { path, found: &mut found }.deserialize(&mut reader);
    found
}

/// Finds a text at a path of names in an object.
struct Finder<'a> {
    path: &'a [&'static str],
    found: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Finder<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Finder<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a submission")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((name, rest)) = self.path.split_first() else { return Ok(()) };
        while let Some(key) = map.next_key::<String>()? {
            if key == *name {
                map.next_value_seed(Finder { path: rest, found: &mut *self.found })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        if self.path.is_empty() {
            *self.found = Some(text.to_owned());
        }
        Ok(())
    }
}
