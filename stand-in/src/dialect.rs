//! The wire dialects: how each one reads a request and writes a reply.

mod anthropic;
mod openai;

use std::fmt;

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{
    Deserialize, Serialize,
    de::{self, Deserializer, SeqAccess, Visitor},
};
use serde_json::Value;

pub(crate) use anthropic::Anthropic;
pub(crate) use openai::OpenAi;

use crate::{
    refusal::{Refusal, RefusalKind},
    reply::Reply,
    request::ModelRequest,
};

/// A wire dialect. The methods for streams append whole server-sent events to `out`.
pub(crate) trait Dialect: Send + Sync + 'static {
    /// Checks the headers of a request, except for its key.
    fn check_headers(&self, headers: &HeaderMap) -> Result<(), Refusal>;

    /// Returns the key of a request; `None` where it has none.
    fn api_key<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str>;

    /// Reads and checks a request.
    fn read(&self, body: &[u8]) -> Result<ModelRequest, Refusal>;

    /// Returns the status and the body of a refusal.
    fn error(&self, refusal: &Refusal) -> ErrorResponse;

    /// Returns a whole reply as one document.
    fn document(&self, reply: &Reply) -> Value;

    /// Begins a stream, up to the first word of reasoning or text.
    fn start_stream(&self, reply: &Reply, out: &mut Vec<u8>);

    /// Says that the reply has ended before its text follows, where the dialect can.
    fn finish_early(&self, _reply: &Reply, _out: &mut Vec<u8>) {}

    /// Sends a piece of the shown reasoning.
    fn stream_reasoning(&self, reply: &Reply, piece: &str, out: &mut Vec<u8>);

    /// Ends the shown reasoning, after which the text follows.
    fn end_reasoning(&self, reply: &Reply, out: &mut Vec<u8>);

    /// Sends a piece of text.
    fn stream_text(&self, reply: &Reply, piece: &str, out: &mut Vec<u8>);

    /// Ends a reply with its reason and its usage.
    fn end_reply(&self, reply: &Reply, out: &mut Vec<u8>);

    /// Sends the terminal event of a stream.
    fn end_stream(&self, out: &mut Vec<u8>);

    /// Reports an error within a stream.
    fn stream_error(&self, refusal: &Refusal, out: &mut Vec<u8>);

    /// Reports an error within a stream by its status alone, as gateways do that pass on what a server answered them.
    fn stream_status(&self, status: &str, out: &mut Vec<u8>);

    /// Sends a sign of life.
    fn keep_alive(&self, out: &mut Vec<u8>);
}

/// The status and the body of a refusal.
pub(crate) struct ErrorResponse {
    status: StatusCode,
    body: Value,
}

/// Returns the response to a refused call in a dialect.
pub(crate) fn refusal(dialect: &dyn Dialect, refusal: &Refusal) -> Response {
    let ErrorResponse { status, body } = dialect.error(refusal);
    let mut response = (status, Json(body)).into_response();
    if let RefusalKind::RateLimited { retry_after: Some(seconds) } = refusal.kind {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The content of a message: a string, or blocks of text. Blocks of any other type are refused, since the stand-in reads no
/// images and calls no tools.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    pub(crate) blocks: Vec<Block>,
}

/// A block of content.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Block {
    /// A text.
    Text {
        text: String,
        /// Asks for the prompt to be cached up to the end of the block.
        #[serde(default)]
        cache_control: Option<Value>,
    },
}

impl Block {
    pub(crate) fn text(&self) -> &str {
        let Self::Text { text, .. } = self;
        text
    }

    pub(crate) fn is_marked(&self) -> bool {
        let Self::Text { cache_control, .. } = self;
        cache_control.is_some()
    }
}

impl Content {
    /// Returns the joined text of the blocks.
    pub(crate) fn text(&self) -> String {
        self.blocks.iter().map(Block::text).collect()
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Content;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string or a list of text blocks")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Content, E> {
                let block = Block::Text { text: text.to_owned(), cache_control: None };
                Ok(Content { blocks: vec![block] })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Content, A::Error> {
                let mut content = Content::default();
                while let Some(block) = list.next_element()? {
                    content.blocks.push(block);
                }
                Ok(content)
            }

            fn visit_unit<E: de::Error>(self) -> Result<Content, E> {
                Ok(Content::default())
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

/// Appends `data: ` and a value as JSON.
fn data(value: &impl Serialize, out: &mut Vec<u8>) {
    out.extend_from_slice(b"data: ");
    serde_json::to_writer(&mut *out, value).expect("a reply is written to memory");
    out.extend_from_slice(b"\n\n");
}
