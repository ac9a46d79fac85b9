//! What a dialect of model servers is to the exchange over HTTP.

use serde_json::Value;

use crate::{Call, json_form::JsonForm, request::Sampling, stream::EventDecoder};

/// The requests and responses of one dialect.
pub(crate) trait WireFormat: Send + Sync {
    /// Returns the path of the endpoint below the provider's base URL.
    fn path(&self) -> &'static str;

    /// Returns the request body of a call.
    fn body(&self, call: &Call, max_tokens: u32) -> Value;

    /// Writes into a body how the answer is held to a schema, or to JSON.
    fn hold(&self, schema: &Value, form: JsonForm, body: &mut Value);

    /// Writes into a body how the model is to choose its words.
    fn sample(&self, sampling: &Sampling, body: &mut Value) {
        let Sampling { temperature, top_p, .. } = sampling;
        for (name, value) in [("temperature", temperature), ("top_p", top_p)] {
            if let Some(value) = value {
                body[name] = (*value).into();
            }
        }
    }

    /// Keeps later calls within the largest context of the model, where each call asks for a context.
    fn keep_within(&self, _context_tokens: u32) {}

    /// Returns a decoder for the response.
    fn decoder(&self) -> Box<dyn EventDecoder>;
}
