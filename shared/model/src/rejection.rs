//! Reads what the rejection of a request says about the request: a field that the model does not take, or a limit that
//! the request passes.

use serde_json::Value;

/// The body of a rejection.
pub(crate) struct Rejection {
    /// The body in lower case.
    text: String,
    /// The field that it names as the cause.
    field: Option<String>,
}

/// A context that is too small for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SmallContext {
    /// The tokens of the prompt and the output together.
    pub(crate) tokens: u32,
    /// The tokens that the prompt leaves for the output; `None` where the rejection does not count the prompt.
    pub(crate) left: Option<u32>,
}

/// The names of the limit of the output.
const OUTPUT: [&str; 8] = [
    "max_tokens",
    "max_completion_tokens",
    "max_new_tokens",
    "max_output_tokens",
    "maxoutputtokens",
    "num_predict",
    "completion tokens",
    "output tokens",
];

const EXCESS: [&str; 10] = [
    "too large",
    "too high",
    "at most",
    "maximum",
    "less than or equal",
    "<=",
    "range",
    "exceed",
    "greater than",
    "up to",
];

const CONTEXT: [&str; 6] =
    ["context length", "context limit", "context window", "context size", "max_model_len", "`inputs` tokens +"];

/// What follows the number of the prompt's tokens.
const PROMPT: [&str; 7] = [
    " in the messages",
    " input tokens",
    " tokens in the messages",
    " in the prompt",
    " prompt tokens",
    " `inputs` tokens",
    " tokens from the input",
];

const UNKNOWN: [&str; 15] = [
    "unsupported",
    "not supported",
    "does not support",
    "doesn't support",
    "unrecognized",
    "unknown",
    "extra inputs",
    "extra fields",
    "extra_forbidden",
    "not permitted",
    "unexpected",
    "not allowed",
    "deprecated",
    "cannot both",
    "must be",
];

/// What the rejection of a schema names.
const SCHEMA: [&str; 10] = [
    "schema",
    "response_format",
    "response format",
    "output_config",
    "structured output",
    "grammar",
    // Groq's, where the model has written something else.
    "json_validate_failed",
    "\"format\"",
    "'format'",
    "`format`",
];

/// A number in a text, and where it stands.
#[derive(Clone, Copy)]
struct Number {
    value: u32,
    from: usize,
    to: usize,
}

impl Rejection {
    pub(crate) fn read(body: &str) -> Self {
        let json: Option<Value> = serde_json::from_str(body).ok();
        let named = json.as_ref().and_then(|body| body.get("error").unwrap_or(body).get("param")?.as_str());
        Self { field: named.map(str::to_lowercase), text: body.to_lowercase() }
    }

    /// Returns which of these fields of the request the model does not take.
    pub(crate) fn refused_field<'a>(&self, fields: &[&'a str]) -> Option<&'a str> {
        if !self.says(&UNKNOWN) {
            return None;
        }
        let named = fields.iter().find(|field| self.field.as_deref() == Some(**field));
        // The field that stands first is the cause. The message may name another one to use instead.
        let first = || {
            let found = fields.iter().filter_map(|field| Some((self.text.find(field)?, field)));
            found.min_by_key(|(at, _)| *at).map(|(_, field)| field)
        };
        named.or_else(first).copied()
    }

    /// Returns whether the schema of the answer may be the cause.
    pub(crate) fn refuses_schema(&self) -> bool {
        self.says(&SCHEMA)
    }

    /// Returns the most output tokens that the model allows, where this many were asked and are too many.
    pub(crate) fn output_limit(&self, asked: u32) -> Option<u32> {
        if !self.says(&OUTPUT) || !self.says(&EXCESS) && !self.text.contains(" > ") {
            return None;
        }
        let largest = self.numbers().map(|number| number.value).filter(|value| *value < asked).max()?;
        Some(if self.text.contains("exclusive") { largest.saturating_sub(1) } else { largest })
    }

    /// Returns the context that the request does not fit into.
    pub(crate) fn small_context(&self) -> Option<SmallContext> {
        let at = CONTEXT.iter().find_map(|phrase| self.text.find(phrase))?;
        // `max_tokens` may be compared with the context, as a limit of the output.
        let after = |mark: &str| Some(self.text.rfind(mark)? + mark.len());
        let from = after(" > ").or_else(|| after("<=")).unwrap_or(at);
        let tokens = self.numbers().find(|number| number.from >= from)?.value;
        let is_prompt = |number: &Number| PROMPT.iter().any(|phrase| self.text[number.to..].starts_with(phrase));
        let summand = |number: &Number| number.from >= at && self.text[number.to..].starts_with(" + ");
        let prompt = self.numbers().find(is_prompt).or_else(|| self.numbers().find(summand));
        let left = prompt.and_then(|prompt| tokens.checked_sub(prompt.value));
        Some(SmallContext { tokens, left })
    }

    fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.text.contains(phrase))
    }

    /// Returns the whole numbers of the text. A comma may part thousands.
    fn numbers(&self) -> impl Iterator<Item = Number> {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        std::iter::from_fn(move || {
            let from = at + bytes.get(at..)?.iter().position(u8::is_ascii_digit)?;
            let is_part = |to: usize| {
                let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
                is_digit(to) || bytes.get(to) == Some(&b',') && (1..4).all(|next| is_digit(to + next))
            };
            let mut to = from;
            while is_part(to) {
                to += 1;
            }
            at = to;
            let value = self.text[from..to].replace(',', "").parse().unwrap_or(u32::MAX);
            Some(Number { value, from, to })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_that_the_model_does_not_take_is_found() {
        let fields = ["max_tokens", "temperature", "top_p", "stream_options", "response_format"];
        for (body, expected) in [
            (
                r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens"}}"#,
                Some("max_tokens"),
            ),
            (r#"{"error":{"message":"Unsupported value: 'temperature' does not support 0.3."}}"#, Some("temperature")),
            (
                r#"{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}"#,
                Some("stream_options"),
            ),
            (r#"{"error":"'response_format.type' must be 'json_schema' or 'text'"}"#, Some("response_format")),
            ("`temperature` and `top_p` cannot both be given for this model", Some("temperature")),
            (r#"{"error":{"message":"Unknown model"}}"#, None),
            (r#"{"error":{"message":"temperature: all is well"}}"#, None),
        ] {
            assert_eq!(Rejection::read(body).refused_field(&fields), expected, "{body}");
        }
    }

    #[test]
    fn the_rejection_of_a_schema_is_told_from_others() {
        for (body, expected) in [
            (r#"{"error":{"message":"Invalid schema for response_format 'answer'","param":"response_format"}}"#, true),
            (r#"{"error":{"message":"This model does not support response format `json_schema`."}}"#, true),
            (r#"{"error":{"code":400,"message":"Failed to parse grammar"}}"#, true),
            (r#"{"type":"error","error":{"message":"output_config: Extra inputs are not permitted"}}"#, true),
            (r#"{"error":"invalid JSON schema in format"}"#, true),
            (r#"{"error":{"message":"temperature: must be at most 1"}}"#, false),
        ] {
            assert_eq!(Rejection::read(body).refuses_schema(), expected, "{body}");
        }
    }

    #[test]
    fn the_limit_of_the_output_is_found() {
        for (body, expected) in [
            ("max_tokens is too large: 20000. This model supports at most 16,384 completion tokens.", Some(16_384)),
            ("max_tokens: 20000 > 8192, which is the maximum allowed number of output tokens for m-3-5", Some(8_192)),
            ("`max_tokens` must be less than or equal to `8192`", Some(8_192)),
            ("Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", Some(8_192)),
            ("maxOutputTokens: the supported range is from 1 (inclusive) to 8193 (exclusive)", Some(8_192)),
            ("max_tokens must be a number", None),
            ("the prompt exceeds 100 tokens", None),
        ] {
            assert_eq!(Rejection::read(body).output_limit(20_000), expected, "{body}");
        }
    }

    #[test]
    fn the_context_is_found_with_what_the_prompt_leaves_of_it() {
        let context = |tokens: u32, left: Option<u32>| Some(SmallContext { tokens, left });
        for (body, expected) in [
            (
                "This model's maximum context length is 8192 tokens. However, you requested 9192 tokens (1192 in the \
                 messages, 8000 in the completion).",
                context(8_192, Some(7_000)),
            ),
            (
                "'max_tokens' is too large: 8192. This model's maximum context length is 4096 tokens and your request \
                 has 512 input tokens (8192 > 4096 - 512).",
                context(4_096, Some(3_584)),
            ),
            (
                "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease either",
                context(200_000, Some(11_760)),
            ),
            (
                "`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 700 `inputs` tokens",
                context(4_097, Some(3_397)),
            ),
            ("the request exceeds the available context size (2048 tokens)", context(2_048, None)),
            ("This model's maximum context length is 100 tokens, but you gave 200 input tokens", context(100, None)),
            ("max_tokens is too large", None),
        ] {
            assert_eq!(Rejection::read(body).small_context(), expected, "{body}");
        }
    }
}
