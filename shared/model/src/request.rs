//! The body of a request: what the dialect writes, what the settings add to it, and what the server's rejections have
//! taught this process about the model.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use indexmap::IndexMap;
use serde_json::Value;

use crate::{Call, http::WireFormat, json_form::JsonForm, rejection::Rejection};

/// The two names of the limit of the output in the OpenAI dialect.
const LIMIT_NAMES: [&str; 2] = ["max_tokens", "max_completion_tokens"];

/// The fields without which a model answers as well.
const DISPENSABLE: [&str; 5] = ["temperature", "top_p", "reasoning_effort", "stream_options", "response_format"];

/// How a model is to choose its words. What is unset is left to the server.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sampling {
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    pub(crate) reasoning_effort: Option<String>,
}

/// The form of a model's requests.
pub(crate) struct RequestForm {
    pub(crate) format: Box<dyn WireFormat>,
    pub(crate) sampling: Sampling,
    /// Fields that the user adds.
    pub(crate) extra: IndexMap<String, Value>,
    pub(crate) lessons: Mutex<Lessons>,
}

/// What rejections have taught.
#[derive(Debug, Default)]
pub(crate) struct Lessons {
    /// The name of the limit of the output, where it is not the one that the dialect writes.
    limit_name: Option<&'static str>,
    left_out: BTreeSet<&'static str>,
    /// How JSON is asked for.
    json: JsonForm,
}

impl Lessons {
    /// Returns no lessons, for a model that is asked for JSON like this.
    pub(crate) fn asking(json: JsonForm) -> Self {
        Self { json, ..Self::default() }
    }
}

impl RequestForm {
    /// Returns the body of a call.
    pub(crate) fn body(&self, call: &Call, max_tokens: u32) -> Value {
        let mut body = self.format.body(call, max_tokens);
        if let Some(schema) = call.whole_schema() {
            self.format.hold(schema, self.lessons().json, &mut body);
        }
        self.format.sample(&self.sampling, &mut body);
        for (name, value) in &self.extra {
            merge(&mut body[name.as_str()], value);
        }
        let lessons = self.lessons();
        if let Some(fields) = body.as_object_mut() {
            fields.retain(|name, _| !lessons.left_out.contains(name.as_str()));
            let written = LIMIT_NAMES.into_iter().find(|name| fields.contains_key(*name));
            if let (Some(name), Some(written)) = (lessons.limit_name, written) {
                let limit = fields.remove(written).unwrap_or_default();
                fields.insert(name.to_owned(), limit);
            }
        }
        body
    }

    /// Learns from the rejection of a call's body what the model does not take. Returns whether the next body differs.
    pub(crate) fn learn(&self, rejection: &Rejection, call: &Call, sent: &Value) -> bool {
        if call.whole_schema().is_some() && rejection.refuses_schema() {
            let mut lessons = self.lessons();
            if lessons.json == JsonForm::Schema {
                tracing::info!("the model cannot be held to a schema; later calls do without it");
                lessons.json = JsonForm::Object;
                return true;
            }
        }
        let is_sent = |name: &&'static str| sent.get(*name).is_some();
        let fields: Vec<&'static str> = LIMIT_NAMES.into_iter().chain(DISPENSABLE).filter(is_sent).collect();
        let Some(refused) = rejection.refused_field(&fields) else {
            return false;
        };
        tracing::info!(field = refused, "the model does not take a field of the request; later calls do without it");
        let mut lessons = self.lessons();
        if !LIMIT_NAMES.contains(&refused) {
            lessons.left_out.insert(refused);
            return true;
        }
        // A model that takes neither name has no third one.
        let is_new = lessons.limit_name != Some(refused);
        if is_new {
            lessons.limit_name = Some(other_name(refused));
        }
        is_new
    }

    fn lessons(&self) -> MutexGuard<'_, Lessons> {
        self.lessons.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn other_name(name: &str) -> &'static str {
    if name == LIMIT_NAMES[0] { LIMIT_NAMES[1] } else { LIMIT_NAMES[0] }
}

/// Writes a value over another one. Objects are merged field by field.
fn merge(into: &mut Value, value: &Value) {
    match (into, value) {
        (Value::Object(fields), Value::Object(new)) => {
            for (name, value) in new {
                merge(fields.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (into, value) => *into = value.clone(),
    }
}
