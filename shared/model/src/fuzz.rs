//! Streams of any bytes, read as a model server's. Fuzzers call them with bytes of their own making (`fuzz/`), the tests with
//! those kept there.

#[cfg(test)]
#[path = "../../../fuzz/corpus.rs"]
mod corpus;

use std::{sync::LazyLock, time::Duration};

use bindery_domain::Usage;
use futures_util::stream;
use tokio::runtime::{Builder, Runtime};

use super::{
    CallError, Finish,
    anthropic::Anthropic,
    http::Wire,
    openai::{Accent, OpenAi},
    stream::{Gathered, Listener},
    timers::{Timers, Watch},
};

/// The timers need a clock, which a runtime has.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_time().build().expect("a runtime can be made"));

/// Longer than any input takes.
const HOUR: Duration = Duration::from_secs(3_600);

const TIMERS: Timers = Timers { connect: HOUR, first_token: HOUR, first_token_slow: HOUR, idle: HOUR, settle: HOUR };

/// Longer than any input is.
const LIMIT: u64 = 1 << 30;

/// Reads a stream in the OpenAI dialect.
pub fn openai_stream(bytes: &[u8]) {
    let accent = Accent { max_tokens: "max_tokens", ask_usage: true, json_object: true };
    read(&OpenAi { model: "fuzzed".to_owned(), accent }, bytes);
}

/// Reads a stream in the Anthropic dialect.
pub fn anthropic_stream(bytes: &[u8]) {
    read(&Anthropic { model: "fuzzed".to_owned() }, bytes);
}

/// What a listener made of a stream.
type Heard = (Result<(), CallError>, String, Option<Usage>, Option<Result<Finish, CallError>>);

/// Reads a stream whole and in pieces: both say the same, and no text is longer than what it was read from.
fn read(wire: &dyn Wire, bytes: &[u8]) {
    let whole = listen(wire, &[bytes]);
    assert!(whole.1.len() <= bytes.len());
    for size in [1, 7] {
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        assert_eq!(listen(wire, &pieces), whole, "in pieces of {size} bytes");
    }
}

fn listen(wire: &dyn Wire, pieces: &[&[u8]]) -> Heard {
    let hour = Duration::from_secs(3600);
    RUNTIME.block_on(async {
        let mut told = String::new();
        let mut watch = Watch::start(&TIMERS, hour, hour);
        let mut progress = |piece: &str| told.push_str(piece);
        let mut listener = Listener {
            reader: wire.reader(),
            watch: &mut watch,
            progress: &mut progress,
            gathered: Gathered::default(),
            first_token: None,
        };
        let spoken = String::from_utf8_lossy(&pieces.concat()).into_owned();
        let pieces = pieces.iter().map(|piece| Ok(*piece));
        let heard = listener.listen(stream::iter(pieces), LIMIT).await;
        let Gathered { text, usage, verdict } = listener.gathered;
        // A closing tag that nothing has opened takes back what was told before it; JSON may spell it with escapes.
        let may_take_back = spoken.contains("</think>") || spoken.contains("\\u");
        assert!(text.starts_with(&told) || may_take_back, "what was told as it came is how the text begins");
        (heard, text, usage, verdict)
    })
}

#[cfg(test)]
mod tests {
    use super::{corpus::replay, *};

    #[test]
    fn kept_streams_break_no_promise() {
        replay("openai_stream", openai_stream);
        replay("anthropic_stream", anthropic_stream);
    }
}
