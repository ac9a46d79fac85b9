//! Reads any bytes as the stream of a model server. Fuzzers pass bytes that they generate (`fuzz/`); the tests pass the
//! bytes that are kept there.

#[cfg(test)]
#[path = "../../../fuzz/corpus.rs"]
mod corpus;

use std::{sync::LazyLock, time::Duration};

use futures_util::stream;
use tokio::runtime::{Builder, Runtime};

use crate::{
    CallErrorKind,
    anthropic::Anthropic,
    http::WireFormat,
    openai::{OpenAi, Variant},
    reasoning_filter::may_take_back,
    stream::{PartialCompletion, StreamReader},
    timers::{CallTimer, Timers},
};

/// The timers need the clock of a runtime.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_time().build().expect("a runtime can be made"));

/// Longer than any input takes.
const HOUR: Duration = Duration::from_secs(3_600);

const TIMERS: Timers = Timers { connect: HOUR, first_token: HOUR, first_token_slow: HOUR, idle: HOUR, settle: HOUR };

/// Longer than any input is.
const LIMIT: u64 = 1 << 30;

/// Reads a stream in the OpenAI dialect.
pub fn openai_stream(bytes: &[u8]) {
    let variant = Variant { max_tokens_field: "max_tokens", ask_usage: true, json_object: true };
    read(&OpenAi { model: "fuzzed".to_owned(), variant }, bytes);
}

/// Reads a stream in the Anthropic dialect.
pub fn anthropic_stream(bytes: &[u8]) {
    read(&Anthropic { model: "fuzzed".to_owned() }, bytes);
}

/// The result of reading a stream.
#[derive(Debug, PartialEq)]
struct ReadStream {
    outcome: Result<(), CallErrorKind>,
    partial: PartialCompletion,
}

/// Reads a stream whole and in pieces. The results are the same, and no text is longer than its stream.
fn read(format: &dyn WireFormat, bytes: &[u8]) {
    let whole = read_pieces(format, &[bytes]);
    assert!(whole.partial.text.len() <= bytes.len());
    for size in [1, 7] {
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        assert_eq!(read_pieces(format, &pieces), whole, "in pieces of {size} bytes");
    }
}

fn read_pieces(format: &dyn WireFormat, pieces: &[&[u8]]) -> ReadStream {
    RUNTIME.block_on(async {
        let mut received = String::new();
        let mut timer = CallTimer::start(&TIMERS, HOUR, HOUR);
        let mut progress = |piece: &str| received.push_str(piece);
        let mut reader = StreamReader::new(format.decoder(), &mut timer, &mut progress);
        let source = String::from_utf8_lossy(&pieces.concat()).into_owned();
        let pieces = pieces.iter().map(|piece| Ok(*piece));
        let outcome = reader.read(stream::iter(pieces), LIMIT).await;
        let partial = reader.partial;
        // JSON may write a mark with escapes.
        let may_take_back = may_take_back(&source) || source.contains("\\u");
        assert!(partial.text.starts_with(&received) || may_take_back, "the received pieces begin the text");
        ReadStream { outcome, partial }
    })
}

#[cfg(test)]
mod tests {
    use super::{corpus::replay, *};

    #[test]
    fn kept_streams_are_read_the_same_in_any_pieces() {
        replay("openai_stream", openai_stream);
        replay("anthropic_stream", anthropic_stream);
    }
}
