//! The wire dialects: how each reads a request and writes a reply.

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
    ask::{Ask, Reply},
    refusal::{Refusal, RefusalKind},
};

/// A wire dialect. What a stream consists of is appended to `out` as whole server-sent events.
pub(crate) trait Dialect: Send + Sync + 'static {
    /// Checks a request's headers, other than its key.
    fn admit(&self, headers: &HeaderMap) -> Result<(), Refusal>;

    /// Returns the key a request presents.
    fn key<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str>;

    /// Reads and checks a request.
    fn read(&self, body: &[u8]) -> Result<Ask, Refusal>;

    /// Returns the status and the body of a refusal.
    fn refuse(&self, refusal: &Refusal) -> (StatusCode, Value);

    /// Returns a whole reply.
    fn whole(&self, reply: &Reply) -> Value;

    /// Begins a stream, as far as the first word of reasoning or text.
    fn open(&self, reply: &Reply, out: &mut Vec<u8>);

    /// Sends a piece of reasoning that is shown.
    fn think(&self, reply: &Reply, piece: &str, out: &mut Vec<u8>);

    /// Goes over from shown reasoning to the text.
    fn turn_to_text(&self, reply: &Reply, out: &mut Vec<u8>);

    /// Sends a piece of text.
    fn speak(&self, reply: &Reply, piece: &str, out: &mut Vec<u8>);

    /// Ends a stream with the reason, the usage and the terminal event.
    fn close(&self, reply: &Reply, out: &mut Vec<u8>);

    /// Reports a refusal within a stream.
    fn report(&self, refusal: &Refusal, out: &mut Vec<u8>);

    /// Sends an event that says nothing but that the server is alive.
    fn keep_alive(&self, out: &mut Vec<u8>);
}

/// Returns a refusal as the dialect says it.
pub(crate) fn refusal(dialect: &dyn Dialect, refusal: &Refusal) -> Response {
    let (status, body) = dialect.refuse(refusal);
    let mut response = (status, Json(body)).into_response();
    if let RefusalKind::RateLimited { retry_after: Some(seconds) } = refusal.kind {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A message's content: a string, or blocks of text. Blocks of any other type are refused, since nothing here sees
/// images or calls tools.
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
        /// Asks for the prompt to be cached up to the block's end.
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
    /// Returns the blocks' text, joined.
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
